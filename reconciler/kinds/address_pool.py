"""Address pool: a subnet, the ranges that are given out, and the addresses that have a role.

A pool that serves a network is known by that, not by its name: bootstrap names its pools itself
(ansible-playbooks populate_initial_config.py: `management-ipv4`), and a document may call them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _networks as networks
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/addrpools"
ROLES = ("floating_address", "controller0_address", "controller1_address", "gateway_address")
# networks whose pools stay writable after bootstrap (sysinv address_pool.py _check_modification_allowed)
WRITABLE = frozenset({"oam", "admin", "system-controller", "system-controller-oam"})
WRITABLE_ON_LOCKED_SX = frozenset({"mgmt", "storage"})

# our attribute -> the document's
DOCUMENT = {
    "prefix": "prefix",
    "order": "allocation.order",
    "floating_address": "floatingAddress",
    "controller0_address": "controller0Address",
    "controller1_address": "controller1Address",
    "gateway_address": "gateway",
}
Range = tuple[str, str]
Address = Annotated[str | None, Attr(canonical=addresses.IP_TEXT)]


def as_ranges(value: Any) -> Any:
    """Compare as a set of ranges, each address in its one spelling."""
    return frozenset((addresses.canonical(a), addresses.canonical(b)) for a, b in value or ())


RANGES = Rule("ranges", "The platform keeps ranges as a set, each address in its one spelling.", as_ranges)


NAMED_BY_NETWORK = Rule(
    "pool-of-network", "A pool that serves a network is known by that: bootstrap names its pools itself."
)


class AddressPool(Spec):
    """Attributes as /v1/addrpools names them. `serves`: networks, as `mgmt/ipv4`."""

    name: Annotated[str, Attr(key=True, spelled=NAMED_BY_NETWORK)]
    network: Annotated[str | None, Attr(canonical=addresses.IP_TEXT, spelled=addresses.SUBNET)] = None
    prefix: int | None = None
    order: Literal["random", "sequential"] | None = None
    ranges: Annotated[tuple[Range, ...] | None, Attr(canonical=RANGES)] = None
    floating_address: Address = None
    controller0_address: Address = None
    controller1_address: Address = None
    gateway_address: Address = None
    serves: Annotated[tuple[str, ...], Attr(send_only=True)] = ()


def declare(site: Site) -> Iterator[Resource[AddressPool]]:
    served = networks.said_service(site)
    for name, node in site.of("AddressPool").items():
        yield KIND.declared(
            node,
            name=Given(name),
            network=addresses.said_subnet(node.get("subnet"), node.get("prefix")),
            ranges=_ranges(node.at("allocation", "ranges")),
            **DOCUMENT,
            serves=Given(served.get(name, ())),
        )


def express(resource: Resource[AddressPool], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = Said("AddressPool", resource.spec.name)
    yield from KIND.said(resource, place, {"network": "subnet", **DOCUMENT})
    if resource.spec.ranges:
        ranges = tuple({"start": start, "end": end} for start, end in resource.spec.ranges)
        yield place.at("allocation", "ranges").says(ranges)


def _ranges(said: Node | None) -> Node | None:
    ends = tuple(_ends(r) for r in said.items()) if said else ()
    return Node(ends, said.origin) if said and ends else None  # no ranges: the platform's, which is the subnet


def _ends(said: Node) -> Node:
    return Node(tuple(Node(said.text(end), said.origin) for end in ("start", "end")), said.origin)


def read(rows: Rows) -> Iterator[Resource[AddressPool]]:
    served = networks.seen_service(rows)
    for row in rows.all("addrpools"):
        spec = AddressPool.of(serves=served.get(row["name"], ()), **_attributes(row))
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def _attributes(row: Row) -> Mapping[str, Any]:
    said = {name: row.get(name) for name in ("name", "network", "prefix", "order", *ROLES)}
    return {**said, "ranges": tuple(tuple(r) for r in row.get("ranges") or ()) or None}


def spell(resource: Resource[AddressPool], observed: Snapshot) -> Resource[AddressPool]:
    """Under the name of the pool that serves the same network, if the site has none of its own name."""
    if resource.key in observed.resources or not (pool := _serving(resource.spec, observed)):
        return resource
    return replace(resource.respelled(name=pool.spec.name), key=pool.key)


def _serving(spec: AddressPool, observed: Snapshot) -> Resource[AddressPool] | None:
    pools = (r for key, r in observed.resources.items() if key.kind == KIND.name)
    return next((pool for pool in pools if set(pool.spec.serves) & set(spec.serves)), None)


def built_in(resource: Resource[AddressPool], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """A pool of the networks that bootstrap makes."""
    return bool(networks.served_types(resource.spec.serves) & networks.BOOTSTRAPPED)


def write(changes: Sequence[Change[AddressPool]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        one = {"uuid": Ref(change.key)}
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs=one)
        elif change.action is Action.CREATE:
            yield Call("POST", PATH, _body(change.want), creates=change.key)
        else:
            body = {name: value for name, value in _body(change.want).items() if name in change.names}
            yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(body), refs=one)


def _body(spec: AddressPool) -> dict[str, Any]:
    return spec.model_dump(mode="json", exclude_unset=True, exclude={"serves"})


def impossible(change: Change[AddressPool], context: Context) -> str:
    """Pools of most networks are read-only once the system is bootstrapped."""
    if change.action is Action.CREATE:
        pool = _serving(change.want, context.observed)
        return f"{pool.spec.name} serves that network already: call it so in Git" if pool else ""
    types = networks.served_types(change.have.serves) - WRITABLE
    if not types or _only_fills(change, context):
        return ""
    on_sx = context.system.is_simplex and types <= WRITABLE_ON_LOCKED_SX
    controller = networks.in_service(context)
    if on_sx and not controller:
        return ""
    what = f"the pool of network {', '.join(sorted(types))}"
    return f"{what} changes only while {controller} is locked: lock it" if on_sx else f"{what} is fixed at bootstrap"


def _only_fills(change: Change[AddressPool], context: Context) -> bool:
    """On a system with two controllers an address of theirs that is missing may be filled in."""
    names = change.names <= {"controller0_address", "controller1_address"}
    return names and not context.system.is_simplex and not any(f.observed for f in change.fields)


def settles(change: Change[AddressPool], context: Context) -> Iterable[str]:
    served = change.have.serves if change.observed else ()
    return networks.locked_after(networks.served_types(served), context)


def disruption(change: Change[AddressPool], context: Context) -> Disruption:  # noqa: ARG001
    """A pool in use carries the addresses by which the site is reached."""
    return Disruption.SERVICE if change.observed and change.have.serves else Disruption.NONE


KIND = ResourceKind(
    name="address-pool",
    spec=AddressPool,
    area=Area.NETWORK,
    collections=("addrpools", "networks", "network_addresspools"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    disruption=disruption,
    settles=settles,
    impossible=impossible,
    spell=spell,
    deletion=Deletion(is_destructive=True, effect="refused while a network has it"),
    documents=("AddressPool.spec",),
    about=About(
        places={
            **DOCUMENT,
            "name": "AddressPool.metadata.name",
            "network": "subnet",
            "ranges": "allocation.ranges.start allocation.ranges.end",
            "serves": "PlatformNetwork.spec.associatedAddressPools",
        },
        words={
            "network": "the subnet, without host bits",
            "ranges": "the ranges that are given out",
            "serves": "the networks and families that the pool is for, as `mgmt/ipv4`: a pool in use is known by them",
        },
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}"),
        costs="Service where a network uses the pool: it carries the addresses by which the site is reached. Some networks' pools then want a lock and unlock of every host.",
        sources=(
            "sysinv api/controllers/v1/address_pool.py",
            "ansible-playbooks populate_initial_config.py",
            "recorded",
        ),
    ),
)
