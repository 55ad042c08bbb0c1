"""Bond (aggregated Ethernet) of a host. Its members are known by their ports, whatever their interfaces are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _names as names
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule, unordered
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Scope

DOCUMENT = {
    **interfaces.DOCUMENT_NAMES,
    "mode": "mode",
    "hash_policy": "transmitHashPolicy",
    "primary_reselect": "primaryReselect",
}


BY_PORT = Rule("members-by-port", "A bond's members are its ports, in any order, whatever their interfaces are called.")


class Bond(interfaces.InterfaceSpec):
    """`members` are ports, all of them: a port that Git does not name is drift."""

    name: Annotated[str, Attr(key=True)]
    members: Annotated[tuple[str, ...] | None, Attr(canonical=unordered, spelled=BY_PORT)] = None
    mode: Literal["balanced", "active_standby", "802.3ad"] | None = None
    hash_policy: str | None = None
    primary_reselect: str | None = None


def declare(site: Site) -> Iterator[Resource[Bond]]:
    for host, node in interfaces.declared_interfaces(site, "bond"):
        yield KIND.declared(
            node,
            host,
            name="name",
            members=_members(node, site.hosts[host]),
            **DOCUMENT,
        )


def express(resource: Resource[Bond], snapshot: Snapshot) -> Iterator[Said]:
    """Members by the names of their interfaces, as authors write them."""
    spec, host = resource.spec, resource.key.host
    place = interfaces.section("bond", host).at(Element.by({"name": spec.name}))
    yield from KIND.said(resource, place, DOCUMENT)
    names = sorted(interfaces.name_of_port(port, host, snapshot) for port in spec.members or ())
    yield place.at("members").says(tuple(names))


def _members(bond: Node, profile: Node) -> Node | None:
    """A bond's members as ports; Git names them by port or by the name of the port's interface."""
    members = bond.get("members")
    ports = {
        e.text("name"): e.at("port", "name") for e in profile.listed("interfaces", "ethernet") if not e.get("lower")
    }
    return members and members.spelled(tuple(ports.get(str(m.value)) or m for m in members.items()))


def read(rows: Rows) -> Iterator[Resource[Bond]]:
    seen = carriers.seen(rows)
    for host, row in interfaces.rows_of_type(rows, "ae"):
        spec = Bond.of(
            name=row["ifname"],
            members=_ports(row, host, seen),
            mode=row.get("aemode"),
            hash_policy=row.get("txhashpolicy"),
            primary_reselect=row.get("primary_reselect"),
            **interfaces.common(row),
        )
        shown = {**interfaces.written(row), "members": tuple(row["uses"])}
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=shown)


def _ports(row: Row, host: str, seen: carriers.Carriers) -> tuple[str, ...]:
    return tuple(sorted(carriers.port_of(seen.get((host, name), "")) or name for name in row["uses"]))


def write(changes: Sequence[Change[Bond]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield interfaces.remove(change)
        elif change.action is Action.CREATE:
            yield from names.freed(change, context)
            yield interfaces.create(change, "ae", _names(change, context))
        else:
            yield interfaces.update(change, **_uses(change, context))


def _names(change: Change[Bond], context: Context) -> list[str]:
    return [names.of_port(port, change.key.host, context) for port in change.want.members or ()]


def _uses(change: Change[Bond], context: Context) -> Mapping[str, Any]:
    """Members change as one text of names (sysinv interface.py patch: usesmodify)."""
    return {"usesmodify": ",".join(_names(change, context))} if "members" in change.names else {}


def impossible(change: Change[Bond], context: Context) -> str:
    ports = (ResourceKey("ethernet", port, change.key.host) for port in change.want.members or ())
    if missing := [key.name for key in ports if key not in context.observed.resources]:
        return f"the host has no port {', '.join(missing)}: correct members, or add the hardware"
    return names.taken(change, context) or interfaces.too_small_below(change, context)


KIND = ResourceKind(
    name="bond",
    spec=Bond,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=interfaces.needs,
    disruption=interfaces.disruption,
    impossible=impossible,
    usual=interfaces.USUAL,
    known_as=interfaces.by_name,
    after=("ethernet", "ethernet-over"),
    deletion=interfaces.DELETION,
    documents=("HostProfile.spec.interfaces.bond",),
    about=About(
        places={**DOCUMENT, "name": "name", "members": "members"},
        words={"members": "the ports of the bond, all of them, whatever their interfaces are called"},
        calls=(f"POST {interfaces.PATH}", f"PATCH {interfaces.PATH}/{{uuid}}", f"DELETE {interfaces.PATH}/{{uuid}}"),
        costs="The host is locked; rate limits of a platform interface change in service.",
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
