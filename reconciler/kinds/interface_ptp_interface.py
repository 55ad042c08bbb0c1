"""A PTP interface on an interface of a host; assigned in service (sysinv interface.py patch)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _ptp as ptp
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Scope


class InterfacePtpInterface(Spec):
    """On an interface that is named by `interface` and known by `on`."""

    interface: Annotated[str, Attr(key=True, refers_to="interface")]
    ptp_interface: Annotated[str, Attr(key=True, refers_to="ptp-interface")]
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[InterfacePtpInterface]]:
    said = carriers.said(site)
    for host, node in interfaces.all_declared(site):
        name = node.get("name")
        for one in node.listed("ptpInterfaces"):
            yield KIND.declared(one, host, interface=name, ptp_interface=one, on=carriers.named(name, host, said))


def express(resource: Resource[InterfacePtpInterface], snapshot: Snapshot) -> Iterator[Said]:
    """All the PTP interfaces of its interface."""
    interface, host = resource.spec.interface, resource.key.host
    there = (r.spec for k, r in snapshot.resources.items() if k.kind == KIND.name and k.host == host)
    if place := interfaces.place(interface, host, snapshot):
        yield place.at("ptpInterfaces").says(tuple(sorted(s.ptp_interface for s in there if s.interface == interface)))


def read(rows: Rows) -> Iterator[Resource[InterfacePtpInterface]]:
    seen = carriers.seen(rows)
    for row in rows.all("ptp_interfaces"):
        for place in row.get("interface_names") or ():
            host, _, interface = place.partition("/")  # sysinv objects/ptp_interface.py: <hostname>/<ifname>
            on = seen.get((host, interface))
            spec = InterfacePtpInterface.of(interface=interface, ptp_interface=row["name"], on=on)
            yield Resource(KIND.key(spec, host), spec, {"id": row["id"]}, written=carriers.shown(interface))


def write(changes: Sequence[Change[InterfacePtpInterface]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        gone = change.action is Action.DELETE
        spec = change.have if gone else change.want
        # the integer id: a uuid is answered with 500 (recorded)
        one = Ref(ResourceKey("ptp-interface", spec.ptp_interface), "id")
        body = [{"op": "remove" if gone else "add", "path": "/ptp_interfaces/-", "value": one}]
        interface = interfaces.interface_ref(spec.interface, change.key.host)
        yield Call("PATCH", f"{interfaces.PATH}/{{uuid}}", body, refs={"uuid": interface})
    yield ptp.APPLY


def owns(site: Site) -> Iterator[tuple[str, str]]:
    return ((host, node.text("name")) for host, node in interfaces.all_declared(site) if node.get("ptpInterfaces"))


def member_of(resource: Resource[InterfacePtpInterface]) -> str:
    return resource.spec.interface


KIND = ResourceKind(
    name="interface-ptp-interface",
    spec=InterfacePtpInterface,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("ptp_interfaces", "iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,
    spell=carriers.placed,
    owns=owns,
    member_of=member_of,
    after=interfaces.KINDS,
    deletion=Deletion(),
    documents=("HostProfile.spec.interfaces.*.ptpInterfaces",),
    about=About(
        places={
            "interface": "HostProfile.spec.interfaces.*.name",
            "ptp_interface": ".",
        },
        words={
            "interface": "the interface by its name",
            "ptp_interface": "the PTP interface by its name",
            "on": "what the interface is whatever it is called: its port, bond, VLAN or VF",
        },
        calls=(f"PATCH {interfaces.PATH}/{{uuid}}", "POST /v1/ptp_instances/apply"),
        sources=("sysinv api/controllers/v1/interface.py", "sysinv objects/ptp_interface.py", "recorded"),
    ),
)
