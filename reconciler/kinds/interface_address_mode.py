"""How an interface comes by its addresses of one family: from a pool, or one by one. Without either it is unset.

Git says it through what needs it: a PlatformNetwork of type `other` on the interface is a pool, an entry in
`addresses` means static. Platform networks set static on their own (sysinv interface_network.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _networks as networks
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

SET = frozenset({"pool", "static"})


class InterfaceAddressMode(Spec):
    """On an interface that is named by `interface` and known by `on`; modes disabled and null are no resource."""

    interface: Annotated[str, Attr(key=True, refers_to="interface")]
    family: Annotated[addresses.Family, Attr(key=True)]
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None
    mode: Literal["pool", "static"] | None = None
    pool: Annotated[str | None, Attr(refers_to="address-pool")] = None


def declare(site: Site) -> Iterator[Resource[InterfaceAddressMode]]:
    said = carriers.said(site)
    for host, profile in site.hosts.items():
        pools = {r.key: r for r in _from_pools(site, host, profile, said)}
        static = {r.key: r for r in _static(host, profile, said)}
        yield from {**static, **pools}.values()


def _from_pools(
    site: Site, host: str, profile: Node, said: carriers.Carriers
) -> Iterator[Resource[InterfaceAddressMode]]:
    for interface in (i for section in carriers.SECTIONS for i in profile.listed("interfaces", section)):
        for network in interface.listed("platformNetworks"):
            for pool in _pools(str(network.value), site):
                if family := networks.family_of(str(pool.value), site):
                    yield _declared(network, host, interface.get("name"), family, said, mode=Given("pool"), pool=pool)


def _pools(network: str, site: Site) -> Iterator[Node]:
    document = site.of("PlatformNetwork").get(network)
    if document and document.text("type") == networks.POOL_ONLY:
        yield from document.listed("associatedAddressPools")


def _static(host: str, profile: Node, said: carriers.Carriers) -> Iterator[Resource[InterfaceAddressMode]]:
    for entry in profile.listed("addresses"):
        family = addresses.family(entry.text("address"))
        yield _declared(entry, host, entry.get("interface"), family, said, mode=Given("static"))


def _declared(
    node: Node,
    host: str,
    interface: Node | None,
    family: addresses.Family,
    said: carriers.Carriers,
    **how: Node | Given,
) -> Resource[InterfaceAddressMode]:
    on = carriers.named(interface, host, said)
    return KIND.declared(node, host, interface=interface, family=Given(family), on=on, **how)


def express(resource: Resource[InterfaceAddressMode], snapshot: Snapshot) -> Iterator[Said]:
    """A pool by a network of type `other`, which the interface names; static is said by the addresses."""
    interface, host, pool = resource.spec.interface, resource.key.host, resource.spec.pool
    place = interfaces.place(interface, host, snapshot)
    if pool is None or place is None or not networks.is_given(pool, interface, host, snapshot):
        return
    network = Said("PlatformNetwork", networks.pool_network(pool, snapshot))
    yield network.at("type").says(networks.POOL_ONLY)
    yield network.at("dynamic").says(value=False)
    yield network.at("associatedAddressPools").says((pool,))
    yield place.at("platformNetworks").says(networks.said_networks(interface, host, snapshot))


def read(rows: Rows) -> Iterator[Resource[InterfaceAddressMode]]:
    pools = {row["uuid"]: row["name"] for row in rows.all("addrpools")}
    ports = carriers.ports_by_interface(rows)
    for host, row in rows.by_host("iinterfaces"):
        for family in ("ipv4", "ipv6"):
            if row.get(f"{family}_mode") not in SET:
                continue
            spec = InterfaceAddressMode.of(
                interface=row["ifname"],
                family=family,
                on=carriers.carrier(row, ports),
                mode=row[f"{family}_mode"],
                pool=pools.get(row.get(f"{family}_pool")),
            )
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=carriers.shown(row["ifname"]))


def built_in(resource: Resource[InterfaceAddressMode], snapshot: Snapshot) -> bool:
    """The loopback's, and what a network that the interface carries brought with it (sysinv interface_network.py)."""
    interface = resource.spec.interface
    return interface == interfaces.LOOPBACK or networks.carries(interface, resource.key.host, snapshot)


def write(changes: Sequence[Change[InterfaceAddressMode]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        spec = change.have if change.action is Action.DELETE else change.want
        values = {"mode": "disabled"} if change.action is Action.DELETE else _values(spec)
        body = replacing({f"{spec.family}_{name}": value for name, value in values.items()})
        one = {"uuid": interfaces.interface_ref(spec.interface, change.key.host)}
        yield Call("PATCH", f"{interfaces.PATH}/{{uuid}}", body, refs=one)


def _values(spec: InterfaceAddressMode) -> Mapping[str, Any]:
    """Mode and pool belong in one PATCH (recorded: a pool mode without its pool is refused)."""
    if spec.mode == "static":
        return {"mode": "static"}
    return {"mode": "pool", "pool": Ref(ResourceKey("address-pool", spec.pool or ""))}


KIND = ResourceKind(
    name="interface-address-mode",
    spec=InterfaceAddressMode,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports", "addrpools"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    spell=carriers.placed,
    after=(*interfaces.KINDS, "interface-network"),
    documents=("HostProfile.spec.interfaces.*.platformNetworks", "HostProfile.spec.addresses"),
    about=About(
        places={
            "interface": "HostProfile.spec.addresses.interface HostProfile.spec.interfaces.*.name",
            "family": "HostProfile.spec.addresses.address AddressPool.spec.subnet",
            "pool": "PlatformNetwork.spec.associatedAddressPools",
        },
        words={
            "interface": "the interface by its name",
            "on": "what the interface is whatever it is called: its port, bond, VLAN or VF",
            "family": "ipv4 or ipv6",
            "mode": "`pool` where a network of type `other` is on the interface, `static` where `addresses` names it",
            "pool": "the pool that gives the addresses",
        },
        calls=(f"PATCH {interfaces.PATH}/{{uuid}}",),
        sources=(
            "sysinv api/controllers/v1/interface.py",
            "sysinv api/controllers/v1/interface_network.py",
            "recorded",
        ),
    ),
)
