"""What sysinv makes of a new host's first report: its hardware, its interfaces, its management address.

starlingx/config conductor/manager.py ``iport_update_by_ihost``: each port gets an ethernet interface named as the port
and without a class. The port that the host booted from, on any host but the active controller, becomes ``mgmt0`` with
the network mgmt where controller-0's management is untagged; where it is a VLAN, it becomes ``pxeboot0`` with the
network pxeboot and carries a VLAN ``mgmt0`` of the same id. The network cluster-host is assigned to nothing.
Machines that stand in the rack are known by boot MAC; any other MAC is that of a machine like the recorded ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.agent_report import Reported, report
from reconciler.simulator.family import Family, HostEvent
from reconciler.simulator.hardware import Disk, Machine, Port
from reconciler.simulator.sysinv import pools
from reconciler.simulator.sysinv.facts import is_active_controller, is_controller
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("discovery")

RACK = "rack"
"""Table of the machines that are known by MAC before they are hosts."""

_UNSET = (
    "aemode schedpolicy txhashpolicy primary_reselect vlan_id ipv4_mode ipv6_mode ipv4_pool ipv6_pool sriov_numvfs"
    " sriov_vf_driver max_tx_rate max_rx_rate channels sriov_vf_channels"
)


@family.at(HostEvent.DISCOVERED)
def take_report(system: System, host: Row) -> None:
    take(system, host, machine_of(system, host))


def put_in_rack(system: System, machine: Machine, *, is_on: bool = True) -> None:
    """Known by its boot MAC from now on, whether it runs or not."""
    before = system.tables.first(RACK, mac=machine.boot_mac.lower())
    if before:
        system.tables.delete(RACK, before["uuid"])
    system.insert(RACK, mac=machine.boot_mac.lower(), machine=machine, is_on=is_on)


def machine_of(system: System, host: Row) -> Machine:
    row = system.tables.first(RACK, mac=host["mgmt_mac"])
    return row["machine"] if row else _like_the_recorded(host)


def take(system: System, host: Row, machine: Machine) -> None:
    """Write the rows that follow from the report of this machine."""
    of = Reported(machine, host, system.uuid, system.timeline.stamp())
    rows = report(of)
    for table, found in rows.items():
        for row in found:
            system.insert(table, **row)
    _link_platform_volume(system, host)
    for node in rows["inodes"]:
        system.tables.update("inodes", node["uuid"], {"ihost_uuid": host["uuid"]})
    for row in rows["imemorys"]:
        system.tables.update("imemorys", row["uuid"], {"node_memtotal_mib": of.node_mib})
    for port in rows["ports"]:
        _make_interface(system, host, port)
    _run_kubelet(system, host)


def _run_kubelet(system: System, host: Row) -> None:
    active = system.tables.first("kube_versions", state="active")
    if active is None or host["personality"] == "storage":
        return
    version = active["version"]
    plane = version if is_controller(host) else "N/A"
    system.insert("kube_host_upgrades", control_plane_version=plane, kubelet_version=version, host_id=host["id"])


def _like_the_recorded(host: Row) -> Machine:
    names = ("enp2s0f0", "enp2s0f1", "enp2s0f2", "enp2s0f3", "enp9s0f0", "enp9s0f1")
    vendor = str(host["mgmt_mac"])[:8]  # all cards of a machine are of one
    macs = [f"{vendor}:{0x80 + host['id']:02x}:00:{place:02x}" for place in range(len(names))]
    macs[1] = str(host["mgmt_mac"])
    ports = [
        Port(name, mac, vfs=64 if place > 1 else 0) for place, (name, mac) in enumerate(zip(names, macs, strict=True))
    ]
    disks = [Disk(f"/dev/disk/by-path/pci-0000:00:1f.2-ata-{number}.0") for number in (1, 2, 3)]
    return Machine(str(host["hostname"]), macs[1], tuple(ports), tuple(disks))


def _link_platform_volume(system: System, host: Row) -> None:
    group = system.tables.first("ilvgs", ihost_uuid=host["uuid"])
    for volume in system.tables.rows("ipvs", ihost_uuid=host["uuid"]):
        system.tables.update("ipvs", volume["uuid"], {"forilvgid": group["id"] if group else None})


def _make_interface(system: System, host: Row, port: Row) -> None:
    boots = port["mac"] == host["mgmt_mac"] and not is_active_controller(host)
    tag = _management_tag(system) if boots else None
    name = ("pxeboot0" if tag else "mgmt0") if boots else port["name"]
    row = _insert(system, host, ifname=name, imac=port["mac"], ifclass="platform" if boots else None)
    system.tables.update("ports", port["uuid"], {"interface_uuid": row["uuid"]})
    if not boots:
        return
    _assign(system, host, row, "pxeboot" if tag else "mgmt")
    if tag:
        _lend_boot_address(system, host, row)
        tagged = {"ifname": "mgmt0", "imac": port["mac"], "ifclass": "platform", "iftype": "vlan"}
        _assign(system, host, _insert(system, host, **tagged, vlan_id=tag, uses=[name]), "mgmt")


def _lend_boot_address(system: System, host: Row, interface: Row) -> None:
    """A host that boots beside a tagged mgmt0 gets an address of the pxeboot pool (controllers have theirs)."""
    network = system.tables.first("networks", type="pxeboot")
    if network is not None and not is_controller(host):
        pools.allocate(system, network["pool_uuid"], interface, f"{host['hostname']}-pxeboot")


def _management_tag(system: System) -> int | None:
    """The VLAN id of the active controller's management interface, if it is a VLAN."""
    active = next((host for host in system.hosts() if is_active_controller(host)), None)
    if active is None:
        return None
    assigned = system.tables.first("interface_networks", forihostid=active["id"], network_type="mgmt")
    interface = system.tables.find("iinterfaces", assigned["interface_uuid"]) if assigned else None
    return interface["vlan_id"] if interface else None


def _insert(system: System, host: Row, **values: object) -> Row:
    fixed = {"iftype": "ethernet", "imtu": 1500, "uses": [], "ptp_role": "none", "ovs_access": False}
    place = {"forihostid": host["id"], "ihost_uuid": host["uuid"], "ifcapabilities": {}}
    return system.insert("iinterfaces", **{**dict.fromkeys(_UNSET.split()), **fixed, **place, **values})


def _assign(system: System, host: Row, interface: Row, kind: str) -> None:
    """The network comes to the interface with the host's address of it; no address mode is set."""
    network = system.tables.first("networks", type=kind)
    if network is None:
        return
    system.insert(
        "interface_networks",
        forihostid=host["id"],
        interface_uuid=interface["uuid"],
        ifname=interface["ifname"],
        network_id=network["id"],
        network_uuid=network["uuid"],
        network_name=network["name"],
        network_type=kind,
    )
    pools.assign(system, host, interface, network, pools.pools_of(system, network))
