"""What carries a network, an address or another interface, in words that a rename leaves alone.

An interface over a port is known by its port (`port enp0s8`), every other one by its type and name (`bond mgmt0`).
Names alone do not serve: the platform calls the boot port's interface of a new host `mgmt0` (sysinv
conductor/manager.py iport_update_by_ihost), and Git may want a bond of that name over that very port.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.node import Node
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot

SECTIONS = ("ethernet", "bond", "vlan", "vf")  # of a HostProfile's interfaces
PORT = "port "
WORDS = {"ae": "bond"}  # where the API's word for a type of interface is not the document's

KNOWN_BY = Rule(
    "carrier", "An interface is known by its port, or by its type and name: another name for it is no other interface."
)

Carriers = Mapping[tuple[str, str], str]  # (host, name of an interface) -> what it is, whatever it is called


def seen(rows: Rows) -> Carriers:
    """The interfaces of the site."""
    ports = ports_by_interface(rows)
    return {(host, row["ifname"]): carrier(row, ports) for host, row in rows.by_host("iinterfaces")}


def ports_by_interface(rows: Rows) -> Mapping[str, str]:
    """Interface uuid -> the name of its port."""
    return {row["interface_uuid"]: row["name"] for row in rows.all("ports") if row.get("interface_uuid")}


def carrier(row: Row, ports: Mapping[str, str]) -> str:
    """One row of /iinterfaces; the loopback counts as a port of its own name."""
    if row["iftype"] == "virtual":
        return PORT + str(row["ifname"])
    if row["iftype"] == "ethernet" and row["uuid"] in ports:
        return PORT + ports[row["uuid"]]
    return f"{WORDS.get(row['iftype'], row['iftype'])} {row['ifname']}"


def said(site: Site) -> Carriers:
    """The interfaces that Git describes."""
    return {
        (host, node.text("name")): _said(section, node)
        for host, profile in site.hosts.items()
        for section in SECTIONS
        for node in profile.listed("interfaces", section)
    }


def _said(section: str, node: Node) -> str:
    if section == "ethernet" and node.get("lower") is None:
        return PORT + node.text("port", "name")
    return f"{section} {node.text('name')}"


def named(interface: Node | None, host: str, said: Carriers) -> Node | None:
    """What carries, where Git names it; None where Git does not describe the interface of that name."""
    words = said.get((host, str(interface.value))) if interface else None
    return interface.spelled(words) if interface and words else None


def shown(name: str | None, attribute: str = "on") -> Mapping[str, Any]:
    """What the API calls an interface that is known by what it is, for `Resource.written`."""
    return {attribute: name}


def port_of(words: str) -> str:
    """The port of a carrier; "" where it is not one port."""
    return words.removeprefix(PORT) if words.startswith(PORT) else ""


def placed(resource: Resource[Any], observed: Snapshot) -> Resource[Any]:
    """The resource with `on` filled in, where its interface is named in Git and described only by the site."""
    if resource.spec.on is not None:
        return resource
    interface = observed.resources.get(ResourceKey("interface", resource.spec.interface or "", resource.key.host))
    if interface is None:
        return resource
    spec = resource.spec.model_copy(update={"on": interface.spec.carrier})
    return replace(resource, spec=spec, written={**resource.written, **shown(resource.spec.interface)})
