"""Interfaces: ethernet (one per port, made by the agent), ae, vlan, vf and virtual (the loopback of an AIO-SX).

starlingx/config api/controllers/v1/interface.py (InterfaceController, ``_create``, ``_delete``, ``_set_defaults``).
``uses`` and ``used_by`` are lists of interface names; ``used_by`` follows from the others' ``uses``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import ABSENT, Collection, Family
from reconciler.simulator.sysinv import config, interface_checks, interface_values
from reconciler.simulator.sysinv.facts import (
    has_network,
    is_configured,
    is_locked,
    is_simplex,
    must_be_locked,
    network_types,
)
from reconciler.simulator.sysinv.interface_ovs import check_ovs_access, is_asked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("interfaces")

DEFAULT_MTU = 1500
ADDRESSED = ("platform", "data")
_DEFAULTS: dict[str, Any] = {"imtu": DEFAULT_MTU, "aemode": "active_standby", "sriov_numvfs": 0, "ptp_role": "none"}
_KNOWN = (
    "ihost_uuid forihostid ifname iftype ifclass imac imtu aemode schedpolicy txhashpolicy primary_reselect ports"
    " vlan_id uses usesmodify used_by ipv4_mode ipv6_mode ipv4_pool ipv6_pool sriov_numvfs sriov_vf_driver ptp_role"
    " ptp_interfaces max_tx_rate max_rx_rate ovs_access channels sriov_vf_channels ifcapabilities networktype"
    " networktypelist uuid"
)
_NUMBERS = ("imtu", "vlan_id", "sriov_numvfs", "max_tx_rate", "max_rx_rate")


def _derived(system: System, row: Row) -> Mapping[str, Any]:
    addressed = row["ifclass"] in ADDRESSED
    return {
        "used_by": users(system, row),
        "ifcapabilities": row.get("ifcapabilities") or {},
        "ipv4_mode": row.get("ipv4_mode") if addressed else ABSENT,
        "ipv6_mode": row.get("ipv6_mode") if addressed else ABSENT,
        "ipv4_pool": (row.get("ipv4_pool") if row.get("ipv4_mode") == "pool" else None) or ABSENT,
        "ipv6_pool": (row.get("ipv6_pool") if row.get("ipv6_mode") == "pool" else None) or ABSENT,
    }


INTERFACES = family.collection(
    Collection(
        "iinterfaces",
        columns="uuid ifname iftype imac imtu ifclass aemode schedpolicy txhashpolicy primary_reselect forihostid"
        " ihost_uuid vlan_id uses used_by sriov_numvfs sriov_vf_driver ptp_role max_tx_rate max_rx_rate ovs_access"
        " channels sriov_vf_channels ipv4_mode ipv6_mode ipv4_pool ipv6_pool created_at updated_at",
        more="ifcapabilities",
        sublinks="ports",
        noun="Interface",
        host_key="ihost_uuid",
        derive=_derived,
    )
)


def users(system: System, row: Row) -> list[str]:
    """The names of the interfaces that use this one."""
    others = system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"])
    return [other["ifname"] for other in others if row["ifname"] in other["uses"]]


@family.after_load
def complete(system: System) -> None:
    """A list does not name the pool of an interface whose address comes from one: it is its network's."""
    for row in system.tables.rows("iinterfaces"):
        if row.get("ipv4_mode") == "pool" and not row.get("ipv4_pool"):
            pool = _first_pool(system, row)
            system.tables.update("iinterfaces", row["uuid"], {"ipv4_pool": pool})


def _first_pool(system: System, row: Row) -> str | None:
    assigned = system.tables.first("interface_networks", interface_uuid=row["uuid"])
    network = system.tables.find("networks", assigned["network_uuid"]) if assigned else None
    return network["pool_uuid"] if network else None


@family.on("GET", "/iinterfaces")
def list_needs_a_host(system: System, call: Call) -> Row:
    host = call.query.get("ihost")
    if host is None or not (system.tables.find("ihosts", host) or system.tables.first("ihosts", hostname=host)):
        raise refuse(f"Invalid ihost {host}")
    rows = system.tables.rows("iinterfaces", ihost_uuid=system.host(host)["uuid"])
    return listed(system, INTERFACES, rows, call)


# ---- create


@family.on("POST", "/iinterfaces")
def create(system: System, call: Call) -> Row:
    body = attributes(call.body, "interface", _KNOWN)
    try:
        return shown(system, INTERFACES, _create(system, body), call)
    except Fault as fault:  # every refusal of the model's own becomes a client error here
        raise fault if fault.code == "Server" else refuse(fault.text) from fault


def _create(system: System, body: Row) -> Row:
    host = system.host(str(body.get("ihost_uuid")))
    row = _with_defaults(_new_row(host, body))
    interface_values.check_mtu(row)
    interface_values.check_vlan_id(row)
    check_host_of_new(system, host, row)
    if row["uses"] == [] and row["iftype"] in ("ae", "vlan", "vf"):
        raise Fault(500, "list index out of range")
    interface_checks.check_lower(system, row)
    check_ovs_access(system, row)
    interface_checks.check(system, "add", row, None)
    created = system.insert("iinterfaces", **{**row, "imac": _mac(system, row)})
    _pass_mtu_to_members(system, created)
    _vf_made(system, host, created)
    return created


