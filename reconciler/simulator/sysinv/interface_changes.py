"""PATCH of an interface (starlingx/config interface.py ``patch``): what is checked, what follows from what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family
from reconciler.simulator.patching import Operation, replaced, typed_operations
from reconciler.simulator.sysinv import config, interface_checks, interface_values, pools
from reconciler.simulator.sysinv.facts import is_simplex, must_be_locked
from reconciler.simulator.sysinv.interface_ovs import check_ovs_access, is_asked
from reconciler.simulator.sysinv.interfaces import DEFAULT_MTU, INTERFACES, set_mtu
from reconciler.simulator.sysinv.ptp_links import assign_to_interface
from reconciler.simulator.tables import Row
from reconciler.simulator.views import one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("interface_changes")

_CHANGEABLE = [
    "ifname",
    "ifclass",
    "imtu",
    "aemode",
    "txhashpolicy",
    "primary_reselect",
    "vlan_id",
    "uses",
    "ipv4_mode",
    "ipv6_mode",
    "ipv4_pool",
    "ipv6_pool",
    "sriov_numvfs",
    "sriov_vf_driver",
    "ptp_role",
    "max_tx_rate",
    "max_rx_rate",
    "ovs_access",
    "channels",
    "sriov_vf_channels",
    "schedpolicy",
    "ifcapabilities",
    "imac",
    "iftype",
]
_NUMBERS = ("imtu", "vlan_id", "sriov_numvfs", "max_tx_rate", "max_rx_rate")


@family.on("PATCH", "/iinterfaces/{interface_uuid}")
def change(system: System, call: Call) -> Row:
    operations = typed_operations(call.body)
    row = one(system, INTERFACES, uuid_argument("interface_uuid", call["interface_uuid"]))
    links = [item for item in operations if item.path == "ptp_interfaces/-"]
    if links:
        for item in links:
            assign_to_interface(system, row, item)
        return shown(system, INTERFACES, row, call)
    return shown(system, INTERFACES, _changed(system, row, operations), call)


def _changed(system: System, row: Row, operations: list[Operation]) -> Row:
    changes = _values(operations)
    uses = _new_uses(changes)
    _check_before_ports(system, row, changes)
    wanted = _consequences(row, changes, uses)
    _check_host(system, row, wanted)
    _check_below(system, wanted, uses)
    check_ovs_access(system, wanted)
    interface_checks.check(system, "modify", wanted, row)
    return _apply(system, row, wanted, changes)


def _values(operations: list[Operation]) -> Row:
    changes = replaced(operations)
    if changes.get("ifclass") == "none":
        changes["ifclass"] = None
    if "ovs_access" in changes:
        changes["ovs_access"] = is_asked(changes["ovs_access"])
    for name in _NUMBERS:
        if changes.get(name) is not None:
            changes[name] = integer(name, changes[name])
    return changes


def _new_uses(changes: Row) -> list[str] | None:
    """Members are changed by ``usesmodify``, a text with commas; ``uses`` must be a list (sysinv-api.md 8)."""
    text = changes.pop("usesmodify", None)
    if isinstance(changes.get("uses"), str):
        raise refuse(
            f"Invalid input for field/attribute uses. Value: '{changes['uses']}'."
            " Wrong type. Expected '[<class 'str'>]', got '<class 'str'>'"
        )
    for name in changes:
        if name not in _CHANGEABLE and name != "ports":
            raise refuse(f"Couldn't apply patch '{name}'. Reason: can't replace non-existent object '{name}'")
    return str(text).split(",") if text is not None else None


def _check_before_ports(system: System, row: Row, changes: Row) -> None:
    interface_values.check_mtu(changes)
    given = [name for name in ("ifclass", "sriov_numvfs", "sriov_vf_driver") if name in changes]
    asked: Row = {**row, **{name: changes[name] for name in given}}
    if asked["ifclass"] != "pci-sriov":
        asked["sriov_numvfs"] = changes.get("sriov_numvfs", 0)
        asked["sriov_vf_driver"] = changes.get("sriov_vf_driver")
    interface_values.check_sriov(system, asked)
    interface_values.check_vlan_id({**row, "vlan_id": changes.get("vlan_id", row["vlan_id"])})


def _consequences(row: Row, changes: Row, uses: list[str] | None) -> Row:
    """The row as wanted: a class taken away takes VFs and address modes with it, a new class brings its defaults."""
    wanted = {**row, **{name: value for name, value in changes.items() if name in _CHANGEABLE}}
    wanted["uses"] = uses if uses is not None else wanted["uses"]
    if wanted["aemode"] == "active_standby":
        wanted["txhashpolicy"] = None
    if not wanted["ifclass"]:
        wanted |= {"ipv4_mode": None, "ipv6_mode": None}
    elif wanted["ifclass"] == "data":
        wanted |= {name: wanted.get(name) or "disabled" for name in ("ipv4_mode", "ipv6_mode")}
    if wanted["ifclass"] != "pci-sriov":
        wanted |= {"sriov_numvfs": 0, "sriov_vf_driver": None}
    for mode, pool in (("ipv4_mode", "ipv4_pool"), ("ipv6_mode", "ipv6_pool")):
        if wanted.get(mode) != "pool":
            wanted[pool] = None
    return wanted


def _check_host(system: System, row: Row, wanted: Row) -> None:
    """Locked; an AIO-SX lets an ethernet interface become pci-sriov while unlocked."""
    becomes_sriov = wanted["ifclass"] == "pci-sriov" != row["ifclass"] and row["iftype"] == "ethernet"
    if not (is_simplex(system) and becomes_sriov):
        must_be_locked(system.tables.row("ihosts", row["ihost_uuid"]))


def _check_below(system: System, wanted: Row, uses: list[str] | None) -> None:
    if uses is None:
        return
    interface_checks.check_lower(system, wanted)
    for name in uses:
        try:
            interface_checks.by_name(system, wanted["ihost_uuid"], name)
        except Fault as fault:
            raise refuse(fault.text) from fault


def _apply(system: System, row: Row, wanted: Row, changes: Row) -> Row:
    _follow_addressing(system, row, wanted)
    values = {name: wanted.get(name) for name in (*_CHANGEABLE, "ipv4_pool", "ipv6_pool")}
    new = system.update("iinterfaces", row["uuid"], **values)
    if new["ifname"] != row["ifname"]:
        _follow_rename(system, row, new["ifname"])
    _follow_members(system, row, new)
    if new["ifclass"] == "pci-sriov" and ("sriov_numvfs" in changes or "sriov_vf_driver" in changes):
        _start_vfs(system, new)
    return new


def _follow_addressing(system: System, row: Row, wanted: Row) -> None:
    """Disabling a mode deletes its addresses and their routes without a word (sysinv-api.md 8)."""
    for mode, pool, number in (("ipv4_mode", "ipv4_pool", 4), ("ipv6_mode", "ipv6_pool", 6)):
        before, after = row.get(mode), wanted.get(mode)
        if after in (None, "disabled") and before not in (None, "disabled"):
            pools.drop_addresses(system, row, number, keep_pool=row["ifclass"] == "platform")
        elif after == "pool" and (before != "pool" or row.get(pool) != wanted.get(pool)):
            pools.allocate(system, wanted[pool], row)


def _follow_rename(system: System, row: Row, name: str) -> None:
    for other in system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"]):
        if row["ifname"] in other["uses"]:
            uses = [name if item == row["ifname"] else item for item in other["uses"]]
            system.tables.update("iinterfaces", other["uuid"], {"uses": uses})
    for table in ("addresses", "routes", "interface_networks", "interface_datanetworks"):
        for item in system.tables.rows(table, interface_uuid=row["uuid"]):
            system.tables.update(table, item["uuid"], {"ifname": name})


def _follow_members(system: System, row: Row, new: Row) -> None:
    if new["iftype"] != "ae":
        return
    for name in new["uses"]:
        set_mtu(system, new["ihost_uuid"], name, new["imtu"])
    for name in set(row["uses"]) - set(new["uses"]):
        set_mtu(system, new["ihost_uuid"], name, DEFAULT_MTU)


def _start_vfs(system: System, row: Row) -> None:
    """The agent makes the VFs after a while, and the port then shows them (conductor ``update_sriov_config``)."""
    host = system.tables.row("ihosts", row["ihost_uuid"])
    config.mark_out_of_date(system, [host])
    system.after(system.durations.vfs_appear, show_vfs, row["uuid"])


def show_vfs(system: System, uuid: str) -> None:
    row = system.tables.find("iinterfaces", uuid)
    for port in system.tables.rows("ports", interface_uuid=uuid) if row else ():
        count: Any = (row or {}).get("sriov_numvfs") or 0
        system.update("ports", port["uuid"], sriov_numvfs=count, sriov_vfs_pci_address=_vf_addresses(port, count))


def _vf_addresses(port: Row, count: int) -> str:
    """VFs stand on the bus of their device, eight a slot from slot 2 on."""
    head = str(port["pciaddr"]).rsplit(":", 1)[0]
    return ",".join(f"{head}:{2 + place // 8:02x}.{place % 8}" for place in range(count))
