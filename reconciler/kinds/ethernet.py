"""Ethernet interface: what is made of one port of a host. It exists for every port; its name may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _interfaces as interfaces
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Needs, Scope


class Ethernet(interfaces.InterfaceSpec):
    """Known by its port: the loopback's port is `lo`."""

    port: Annotated[str, Attr(key=True)]
    name: str | None = None
    vf_count: int | None = None
    vf_driver: str | None = None


def declare(site: Site) -> Iterator[Resource[Ethernet]]:
    for host, node in interfaces.declared_interfaces(site, "ethernet"):
        if node.get("lower"):
            continue  # an Ethernet interface over another one has no port
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


def _bonded(site: Site) -> Iterator[Resource[Ethernet]]:
    """A bond's member is class none; a port that only a bond names is so by that (sysinv interface.py, ae checks)."""
    for host, bond in interfaces.declared_interfaces(site, "bond"):
        said = {
            n
            for e in site.hosts[host].listed("interfaces", "ethernet")
            for n in (e.text("name"), e.text("port", "name"))
        }
        for member in bond.listed("members"):
            if member.value not in said:
                yield KIND.declared(member, host, port=member, name=member, iface_class=Given("none"))


def read(rows: Rows) -> Iterator[Resource[Ethernet]]:
    ports = {row["interface_uuid"]: row["name"] for row in rows.all("ports")}
    for host, row in rows.by_host("iinterfaces"):
        port = row["ifname"] if row["iftype"] == "virtual" else ports.get(row["uuid"])
        if row["iftype"] not in {"ethernet", "virtual"} or port is None:
            continue
        spec = Ethernet.of(
            port=port,
            name=row["ifname"],
            vf_count=row.get("sriov_numvfs"),
            vf_driver=row.get("sriov_vf_driver"),
            **interfaces.common(row),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Ethernet]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return map(interfaces.update, changes)


def impossible(change: Change[Ethernet], context: Context) -> str:  # noqa: ARG001
    if change.observed is None:
        return f"the host has no port {change.want.port}: correct port.name, or add the hardware"
    return ""


KIND = ResourceKind(
    name="ethernet",
    spec=Ethernet,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    known_as=interfaces.by_name,
    documents=("HostProfile.spec.interfaces.ethernet",),
)
