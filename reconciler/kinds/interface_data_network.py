"""A data network on one of a host's interfaces; an interface may have several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
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

PATH = "/v1/interface_datanetworks"


class InterfaceDataNetwork(Spec):
    """Assignment of a data network to an interface: named by `interface`, known by `on`."""

    interface: Annotated[str, Attr(key=True, refers_to="interface")]
    network: Annotated[str, Attr(key=True, refers_to="data-network")]
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[InterfaceDataNetwork]]:
    said = carriers.said(site)
    for host, node in interfaces.all_declared(site):
        name = node.get("name")
        for network in node.listed("dataNetworks"):
            on = carriers.named(name, host, said)
            yield KIND.declared(network, host, interface=name, network=network, on=on)


def express(resource: Resource[InterfaceDataNetwork], snapshot: Snapshot) -> Iterator[Said]:
    """All the data networks of its interface."""
    interface, host = resource.spec.interface, resource.key.host
    there = (r.spec for k, r in snapshot.resources.items() if k.kind == KIND.name and k.host == host)
    if place := interfaces.place(interface, host, snapshot):
        yield place.at("dataNetworks").says(tuple(sorted(s.network for s in there if s.interface == interface)))


def read(rows: Rows) -> Iterator[Resource[InterfaceDataNetwork]]:
    seen = carriers.seen(rows)
    for host, row in rows.by_host("interface_datanetworks"):
        on = seen.get((host, row["ifname"]))
        spec = InterfaceDataNetwork.of(interface=row["ifname"], network=row["datanetwork_name"], on=on)
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=carriers.shown(row["ifname"]))


def write(changes: Sequence[Change[InterfaceDataNetwork]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        interface = interfaces.interface_ref(change.want.interface, change.key.host)
        network = Ref(ResourceKey("data-network", change.want.network))
        yield Call("POST", PATH, {"interface_uuid": interface, "datanetwork_uuid": network}, creates=change.key)


def needs(change: Change[InterfaceDataNetwork], context: Context) -> Needs:
    """AIO-SX takes those of SR-IOV interfaces in service (sysinv interface_datanetwork.py _check_host; recorded)."""
    interface = (change.want if change.desired else change.have).interface
    is_sriov = interfaces.class_of(interface, change.key.host, context) == "pci-sriov"
    return Needs.ANY if is_sriov and interfaces.is_aio_sx(context) else Needs.LOCKED


def disruption(change: Change[InterfaceDataNetwork], context: Context) -> Disruption:
    if needs(change, context) is Needs.LOCKED:
        return Disruption.LOCK
    return Disruption.SERVICE if change.observed else Disruption.NONE


def owns(site: Site) -> Iterator[tuple[str, str]]:
    return ((host, node.text("name")) for host, node in interfaces.all_declared(site) if node.get("dataNetworks"))


def member_of(resource: Resource[InterfaceDataNetwork]) -> str:
    return resource.spec.interface


KIND = ResourceKind(
    name="interface-data-network",
    spec=InterfaceDataNetwork,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("interface_datanetworks", "iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    spell=carriers.placed,
    owns=owns,
    member_of=member_of,
    after=interfaces.KINDS,
    deletion=Deletion(),
    documents=("HostProfile.spec.interfaces.*.dataNetworks",),
    about=About(
        places={
            "interface": "HostProfile.spec.interfaces.*.name",
            "network": ".",
        },
        words={
            "interface": "the interface by its name",
            "network": "the data network by its name",
            "on": "what the interface is whatever it is called: its port, bond, VLAN or VF",
        },
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        costs="The host is locked. On AIO-SX, SR-IOV interfaces take and leave data networks in service.",
        sources=("sysinv api/controllers/v1/interface_datanetwork.py", "recorded"),
    ),
)
