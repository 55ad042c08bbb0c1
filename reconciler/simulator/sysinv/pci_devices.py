"""PCI devices: inventory, of which name and use may be set (starlingx/config api/controllers/v1/pci_device.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.bodies import boolean
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import has_worker, is_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("pci_devices")

DEVICES = family.collection(
    Collection(
        "pci_devices",
        columns="uuid name pciaddr pclass_id pvendor_id pdevice_id pclass pvendor pdevice psvendor psdevice numa_node"
        " sriov_totalvfs sriov_numvfs sriov_vfs_pci_address sriov_vf_driver sriov_vf_pdevice_id driver extra_info"
        " host_uuid enabled created_at updated_at",
        host_key="host_uuid",
        noun="Server",
    )
)


@family.on("PATCH", "/pci_devices/{uuid}")
def change_device(system: System, call: Call) -> Row:
    row = system.tables.find("pci_devices", call["uuid"])
    if row is None:
        raise refuse(f"Server {call['uuid']} could not be found.", 404)
    values = replaced(typed_operations(call.body))
    host = system.host(row["host_uuid"])
    if not is_locked(host):
        raise refuse("Host must be locked.")
    if not has_worker(host):
        raise refuse("Can only modify worker node cores.")
    for name in values:
        if name not in ("enabled", "name"):
            raise refuse(f"Modifying {name} attribute restricted")
    if "enabled" in values:
        values["enabled"] = boolean(values["enabled"])
    row = system.update("pci_devices", row["uuid"], **values)
    config.mark_out_of_date(system, [host])
    return shown(system, DEVICES, row, call)
