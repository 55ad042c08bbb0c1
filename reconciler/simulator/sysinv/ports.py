"""Ports and processors' nodes: inventory that the agent reports and no client writes.

starlingx/config api/controllers/v1/port.py, ethernet_port.py, node.py. One table of ports is shown by two collections.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("ports")

_COMMON = (
    "uuid type name namedisplay pciaddr dev_id pclass pvendor pdevice psvendor psdevice numa_node sriov_totalvfs"
    " sriov_numvfs sriov_vfs_pci_address sriov_vf_driver sriov_vf_pdevice_id driver capabilities numchannels"
    " maxchannels sriov_vf_numchannels sriov_vf_maxchannels dpdksupport host_uuid interface_uuid node_uuid"
    " created_at updated_at"
)

PORTS = family.collection(
    Collection("ports", columns=_COMMON, host_key="host_uuid", row_sublinks="lldp_agents lldp_neighbours", noun="Port")
)
ETHERNET_PORTS = family.collection(
    Collection(
        "ethernet_ports",
        columns=f"{_COMMON} mac mtu speed link_mode duplex autoneg bootp",
        host_key="host_uuid",
        table="ports",
        noun="Port",
    )
)


def _node_derived(system: System, row: Row) -> Mapping[str, Any]:
    return {"capabilities": row.get("capabilities") or {}}


INODES = family.collection(
    Collection("inodes", columns="uuid numa_node capabilities", host_key="ihost_uuid", derive=_node_derived)
)


@family.on("GET", "/iinterfaces/{interface}/ports")
def list_of_interface(system: System, call: Call) -> Row:
    return listed(system, PORTS, system.tables.rows("ports", interface_uuid=call["interface"]), call)


@family.after_load
def give_nodes_their_host(system: System) -> None:
    """A node's row does not name its host; its processors and memory do."""
    for node in system.tables.rows("inodes"):
        user = system.tables.first("icpus", inode_uuid=node["uuid"]) or system.tables.first(
            "imemorys", inode_uuid=node["uuid"]
        )
        if user and not node.get("ihost_uuid"):
            system.tables.update("inodes", node["uuid"], {"ihost_uuid": user["ihost_uuid"]})
