"""What sysinv refuses in an interface among its neighbours, in its order (starlingx/config interface.py ``_check_*``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import interface_values
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

MAX_NAME = 15
CLASSES = ("platform", "data", "pci-passthrough", "pci-sriov")
PCI_CLASSES = ("pci-passthrough", "pci-sriov")


def by_name(system: System, host_uuid: str, name: str) -> Row:
    """The host's interface with that name or uuid."""
    found = system.tables.first("iinterfaces", ihost_uuid=host_uuid, ifname=name) or system.tables.find(
        "iinterfaces", name
    )
    if found is None:
        raise refuse(f"No entry found for interface {name}")
    return found


def check_lower(system: System, row: Row) -> None:
    """The interfaces below must each still be valid by themselves."""
    if row["iftype"] == "vlan" and len(row["uses"]) > 1:
        raise refuse(f"Can only have one interface for vlan type. ({row['uses']})")
    for name in row["uses"]:
        lower = system.tables.first("iinterfaces", ihost_uuid=row["ihost_uuid"], ifname=name)
        if lower is not None:
            check(system, "modify", lower, lower)


def check(system: System, op: str, row: Row, existing: Row | None) -> None:
    """All checks of one interface's data, ``op`` add or modify."""
    _check_name(system, op, row)
    if row["iftype"] == "vlan":
        _check_vlan(system, op, row)
    _check_not_taken(system, op, row)
    if row["iftype"] == "ae":
        _check_members(system, row)
    _check_users(system, row)
    _check_class(system, row, existing)
    interface_values.check_modes(system, row, existing)
    interface_values.check_bonding(row)
    _check_mtu_chain(system, row)
    if row["iftype"] == "vf":
        _check_vf(system, row)


def _check_name(system: System, op: str, row: Row) -> None:
    name = str(row["ifname"] or "")
    if name != name.lower() or not name.islower():
        raise refuse("Interface name must be in lower case.")
    if len(name) > MAX_NAME:
        raise refuse(f"Interface {name} has name length greater than {MAX_NAME}.")
    for char in name:
        if not (char.isalnum() or char in "-_."):
            raise refuse(f"Cannot use '{char}' as a special character in interface name.")
    for other in _others(system, op, row):
        if other["ifname"] == name:
            raise refuse(f"Interface Name {name} must be unique.")


def _others(system: System, op: str, row: Row) -> list[Row]:
    rows = system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"])
    return [other for other in rows if op == "add" or other["uuid"] != row["uuid"]]


def _check_vlan(system: System, op: str, row: Row) -> None:
    lower = by_name(system, row["ihost_uuid"], row["uses"][0])
    if lower["iftype"] == "vlan":
        raise refuse("VLAN interfaces cannot be created over existing VLAN interfaces")
    vlans = [other for other in _others(system, op, row) if other["iftype"] == "vlan"]
    same = [other for other in vlans if other["vlan_id"] == row["vlan_id"]] if op == "add" else []
    if row["ifclass"] == "platform" and any(other["ifclass"] == "platform" for other in same):
        raise refuse(f"VLAN id {row['vlan_id']} already in use on another platform interface")
    if any(lower["ifname"] in other["uses"] for other in same):
        raise refuse(f"VLAN id {row['vlan_id']} already in use on interface {lower['ifname']}")
    if (lower["ifclass"], row["ifclass"]) == ("data", "platform"):
        raise refuse("Platform VLAN interface cannot be created over a data interface ")
    if (lower["ifclass"], row["ifclass"]) == ("platform", "data"):
        raise refuse("Data VLAN interface cannot be created over a platform interface ")


def _check_not_taken(system: System, op: str, row: Row) -> None:
    """An interface below belongs to one bond, or to VLANs and VFs, not to both."""
    if row["iftype"] == "ethernet":
        return
    for other in _others(system, op, row):
        for name in other["uses"]:
            if name not in row["uses"]:
                continue
            if other["iftype"] == "ae" and row["iftype"] != "vf":
                raise refuse(
                    f"Interface '{name}' is already used by another 'aggregated ethernet' interface '{other['ifname']}'"
                )
            if other["iftype"] == "vlan" and row["iftype"] not in ("vlan", "vf"):
                raise refuse(f"Interface '{name}' is already used by another VLAN interface '{other['ifname']}'")


def _check_members(system: System, row: Row) -> None:
    for name in row["uses"]:
        lower = by_name(system, row["ihost_uuid"], name)
        if lower["ptp_role"] not in (None, "none"):
            raise refuse(
                "None of interfaces being used in an 'aggregated ethernet' interface can have a PTP role (must be 'none')."
            )
        if lower["ifclass"] not in (None, "pci-sriov"):
            raise refuse(
                "All interfaces being used in an 'aggregated ethernet' interface must have the interface class set to"
                " 'none' or 'pci-sriov'."
            )


