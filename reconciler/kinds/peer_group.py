"""A group of subclouds that go over to another central cloud together. By key: groups that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Action, Area, Severity

TAKEN = {"priority": "group-priority", "state": "group-state", "most_rehoming": "max-subcloud-rehoming"}
"""Attribute -> how a body says it; rows say it with underscores (recorded)."""
SAID = {"priority": "priority", "state": "state", "most_rehoming": "maxSubcloudRehoming"}


class Group(Spec):
    """leader: the central cloud that has its subclouds. migration: how far taking them over is. Both shown, never set."""

    name: Annotated[str, Attr(key=True)]
    priority: int | None = None
    state: Literal["enabled", "disabled"] | None = None
    most_rehoming: int | None = None
    leader: str | None = None
    migration: str | None = None


def declare(site: Site) -> Iterator[Resource[Group]]:
    """Of one that is only taken over nothing is said: it comes from the central cloud that it belongs to."""
    for name, node in centre.members(site, "peerGroups"):
        if {key for key, _ in node.members()} == {"migrate"}:
            continue
        yield KIND.declared(node, name=Given(name), **SAID)


def read(rows: Rows) -> Iterator[Resource[Group]]:
    for row in rows.all("peer_groups"):
        said: dict[str, Any] = {name: row[taken.replace("-", "_")] for name, taken in TAKEN.items()}
        shown = {"leader": row["system_leader_name"], "migration": row["migration_status"]}
        spec = Group.of(name=row["peer_group_name"], **said, **shown)
        yield Resource(KIND.key(spec), spec, {"id": row["id"]})


def write(changes: Sequence[Change[Group]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield centre.by_name(centre.PEER_GROUPS, change, "peer-group-name", _body)


def _body(want: Group, names: Iterable[str]) -> dict[str, Any]:
    said = ((TAKEN[name], getattr(want, name)) for name in sorted(names) if name in TAKEN)
    return {taken: value for taken, value in said if value is not None}


def impossible(change: Change[Group], context: Context) -> str:  # noqa: ARG001
    """Where it is not the first, the group is another central cloud's to change (subcloud_peer_group.py patch: 400)."""
    if change.action is Action.UPDATE and change.have.priority:
        return (
            f"its priority is {change.have.priority} here: dcmanager takes changes of it where that is 0, at "
            f"{change.have.leader}"
        )
    return ""


KIND = ResourceKind(
    name="peer-group",
    spec=Group,
    area=Area.SYSTEM,
    collections=("peer_groups",),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    is_read_on_demand=True,
    severity=Severity.INFO,
    deletion=Deletion(effect="its subclouds are in none, and go over to nobody"),
    documents=("Fleet.central.peerGroups",),
    about=About(
        words={
            "name": "Its key under `central.peerGroups` of fleet.yaml.",
            "priority": "0 where its subclouds belong.",
            "state": "Whether it may go over.",
            "most_rehoming": "How many subclouds are taken over at a time: `maxSubcloudRehoming`.",
            "leader": "The central cloud that has its subclouds; shown, never set.",
            "migration": "How far taking them over is; shown, never set.",
        },
        calls=(
            f"POST {centre.PEER_GROUPS}",
            f"PATCH {centre.PEER_GROUPS}/{{name}}",
            f"DELETE {centre.PEER_GROUPS}/{{name}}",
        ),
        sources=("distcloud dcmanager/api/controllers/v1/subcloud_peer_group.py", "recorded"),
    ),
)
