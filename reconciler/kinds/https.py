"""Whether the public endpoints of the platform speak HTTPS. Its own API moves with it."""

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
from reconciler.model.words import Area, Disruption


class Https(Spec):
    """Where endpoints are listed by URL, theirs has to follow: http becomes https or back."""

    is_enabled: bool | None = None


def declare(site: Site) -> Iterator[Resource[Https]]:
    if said := own.system(site, "https"):
        yield KIND.declared(said, is_enabled=said)


def express(resource: Resource[Https], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, own.place(), {"is_enabled": "https"})


def read(rows: Rows) -> Iterator[Resource[Https]]:
    for row in rows.all("isystems"):
        spec = Https.of(is_enabled=(row.get("capabilities") or {}).get("https_enabled"))
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Https]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    # as text: sysinv calls .lower() on it (api/controllers/v1/system.py patch)
    return (own.system_patch({"https_enabled": str(change.want.is_enabled).lower()}) for change in changes)


KIND = ResourceKind(
    name="https",
    spec=Https,
    area=Area.SYSTEM,
    collections=("isystems",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,  # haproxy, Horizon and the firewall are configured anew
    documents=("Site.system.https",),
    about=About(
        places={"is_enabled": "."},
        calls=(f"PATCH {own.ISYSTEMS}/{{uuid}}",),
        sources=("sysinv api/controllers/v1/system.py patch", "sysinv conductor/manager.py configure_system_https"),
    ),
)
