"""What sysinv refuses in the values of one interface by themselves: MTU, VLAN id, VFs, address modes, bonding.

starlingx/config interface.py ``_check_interface_mtu``, ``_check_interface_vlan_id``, ``_check_interface_sriov``,
``_check_address_mode``, the bonding part of ``_check_interface_data``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TYPES = ("ae", "vlan", "ethernet", "virtual", "vf")
AE_MODES = ("balanced", "active_standby", "802.3ad")
MODES = {"ipv4_mode": ("disabled", "static", "pool"), "ipv6_mode": ("disabled", "auto", "link-local", "static", "pool")}
FAMILIES = {"ipv4_mode": 4, "ipv6_mode": 6}


def check_mtu(row: Row) -> None:
    mtu = row.get("imtu")
    if mtu is not None and not 576 <= int(mtu) <= 9216:
        raise refuse("MTU must be between 576 and 9216 bytes.")


def check_vlan_id(row: Row) -> None:
    vlan = row.get("vlan_id")
    if vlan is not None and not 1 <= int(vlan) <= 4094:
        raise refuse("VLAN id must be between 1 and 4094.")
    if row["iftype"] == "vlan" and vlan is None:
        raise refuse("VLAN id must be specified.")


def check_sriov(system: System, row: Row) -> None:
    """Virtual functions: asked for by class pci-sriov only, and no more than the port has."""
    if not row["ifclass"]:
        return
    asked = row.get("sriov_numvfs")
    if row["ifclass"] != "pci-sriov":
        _refuse_stray_vfs(row, asked)
        return
    if asked is None:
        raise refuse("Value for number of SR-IOV VFs must be specified.")
    if int(asked) <= 0:
        raise refuse("Value for number of SR-IOV VFs must be > 0.")
    driver = row.get("sriov_vf_driver")
    if driver is not None and driver not in ("netdevice", "vfio"):
        raise refuse("Value for SR-IOV VF driver must be one of netdevice, vfio")
    if row["iftype"] == "ethernet":
        _check_port_of_vfs(system, row, int(asked))


def _refuse_stray_vfs(row: Row, asked: int | None) -> None:
    if asked is not None and int(asked) > 0:
        raise refuse("Number of SR-IOV VFs is specified but interface class is not pci-sriov.")
    if row.get("sriov_vf_driver") is not None:
        raise refuse("SR-IOV VF driver is specified but interface class is not pci-sriov.")


def _check_port_of_vfs(system: System, row: Row, asked: int) -> None:
    ports = system.tables.rows("ports", interface_uuid=row["uuid"])
    if len(ports) != 1:
        raise refuse("Exactly one port must be enabled.")
    total = ports[0]["sriov_totalvfs"]
    if not total:
        raise refuse("SR-IOV can't be configured on this interface")
    if asked > total:
        raise refuse(f"The interface support a maximum of {total} VFs")


def check_modes(system: System, row: Row, existing: Row | None) -> None:
    for name, allowed in MODES.items():
        mode, family = row.get(name), FAMILIES[name]
        if mode is not None and mode not in allowed:
            raise Fault(500, f"Unsupported IPv{family} address mode {mode}")
        if mode not in (None, "disabled") and row["ifclass"] not in ("platform", "data"):
            raise refuse("Address mode attributes only supported on 'mgmt, cluster-host, oam, data' interfaces", 404)
        _check_pool(system, row, mode, family)
        if existing and existing.get(name) == "static" and mode not in (None, "disabled", "static"):
            _refuse_if_addressed(system, row, family)


def _check_pool(system: System, row: Row, mode: str | None, family: int) -> None:
    pool = row.get(f"ipv{family}_pool")
    if mode != "pool":
        if pool:
            raise refuse(f"Specifying an IPv{family} address pool requires setting the address mode to 'pool'", 409)
        return
    if not pool:
        raise refuse(f"IPv{family} address pool name not specified", 409)
    found = system.tables.find("addrpools", pool) or system.tables.first("addrpools", name=pool)
    if found is None:
        raise refuse(f"Address pool {pool} not found", 404)
    if found["family"] != family:
        raise refuse("Address pool IP family does not match requested family", 409)


def _refuse_if_addressed(system: System, row: Row, family: int) -> None:
    addresses = system.tables.rows("addresses", interface_uuid=row["uuid"])
    if any((":" in item["address"]) == (family == 6) for item in addresses):
        raise refuse(f"Static IPv{family} addresses still exist on interface", 409)


def check_bonding(row: Row) -> None:
    mode, policy, is_bond = row["aemode"], row["txhashpolicy"], row["iftype"] == "ae"
    if is_bond and mode not in AE_MODES:
        raise refuse(f"Invalid aggregated ethernet mode '{mode}' ")
    if mode in ("balanced", "802.3ad") and not policy:
        raise refuse(
            "Device interface with 'aggregated ethernet' interface type in 'balanced' or '802.3ad' mode require a valid"
            " Tx Hash Policy."
        )
    if mode == "active_standby" and policy is not None:
        raise refuse(
            f"Device interface with interface type 'aggregated ethernet' in '{mode}' mode should not specify a Tx Hash"
            " Policy."
        )
    _check_reselect(row)
    if row["iftype"] not in TYPES:
        raise refuse(f"Device interface type must be one of {', '.join(TYPES)}")
    if is_bond and row["ifclass"] not in ("platform", "data"):
        raise refuse("Device interface class with interface type 'aggregated ethernet' must be 'platform' or 'data' ")
    if is_bond and row["ifclass"] == "data" and mode != "active_standby" and policy != "layer2":
        raise refuse(
            "Device interface with interface class 'data', and interface type 'aggregated ethernet' must have a Tx Hash"
            " Policy of 'layer2'."
        )


def _check_reselect(row: Row) -> None:
    reselect = row.get("primary_reselect")
    if reselect is None:
        return
    if row["iftype"] != "ae":
        raise refuse("The option primary_reselect is only applicable to bonded interface. ")
    if row["aemode"] != "active_standby":
        raise refuse(
            f"Device interface with interface type 'aggregated ethernet' in '{row['aemode']}' mode should not specify"
            " primary_reselect option."
        )
    if row["ifclass"] != "platform" and reselect != "always":
        raise refuse("The option primary_reselect must be 'always' for non-platform interfaces. ")
    if reselect not in ("always", "better", "failure"):
        raise refuse(
            f"Invalid bonding primary reselect option: '{reselect}'. Valid options must be one of always, better, failure"
        )
