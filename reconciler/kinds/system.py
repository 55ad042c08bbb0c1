"""The system itself: its name, where it stands, whom to call. One per site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Severity

PATH = "/v1/isystems"
ATTRIBUTES = ("name", "description", "location", "contact", "latitude", "longitude")
DOCUMENT = {name: name for name in ATTRIBUTES if name != "name"}  # the name is the document's own


class System(Spec):
    """Attributes of the one row of /v1/isystems that Git can say; all change in service (sysinv system.py)."""

    name: str | None = None
    description: str | None = None
    location: str | None = None
    contact: str | None = None
    latitude: str | None = None
    longitude: str | None = None


def declare(site: Site) -> Iterator[Resource[System]]:
    if site.system:
        yield KIND.declared(site.system, name=site.system_name, **DOCUMENT)


def express(resource: Resource[System], snapshot: Snapshot) -> Iterator[Said]:
    name = resource.spec.name or snapshot.system.name
    return KIND.said(resource, Said("System", name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[System]]:
    for row in rows.all("isystems"):
        yield Resource(
            ResourceKey(KIND.name, ""), System.of(**{n: row.get(n) for n in ATTRIBUTES}), {"uuid": row["uuid"]}
        )


def write(changes: Sequence[Change[System]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        values = {f.name: f.desired for f in change.fields}
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


KIND = ResourceKind(
    name="system",
    spec=System,
    area=Area.SYSTEM,
    collections=("isystems",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    severity=Severity.INFO,
    documents=("System.metadata.name", "System.spec"),
    about=About(
        places={**{name: f"System.spec.{member}" for name, member in DOCUMENT.items()}, "name": "System.metadata.name"},
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=("sysinv api/controllers/v1/system.py", "recorded"),
    ),
)