def _new_row(host: Row, body: Row) -> Row:
    empty = dict.fromkeys(_KNOWN.split())
    for name in ("networktype", "networktypelist", "ports", "usesmodify", "used_by", "ptp_interfaces", "uuid"):
        empty.pop(name)
    given = {name: _number(name, value) for name, value in body.items() if name in empty}
    ifclass = None if body.get("ifclass") == "none" else body.get("ifclass")
    own = {
        "forihostid": host["id"],
        "ihost_uuid": host["uuid"],
        "uses": list(body.get("uses") or []),
        "ovs_access": is_asked(body.get("ovs_access")),
    }
    return {**empty, **given, **own, "ifclass": ifclass, "ifcapabilities": {}}


def _number(name: str, value: Any) -> Any:
    return integer(name, value) if name in _NUMBERS and value is not None else value


def _with_defaults(row: Row) -> Row:
    """Defaults for what is null (``_set_defaults``); a mode of bonding is kept by bonds only."""
    filled = {name: _DEFAULTS.get(name) if value is None else value for name, value in row.items()}
    return filled if row["iftype"] == "ae" else {**filled, "aemode": None, "txhashpolicy": None}


def check_host_of_new(system: System, host: Row, row: Row) -> None:
    """Host locked; an AIO-SX takes VF interfaces while unlocked."""
    if not (is_simplex(system) and row["ifclass"] == "pci-sriov" and row["iftype"] == "vf"):
        must_be_locked(host)


def _mac(system: System, row: Row) -> str:
    """That of the first interface below, by name."""
    if not row["uses"]:
        return str(row.get("imac") or "00:00:00:00:00:00")
    below = [interface_checks.by_name(system, row["ihost_uuid"], name) for name in sorted(row["uses"])]
    boot = [lower for lower in below if _is_boot(system, lower)] if row["iftype"] == "ae" else []
    return str((boot or below)[0]["imac"])


def _is_boot(system: System, row: Row) -> bool:
    host = system.tables.row("ihosts", row["ihost_uuid"])
    return bool(row["imac"] == host["mgmt_mac"])


def _pass_mtu_to_members(system: System, row: Row) -> None:
    if row["iftype"] == "ae":
        for name in row["uses"]:
            set_mtu(system, row["ihost_uuid"], name, row["imtu"])


def set_mtu(system: System, host_uuid: str, name: str, mtu: int) -> None:
    member = interface_checks.by_name(system, host_uuid, name)
    system.update("iinterfaces", member["uuid"], imtu=mtu)


def _vf_made(system: System, host: Row, row: Row) -> None:
    if is_simplex(system) and not is_locked(host) and row["iftype"] == "vf":
        config.mark_out_of_date(system, [host])


# ---- delete


@family.on("DELETE", "/iinterfaces/{interface_uuid}")
def delete(system: System, call: Call) -> None:
    row = one(system, INTERFACES, uuid_argument("interface_uuid", call["interface_uuid"]))
    host = system.tables.row("ihosts", row["ihost_uuid"])
    check_host_of_new(system, host, row)
    _check_deletable(system, host, row)
    if row["iftype"] == "ae":
        for name in row["uses"]:
            set_mtu(system, row["ihost_uuid"], name, DEFAULT_MTU)
    _remove(system, row)


def _check_deletable(system: System, host: Row, row: Row) -> None:
    above = users(system, row)
    if row["ifclass"] == "platform" and row["iftype"] == "ae" and above:
        raise refuse(f"Cannot delete interface {row['ifname']}, still in use by {', '.join(above)}")
    if row["iftype"] == "ethernet" and not row["uses"]:
        raise refuse("Cannot delete a system created ethernet interface")
    types = network_types(system, row["uuid"])
    if is_configured(system) and row["iftype"] == "virtual" and "mgmt" in types:
        raise refuse("Cannot delete a virtual management interface.")
    if "admin" in types and not is_simplex(system) and has_network(system, host, "admin"):
        pool = system.tables.first("networks", type="admin")
        raise refuse(
            "Cannot delete an interface still assigned to a network of type 'admin'."
            f"  Address pool {pool['pool_uuid'] if pool else None} still exists."
        )


def _remove(system: System, row: Row) -> None:
    """The interface and what hangs on it: assignments and routes go, addresses of pools stay without interface."""
    for table in ("interface_networks", "interface_datanetworks", "routes"):
        for item in system.tables.rows(table, interface_uuid=row["uuid"]):
            system.tables.delete(table, item["uuid"])
    for address in system.tables.rows("addresses", interface_uuid=row["uuid"]):
        if address["pool_uuid"]:
            system.update("addresses", address["uuid"], interface_uuid=None, ifname=None, forihostid=None)
        else:
            system.tables.delete("addresses", address["uuid"])
    for port in system.tables.rows("ports", interface_uuid=row["uuid"]):
        system.update("ports", port["uuid"], interface_uuid=None)
    system.tables.delete("iinterfaces", row["uuid"])
