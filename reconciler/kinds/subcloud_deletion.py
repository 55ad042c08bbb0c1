"""A subcloud taken away from its central cloud: only where site.yaml names it for that, never because a folder is gone.

The site itself goes on by itself, with all that is on it; what is lost is what dcmanager knows of it, its alarms and its
backups there. dcmanager deletes only what is unmanaged and offline (distcloud dcmanager/manager/subcloud_manager.py
delete_subcloud; recorded: 422 while it is online).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, Deletion, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Service, Severity


class Gone(Spec):
    """There once dcmanager has no row of the site."""


def declare(site: Site) -> Iterator[Resource[Gone]]:
    policy = site.settings.subcloud
    if policy and policy.delete == site.name and site.bootstrap_values is not None:
        said = site.subcloud.get("delete") if site.subcloud else None
        yield KIND.declared(said or site.bootstrap_values)


def read(rows: Rows) -> Iterator[Resource[Gone]]:
    if rows.has(shared.COLLECTION) and shared.row_of(rows) is None:
        yield Resource(ResourceKey(KIND.name, ""), Gone())


def write(changes: Sequence[Change[Gone]], context: Context) -> Iterable[Call]:
    """One that came back meanwhile is refused as it is, and stays managed."""
    path = f"{shared.SUBCLOUDS}/{context.desired.site}"
    for _ in changes:
        if not _is_online(context):
            yield from shared.unmanaged_first(context.desired.site, context.observed)
        yield Call("DELETE", path, service=Service.DCMANAGER)


def _is_online(context: Context) -> bool:
    row = context.observed.resources.get(shared.KEY)
    return row is not None and row.spec.availability == shared.ONLINE


def impossible(change: Change[Gone], context: Context) -> str:  # noqa: ARG001
    if reason := shared.tied(context.observed):
        return reason
    if _is_online(context):
        return "dcmanager deletes only what is offline: power the site off, or cut it off, and it is deleted"
    return ""


KIND = ResourceKind(
    name="subcloud-deletion",
    spec=Gone,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    disruption=Disruption.DESTRUCTIVE,
    resumes=True,
    asks="what the central cloud has of it is lost",
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    severity=Severity.OUTAGE,
    deletion=Deletion(never="a subcloud that was deleted is added anew, with its folder"),
    documents=("Site.subcloud",),
    about=About(
        calls=(f"PATCH {shared.SUBCLOUDS}/{{site}}", f"DELETE {shared.SUBCLOUDS}/{{site}}"),
        costs="What the central cloud knows of the site is lost; the site goes on. It is approved by the very plan.",
        sources=("distcloud dcmanager/manager/subcloud_manager.py delete_subcloud", "recorded"),
    ),
)
