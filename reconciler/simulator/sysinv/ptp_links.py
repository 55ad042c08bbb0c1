"""PTP instances on hosts and PTP interfaces on interfaces, by integer id (sysinv-api.md 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.patching import Operation
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

_SINGLE = ("gnss-monitor", "dpll-mgr")


def owner(system: System, table: str, number: Any) -> Row | None:
    """The PTP instance or interface with that id, as text or number."""
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    return system.tables.first(table, id=number)


def assign_to_host(system: System, host: Row, item: Operation) -> None:
    """``/ptp_instances/-``: a second assignment is 409, taking away what is not there is nothing."""
    if isinstance(item.value, str) and system.tables.find("ptp_instances", item.value):
        raise Fault(500, "(sqlite3.IntegrityError) FOREIGN KEY constraint failed")
    instance = owner(system, "ptp_instances", item.value)
    if instance is None:
        raise refuse("No PTP instance object")
    key = {"host_uuid": host["uuid"], "owner_uuid": instance["uuid"]}
    link = system.tables.first("ptp_host_links", **key)
    if item.op != "add":
        if link:
            system.tables.delete("ptp_host_links", link["uuid"])
        return
    _check_single(system, host, instance)
    if link:
        raise refuse(f"PTP instance is already associated to host {host['id']}.", 409)
    system.insert("ptp_host_links", **key)


def _check_single(system: System, host: Row, instance: Row) -> None:
    if instance["service"] not in _SINGLE:
        return
    for link in system.tables.rows("ptp_host_links", host_uuid=host["uuid"]):
        if system.tables.row("ptp_instances", link["owner_uuid"])["service"] == instance["service"]:
            raise refuse(f"{instance['service']} ptp instance already exists on host")


def assign_to_interface(system: System, interface: Row, item: Operation) -> None:
    """``/ptp_interfaces/-``: a uuid there crashes (500)."""
    if isinstance(item.value, str) and system.tables.find("ptp_interfaces", item.value):
        raise Fault(500, "tuple indices must be integers or slices, not str")
    found = owner(system, "ptp_interfaces", item.value)
    if found is None:
        raise refuse(f"No PTP interface object with id {item.value}")
    key = {"interface_uuid": interface["uuid"], "owner_uuid": found["uuid"]}
    link = system.tables.first("ptp_interface_links", **key)
    if item.op != "add":
        if link:
            system.tables.delete("ptp_interface_links", link["uuid"])
    elif link:
        raise refuse(f"PTP interface is already associated to interface {interface['id']}.", 409)
    else:
        system.insert("ptp_interface_links", **key)


def hosts_of(system: System, instance: Row) -> list[Row]:
    """The hosts that an instance is assigned to."""
    links = system.tables.rows("ptp_host_links", owner_uuid=instance["uuid"])
    return [system.tables.row("ihosts", link["host_uuid"]) for link in links]


def interfaces_of(system: System, row: Row) -> list[Row]:
    links = system.tables.rows("ptp_interface_links", owner_uuid=row["uuid"])
    found = [system.tables.find("iinterfaces", link["interface_uuid"]) for link in links]
    return [interface for interface in found if interface is not None]


def is_linked(system: System, host: Row) -> bool:
    """Whether the host has a PTP instance, or an interface of it a PTP role (starlingx/config host.py check_unlock)."""
    if system.tables.first("ptp_host_links", host_uuid=host["uuid"]):
        return True
    interfaces = system.tables.rows("iinterfaces", ihost_uuid=host["uuid"])
    return any(row["ptp_role"] not in {None, "none"} for row in interfaces)