def _check_users(system: System, row: Row) -> None:
    """What an interface above forbids: a bond its members' class, a VF interface fewer VFs."""
    for upper in _above(system, row):
        if upper["iftype"] == "ae" and row["ifclass"] not in (None, "pci-sriov"):
            raise refuse(
                f"Interface '{row['ifname']}' is being used by interface '{upper['ifname']}' as an 'aggregated"
                " ethernet' interface and therefore the interface class cannot be changed from 'none' or 'pci-sriov'."
            )
        if upper["iftype"] == "vf" and row["ifclass"] != "pci-sriov":
            raise refuse(
                f"Interface '{row['ifname']}' is being used by VF interface '{upper['ifname']}' and therefore the"
                " interface class cannot be changed from 'pci-sriov'."
            )
    consumed = sum(upper["sriov_numvfs"] or 0 for upper in _above(system, row) if upper["iftype"] == "vf")
    if consumed and (row["sriov_numvfs"] or 0) <= consumed:
        names = [upper["ifname"] for upper in _above(system, row)]
        raise refuse(
            f"The number of virtual functions ({row['sriov_numvfs']}) must be greater than the number of consumed VFs"
            f" used by the upper VF interfaces ({names})"
        )


def _above(system: System, row: Row) -> list[Row]:
    name = _stored_name(system, row)
    return [i for i in system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"]) if name in i["uses"]]


def _stored_name(system: System, row: Row) -> str:
    """The name by which the others know it, also while it is being renamed."""
    stored = system.tables.find("iinterfaces", row.get("uuid"))
    return str(stored["ifname"] if stored else row["ifname"])


def _check_class(system: System, row: Row, existing: Row | None) -> None:
    ifclass = row["ifclass"]
    if not ifclass:
        return
    if ifclass not in CLASSES:
        raise refuse(f"Invalid interface class {ifclass}")
    if existing and ifclass != existing["ifclass"]:
        _check_transition(system, row, existing)
    host = system.tables.row("ihosts", row["ihost_uuid"])
    if ifclass == "data" and "worker" not in host["subfunctions"]:
        raise refuse("The data interface class is only supported on nodes supporting worker functions")
    if ifclass in PCI_CLASSES and row["iftype"] not in ("ethernet", "vf"):
        raise refuse(f"The {', '.join(PCI_CLASSES)} interface class is only valid on Ethernet and VF interfaces")


def _check_transition(system: System, row: Row, existing: Row) -> None:
    above = [upper["ifname"] for upper in _above(system, existing)]
    before, after = existing["ifclass"], row["ifclass"]
    if not above or (before, after) == ("platform", "pci-sriov"):
        return
    if before == "platform":
        raise refuse(
            f"The class of an interface with platform networks cannot be changed to {after} since it is being used by"
            f" {above}"
        )
    if after == "platform" and before in ("data", *PCI_CLASSES):
        raise refuse(
            f"The class of a non-platform interface cannot be changed to platform since it is being used by {above}"
        )


def _check_mtu_chain(system: System, row: Row) -> None:
    mtu = int(row["imtu"])
    if row["iftype"] in ("vlan", "vf", "ethernet"):
        for name in row["uses"]:
            below = by_name(system, row["ihost_uuid"], name)["imtu"]
            if mtu > below:
                raise refuse(f"Interface MTU ({mtu}) cannot be larger than MTU of underlying interface ({below})")
    for upper in _above(system, row):
        if mtu < upper["imtu"] and upper["iftype"] != "ae":
            raise refuse(
                f"Interface MTU ({mtu}) cannot be smaller than the interface MTU ({upper['imtu']}) using this interface"
            )


def _check_vf(system: System, row: Row) -> None:
    if row["ifclass"] != "pci-sriov":
        raise refuse("VF interfaces must have an interface class of pci-sriov")
    if len(row["uses"]) > 1:
        raise refuse("VF interfaces can only use one lower pci-sriov interface")
    lower = by_name(system, row["ihost_uuid"], row["uses"][0])
    if lower["iftype"] not in ("vf", "ethernet"):
        raise refuse(f"VF interfaces cannot be created over interfaces of type {lower['iftype']}")
    if lower["ifclass"] != "pci-sriov":
        raise refuse("VF interfaces must be created over an interface of class pci-sriov")
    if (row["sriov_numvfs"] or 0) <= 0:
        raise refuse("Value for number of SR-IOV VFs must be > 0.")
    taken = sum(other["sriov_numvfs"] or 0 for other in _above(system, lower) if other["ifname"] != row["ifname"])
    free = (lower["sriov_numvfs"] or 0) - 1 - taken
    if row["sriov_numvfs"] > free:
        raise refuse(
            f"The number of virtual functions ({row['sriov_numvfs']}) must be less than or equal to the available VFs"
            f" ({free}) available on the underlying interface ({lower['ifname']})"
        )
