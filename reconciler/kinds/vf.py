"""VF interface: a share of the virtual functions of an SR-IOV interface, with a driver of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _names as names
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

DOCUMENT = {**interfaces.DOCUMENT_NAMES, "lower": "lower", "vf_count": "vfCount", "vf_driver": "vfDriver"}


class Vf(interfaces.UpperSpec):
    """The VFs of all on one interface are fewer than its own: one stays the platform's (sysinv interface.py)."""

    vf_count: int | None = None
    vf_driver: str | None = None


def declare(site: Site) -> Iterator[Resource[Vf]]:
    said = carriers.said(site)
    for host, node in interfaces.declared_interfaces(site, "vf"):
        over = carriers.named(node.get("lower"), host, said)
        yield KIND.declared(node, host, name="name", over=over, **DOCUMENT)


def express(resource: Resource[Vf], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = interfaces.section("vf", resource.key.host).at(Element.by({"name": resource.spec.name}))
    return KIND.said(resource, place, DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Vf]]:
    seen = carriers.seen(rows)
    for host, row in interfaces.rows_of_type(rows, "vf"):
        lower = next(iter(row["uses"]), None)
        spec = Vf.of(
            name=row["ifname"],
            lower=lower,
            over=seen.get((host, lower or "")),
            vf_count=row.get("sriov_numvfs"),
            vf_driver=row.get("sriov_vf_driver"),
            **interfaces.common(row),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=interfaces.written(row, is_over=True))


def write(changes: Sequence[Change[Vf]], context: Context) -> Iterable[Call]:
    ordered = names.lowers_first(changes)
    yield from map(interfaces.remove, (c for c in reversed(ordered) if c.action is Action.DELETE))
    for change in ordered:
        if change.action is Action.CREATE:
            yield from names.freed(change, context)
            yield interfaces.create(change, "vf", [change.want.lower or ""])
        elif change.action is Action.UPDATE:
            yield interfaces.update(change)


def needs(change: Change[Vf], context: Context) -> Needs:
    """AIO-SX makes and removes VF interfaces in service, and changes them under lock (recorded)."""
    in_service = interfaces.is_aio_sx(context) and change.action is not Action.UPDATE
    return Needs.ANY if in_service else Needs.LOCKED


def disruption(change: Change[Vf], context: Context) -> Disruption:
    if needs(change, context) is Needs.LOCKED:
        return Disruption.LOCK
    return Disruption.SERVICE if change.observed else Disruption.NONE


KIND = ResourceKind(
    name="vf",
    spec=Vf,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    impossible=names.taken,
    usual=interfaces.USUAL,
    known_as=interfaces.by_name,
    after=("ethernet", "ethernet-over"),
    deletion=interfaces.DELETION,
    documents=("HostProfile.spec.interfaces.vf",),
    about=About(
        places={**DOCUMENT, "name": "name", "over": "lower"},
        words={"over": "what the interface below is whatever it is called: its port, bond or VF"},
        calls=(f"POST {interfaces.PATH}", f"PATCH {interfaces.PATH}/{{uuid}}", f"DELETE {interfaces.PATH}/{{uuid}}"),
        costs="The host is locked. AIO-SX makes and removes VF interfaces in service.",
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
