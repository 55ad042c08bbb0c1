"""VLAN interface of a host. Id and parent change in place: its networks and addresses stay on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _names as names
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Scope

DOCUMENT = {**interfaces.DOCUMENT_NAMES, "vlan_id": "vid", "lower": "lower"}


class Vlan(interfaces.InterfaceSpec):
    """Over the interface that is named by `lower` and known by `over`."""

    name: Annotated[str, Attr(key=True)]
    vlan_id: int | None = None
    lower: Annotated[str | None, Attr(send_only=True, refers_to="interface")] = None
    over: Annotated[str | None, Attr(spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[Vlan]]:
    said = carriers.said(site)
    for host, node in interfaces.declared_interfaces(site, "vlan"):
        over = carriers.named(node.get("lower"), host, said)
        yield KIND.declared(node, host, name="name", over=over, **DOCUMENT)


def express(resource: Resource[Vlan], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = interfaces.section("vlan", resource.key.host).at(Element.by({"name": resource.spec.name}))
    return KIND.said(resource, place, DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Vlan]]:
    seen = carriers.seen(rows)
    for host, row in interfaces.rows_of_type(rows, "vlan"):
        lower = next(iter(row["uses"]), None)
        spec = Vlan.of(
            name=row["ifname"],
            vlan_id=row.get("vlan_id"),
            lower=lower,
            over=seen.get((host, lower or "")),
            **interfaces.common(row),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=interfaces.written(row, is_over=True))


def write(changes: Sequence[Change[Vlan]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield interfaces.remove(change)
        elif change.action is Action.CREATE:
            yield from names.freed(change, context)
            yield interfaces.create(change, "vlan", [change.want.lower or ""])
        else:
            yield interfaces.update(change, **_uses(change))


def _uses(change: Change[Vlan]) -> Mapping[str, Any]:
    """Recorded: a VLAN's parent changes through usesmodify, as a bond's members do."""
    return {"usesmodify": change.want.lower} if "over" in change.names else {}


KIND = ResourceKind(
    name="vlan",
    spec=Vlan,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=interfaces.needs,
    disruption=interfaces.disruption,
    impossible=names.taken,
    usual=interfaces.USUAL,
    known_as=interfaces.by_name,
    after=("ethernet", "ethernet-over", "bond", "vf"),
    deletion=interfaces.DELETION,
    documents=("HostProfile.spec.interfaces.vlan",),
    about=About(
        places={**DOCUMENT, "name": "name", "over": "lower"},
        words={"over": "what the interface below is whatever it is called: its port, bond or VF"},
        calls=(f"POST {interfaces.PATH}", f"PATCH {interfaces.PATH}/{{uuid}}", f"DELETE {interfaces.PATH}/{{uuid}}"),
        costs="The host is locked; rate limits of a platform interface change in service.",
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
