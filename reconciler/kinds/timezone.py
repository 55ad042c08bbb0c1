"""Time zone of the system's hosts: one name, taken up at run time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Severity


class Timezone(Spec):
    """A file below zoneinfo of the active controller, as in Europe/Berlin; the platform refuses what it does not have."""

    name: str | None = None


def declare(site: Site) -> Iterator[Resource[Timezone]]:
    if said := own.system(site, "timezone"):
        yield KIND.declared(said, name=said)


def express(resource: Resource[Timezone], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, own.place(), {"name": "timezone"})


def read(rows: Rows) -> Iterator[Resource[Timezone]]:
    for row in rows.all("isystems"):
        yield Resource(ResourceKey(KIND.name, ""), Timezone.of(name=row.get("timezone")), {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Timezone]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return (own.system_patch({"timezone": change.want.name}) for change in changes)


KIND = ResourceKind(
    name="timezone",
    spec=Timezone,
    area=Area.SYSTEM,
    collections=("isystems",),
    declare=declare,
    express=express,
    usual={"name": "UTC"},
    read=read,
    write=write,
    severity=Severity.INFO,
    documents=("Site.system.timezone",),
    about=About(
        places={"name": "."},
        calls=(f"PATCH {own.ISYSTEMS}/{{uuid}}",),
        sources=(
            "sysinv api/controllers/v1/system.py patch",
            "sysinv conductor/manager.py configure_system_timezone",
            "recorded",
        ),
    ),
)
