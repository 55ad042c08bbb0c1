"""A platform network on one of a host's interfaces. A host has one interface per network: moving it is a replacement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _interfaces as interfaces
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/interface_networks"
SECTIONS = ("ethernet", "bond", "vlan", "vf")


class InterfaceNetwork(Spec):
    """Assignment of a platform network (by name) to an interface (by name)."""

    network: Annotated[str, Attr(key=True, refers_to="platform-network")]
    interface: Annotated[str | None, Attr(replaces=True, refers_to="interface")] = None


def declare(site: Site) -> Iterator[Resource[InterfaceNetwork]]:
    pools_only = {name for name, node in site.of("PlatformNetwork").items() if node.text("type") == "other"}
    for section in SECTIONS:
        for host, node in interfaces.declared_interfaces(site, section):
            for network in node.listed("platformNetworks"):
                if network.value not in pools_only:  # `other` is a pool for the interface's addresses, no network
                    yield KIND.declared(network, host, network=network, interface=node.get("name"))


def read(rows: Rows) -> Iterator[Resource[InterfaceNetwork]]:
    for host, row in rows.by_host("interface_networks"):
        spec = InterfaceNetwork(network=row["network_name"], interface=row["ifname"])
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[InterfaceNetwork]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        interface = ResourceKey("interface", change.want.interface or "", change.key.host)
        network = ResourceKey("platform-network", change.want.network)
        yield Call(
            "POST",
            PATH,
            {"interface_uuid": Ref(interface), "network_uuid": Ref(network)},
            creates=change.key,
        )


def owns(site: Site) -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        for host, node in interfaces.declared_interfaces(site, section):
            if node.get("platformNetworks"):
                yield host, node.text("name")


def member_of(resource: Resource[InterfaceNetwork]) -> str:
    return resource.spec.interface or ""


KIND = ResourceKind(
    name="interface-network",
    spec=InterfaceNetwork,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("interface_networks", "iinterfaces"),
    declare=declare,
    read=read,
    write=write,
    # sysinv has no lock check here (interface_network.py), but the interface it makes is only up after an unlock
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    owns=owns,
    member_of=member_of,
    documents=("HostProfile.spec.interfaces.*.platformNetworks",),
)
