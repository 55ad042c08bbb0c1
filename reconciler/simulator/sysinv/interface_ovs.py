"""Which interface the virtual switch may use (starlingx/config interface.py ``_check``; read in code, not recorded)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv.interface_checks import by_name
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System


def is_asked(value: object) -> bool:
    """A text or a boolean, as sysinv takes both."""
    return str(value).lower() == "true"


def check_ovs_access(system: System, row: Row) -> None:
    """One ethernet interface of a host, over an SR-IOV port without platform networks and in no bond."""
    if not row["ovs_access"]:
        return
    lower = by_name(system, row["ihost_uuid"], row["uses"][0]) if row["uses"] else None
    if row["iftype"] != "ethernet" or lower is None or (lower["iftype"], lower["ifclass"]) != ("ethernet", "pci-sriov"):
        raise refuse("Can only set ovs-access to ethernet interface over a pci-sriov ethernet interface")
    _check_lower(system, row, lower)
    for other in system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"], ovs_access=True):
        if other["uuid"] != row.get("uuid"):
            raise refuse(
                "Only one interface per host can have ovs-access enabled."
                f" Interface '{other['ifname']}' already has ovs-access enabled."
            )


def _check_lower(system: System, row: Row, lower: Row) -> None:
    start = f"Cannot set ovs-access on interface '{row['ifname']}' because the lower pci-sriov interface '{lower['ifname']}'"
    for link in system.tables.rows("interface_networks", interface_uuid=lower["uuid"]):
        raise refuse(f"{start} already has a platform network '{link['network_type']}' assigned.")
    for upper in system.tables.rows("iinterfaces", ihost_uuid=row["ihost_uuid"], iftype="ae"):
        if lower["ifname"] in upper["uses"]:
            raise refuse(f"{start} is part of an aggregated ethernet interface '{upper['ifname']}'.")
