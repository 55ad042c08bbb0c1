"""A platform network on one of a host's interfaces. A host has one interface per network: moving it is a replacement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _networks as networks
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/interface_networks"


class InterfaceNetwork(Spec):
    """Assignment of a platform network (by type) to an interface: named by `interface`, known by `on`."""

    network: Annotated[str, Attr(key=True, refers_to="platform-network", spelled=networks.BY_TYPE)]
    interface: Annotated[str | None, Attr(send_only=True, refers_to="interface")] = None
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[InterfaceNetwork]]:
    types, said = networks.types(site), carriers.said(site)
    for host, node in interfaces.all_declared(site):
        name = node.get("name")
        for network in node.listed("platformNetworks"):
            kind = types.get(str(network.value), str(network.value))
            if kind != networks.POOL_ONLY:  # a pool for the interface's addresses: kind interface-address-mode
                on = carriers.named(name, host, said)
                yield KIND.declared(network, host, network=network.spelled(kind), interface=name, on=on)


def express(resource: Resource[InterfaceNetwork], snapshot: Snapshot) -> Iterator[Said]:
    """All the networks of its interface."""
    interface, host = resource.spec.interface or "", resource.key.host
    if place := interfaces.place(interface, host, snapshot):
        yield place.at("platformNetworks").says(networks.said_networks(interface, host, snapshot))


def read(rows: Rows) -> Iterator[Resource[InterfaceNetwork]]:
    seen = carriers.seen(rows)
    for host, row in rows.by_host("interface_networks"):
        on = seen.get((host, row["ifname"]))
        spec = InterfaceNetwork.of(network=row["network_type"], interface=row["ifname"], on=on)
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=carriers.shown(row["ifname"]))


def built_in(resource: Resource[InterfaceNetwork], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """Bootstrap puts the networks of the first controller on its loopback."""
    return resource.spec.interface == interfaces.LOOPBACK


def write(changes: Sequence[Change[InterfaceNetwork]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        interface = interfaces.interface_ref(change.want.interface, change.key.host)
        network = Ref(ResourceKey("platform-network", change.want.network))
        yield Call("POST", PATH, {"interface_uuid": interface, "network_uuid": network}, creates=change.key)


def owns(site: Site) -> Iterator[tuple[str, str]]:
    return ((host, node.text("name")) for host, node in interfaces.all_declared(site) if node.get("platformNetworks"))


def member_of(resource: Resource[InterfaceNetwork]) -> str:
    return resource.spec.interface or ""


KIND = ResourceKind(
    name="interface-network",
    spec=InterfaceNetwork,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("interface_networks", "iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    # sysinv has no lock check here (interface_network.py), but the interface it makes is only up after an unlock
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    spell=carriers.placed,
    owns=owns,
    member_of=member_of,
    after=interfaces.KINDS,
    deletion=Deletion(effect="the interface loses its addresses of that network"),
    documents=("HostProfile.spec.interfaces.*.platformNetworks",),
    about=About(
        places={
            "network": ". PlatformNetwork.spec.type",
            "interface": "HostProfile.spec.interfaces.*.name",
        },
        words={
            "network": "the platform network by its type: mgmt, oam, cluster-host, …",
            "interface": "the interface by its name",
            "on": "what the interface is whatever it is called: its port, bond, VLAN or VF",
        },
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        sources=("sysinv api/controllers/v1/interface_network.py", "recorded"),
    ),
)
