"""Ethernet interface: what is made of one port of a host. It exists for every port; its name may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _names as names
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Needs, Scope

MEMBER_CLASSES = frozenset({"none", "pci-sriov"})  # of a port's interface in a bond (sysinv interface.py)


class Ethernet(interfaces.InterfaceSpec):
    """Known by its port: the loopback's port is `lo`."""

    port: Annotated[str, Attr(key=True)]
    name: str | None = None
    vf_count: int | None = None
    vf_driver: str | None = None


def declare(site: Site) -> Iterator[Resource[Ethernet]]:
    for host, node in interfaces.declared_interfaces(site, "ethernet"):
        if node.get("lower"):
            continue  # an Ethernet interface over another one has no port: kind ethernet-over
        yield KIND.declared(
            node,
            host,
            port="port.name",
            name="name",
            vf_count="vfCount",
            vf_driver="vfDriver",
            **interfaces.DOCUMENT_NAMES,
        )
    yield from _bonded(site)


def express(resource: Resource[Ethernet], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    """A count of VFs is said from one upwards."""
    spec = resource.spec
    place = interfaces.section("ethernet", resource.key.host).at(Element.by({"port.name": spec.port}))
    vfs = {"vf_count": "vfCount"} if spec.vf_count else {}
    return KIND.said(resource, place, {"name": "name", **interfaces.DOCUMENT_NAMES, **vfs, "vf_driver": "vfDriver"})


def is_usual(resource: Resource[Ethernet], snapshot: Snapshot) -> bool:
    """A port under its own name that nobody gave a class, and nothing stands on or is assigned to."""
    spec, host = resource.spec, resource.key.host
    interface = snapshot.resources.get(ResourceKey("interface", spec.name or "", host))
    is_bare = spec.iface_class == "none" and spec.name == spec.port and spec.mtu in {None, interfaces.USUAL["mtu"]}
    return is_bare and not (interface and interface.spec.uppers) and spec.name not in _named(host, snapshot)


def _named(host: str, snapshot: Snapshot) -> Iterator[str | None]:
    """The interfaces that assignments, addresses and routes name."""
    there = (r for k, r in snapshot.resources.items() if k.host == host and k.kind != KIND.name)
    return (getattr(r.spec, "interface", None) for r in there)


def _bonded(site: Site) -> Iterator[Resource[Ethernet]]:
    """A port that only a bond names: its interface has no class, and Git says nothing of its name."""
    for host, bond in interfaces.declared_interfaces(site, "bond"):
        said = {
            n
            for e in site.hosts[host].listed("interfaces", "ethernet")
            for n in (e.text("name"), e.text("port", "name"))
        }
        for member in bond.listed("members"):
            if member.value not in said:
                yield KIND.declared(member, host, port=member, iface_class=Given("none"))


def spell(resource: Resource[Ethernet], observed: Snapshot) -> Resource[Ethernet]:
    """A bond's port that only the bond names may be of any class that a bond takes."""
    have = observed.resources.get(resource.key)
    if resource.spec.name is not None or have is None or have.spec.iface_class not in MEMBER_CLASSES:
        return resource
    return replace(resource, spec=Ethernet(port=resource.spec.port))


def read(rows: Rows) -> Iterator[Resource[Ethernet]]:
    ports = carriers.ports_by_interface(rows)
    for host, row in rows.by_host("iinterfaces"):
        port = carriers.port_of(carriers.carrier(row, ports))
        if not port:
            continue
        spec = Ethernet.of(
            port=port,
            name=row["ifname"],
            vf_count=row.get("sriov_numvfs"),
            vf_driver=row.get("sriov_vf_driver"),
            **interfaces.common(row),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=interfaces.written(row))


def built_in(resource: Resource[Ethernet], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """Every port has one; what somebody gave a class is somebody's. The loopback is the platform's."""
    return resource.spec.port == interfaces.LOOPBACK or resource.spec.iface_class == "none"


def write(changes: Sequence[Change[Ethernet]], context: Context) -> Iterable[Call]:
    return names.in_turn(changes, context)


def needs(change: Change[Ethernet], context: Context) -> Needs:
    """AIO-SX makes an idle port an SR-IOV one in service; any later change of it needs the lock (recorded)."""
    if interfaces.is_aio_sx(context) and change.want.iface_class == "pci-sriov" and change.have.iface_class == "none":
        return Needs.ANY
    return interfaces.needs(change, context)


def disruption(change: Change[Ethernet], context: Context) -> Disruption:
    if interfaces.only_rates(change):
        return Disruption.SERVICE
    return Disruption.NONE if needs(change, context) is Needs.ANY else Disruption.LOCK


def impossible(change: Change[Ethernet], context: Context) -> str:
    if change.observed is None:
        return f"the host has no port {change.want.port}: correct port.name, or add the hardware"
    return (
        names.taken(change, context)
        or _too_many_vfs(change, context)
        or _still_bonded(change, context)
        or interfaces.too_small_below(change, context)
    )


def _too_many_vfs(change: Change[Ethernet], context: Context) -> str:
    port = context.observed.resources.get(ResourceKey("port", change.want.port, change.key.host))
    limit = port.spec.vf_limit if port else None
    if limit is None or "vf_count" not in change.names or (change.want.vf_count or 0) <= limit:
        return ""
    return f"port {change.want.port} can make {limit} VFs, not {change.want.vf_count}"


def _still_bonded(change: Change[Ethernet], context: Context) -> str:
    """A member's class is fixed until the bond lets go of it (recorded)."""
    bond = _bond_of(change, context)
    if not bond or comes_late(change, context):
        return ""
    return f"it is a member of {bond}, and keeps its class there: take it out of the members in Git"


def comes_late(change: Change[Ethernet], context: Context) -> bool:
    """A port that leaves its bond in this plan is given its class after that."""
    bond = ResourceKey("bond", _bond_of(change, context), change.key.host)
    said = context.desired.resources.get(bond)
    leaves = said is not None and said.spec.members is not None and change.want.port not in said.spec.members
    return bool(bond.name) and (leaves or bond in context.going)


def _bond_of(change: Change[Ethernet], context: Context) -> str:
    """The bond that a port is a member of while its class is to change to one that no member has; "" if none."""
    if not change.observed or "iface_class" not in change.names or change.want.iface_class in MEMBER_CLASSES:
        return ""
    host = change.key.host
    interface = interfaces.observed(change.have.name, host, context)
    uppers = (interfaces.observed(name, host, context) for name in (interface.spec.uppers if interface else ()))
    return next((str(u.spec.name) for u in uppers if u and u.spec.iftype == "ae"), "")


KIND = ResourceKind(
    name="ethernet",
    spec=Ethernet,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    needs=needs,
    disruption=disruption,
    comes_late=comes_late,
    impossible=impossible,
    spell=spell,
    usual=interfaces.USUAL,
    is_usual=is_usual,
    known_as=interfaces.by_name,
    documents=("HostProfile.spec.interfaces.ethernet",),
    about=About(
        places={
            **interfaces.DOCUMENT_NAMES,
            "port": "port.name",
            "name": "name",
            "vf_count": "vfCount",
            "vf_driver": "vfDriver",
        },
        calls=(f"PATCH {interfaces.PATH}/{{uuid}}",),
        costs="The host is locked. In service: rate limits of a platform interface; on AIO-SX, an idle port that becomes an SR-IOV one.",
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
