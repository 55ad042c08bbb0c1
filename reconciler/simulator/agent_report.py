"""What an agent reports of a machine: processors, memory, ports, disks, the platform's volume group and filesystems.

The shapes and the platform's default sizes are the recorded ones: two nodes of 8 cores with 2 threads, 85,000 MiB each,
cgts-vg of 250 GiB of which 78 GiB are free. Reported of a machine when a system is built or an added host is discovered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.simulator.hardware import OTHER_MIB, ROOT_MIB, Disk, Machine, Port
from reconciler.simulator.tables import Row

NODES, CORES, THREADS = 2, 8, 2
NODE_MIB, KERNEL_OWN_MIB = 85_000, 11_000  # memtotal_mib, and what a node has besides
CGTS_MIB, CGTS_START_MIB = 256_000, 33_793
ROOT_FREE_MIB = 204_800
EXTENT = 33_554_432
MODEL = "Intel(R) Xeon(R) Gold 6212U CPU @ 2.40GHz"

CONTROLLER_FS = {"backup": 25, "docker": 30, "kubelet": 10, "scratch": 16, "root": 20, "var": 20, "log": 8}
WORKER_FS = {name: size for name, size in CONTROLLER_FS.items() if name != "backup"}
USER_TYPE = "ba5eba11-0000-1111-2222-000000000001"


@dataclass(frozen=True)
class Reported:
    """Which host the report is of, and where its new rows get uuids and their time from."""

    machine: Machine
    host: Row
    uuid: Callable[[], str]
    now: str

    @property
    def is_worker(self) -> bool:
        return "worker" in str(self.host["subfunctions"]).split(",")

    @property
    def node_mib(self) -> int:
        """All of a node's memory, of which the API shows less."""
        return NODE_MIB + KERNEL_OWN_MIB

    @property
    def times(self) -> Row:
        return {"created_at": self.now, "updated_at": None}


def report(of: Reported) -> dict[str, list[Row]]:
    """The rows by table. Interfaces are not among them: what they become depends on the system."""
    nodes = [{"uuid": of.uuid(), "numa_node": node, "capabilities": {}} for node in range(NODES)]
    disks = [_disk(of, place, disk) for place, disk in enumerate(of.machine.disks)]
    return {
        "inodes": nodes,
        "icpus": list(_cpus(of, nodes)),
        "imemorys": [_memory(of, node) for node in nodes],
        "ports": [_port(of, place, port) for place, port in enumerate(of.machine.ports)],
        "idisks": disks,
        "pci_devices": [_accelerator(of, address) for address in of.machine.accelerators] if of.is_worker else [],
        **_platform_volumes(of, disks[0]),
        "host_fs": _filesystems(of),
    }


def _accelerator(of: Reported, address: str) -> Row:
    """One for forward error correction, as recorded."""
    return {
        "uuid": of.uuid(),
        "name": f"pci_{address.replace(':', '_').replace('.', '_')}",
        "pciaddr": address,
        "pclass_id": "030000",
        "pvendor_id": "8086",
        "pdevice_id": "0d5c",
        "pclass": "Processing accelerators",
        "pvendor": "Intel Corporation",
        "pdevice": "Device 0d5c",
        "psvendor": "Intel",
        "psdevice": "ACC100",
        "numa_node": 0,
        "sriov_totalvfs": 16,
        "sriov_numvfs": 0,
        "sriov_vfs_pci_address": "",
        "sriov_vf_driver": None,
        "sriov_vf_pdevice_id": None,
        "driver": "igb_uio",
        "extra_info": None,
        "enabled": False,
        "host_uuid": of.host["uuid"],
        **of.times,
    }


def _cpus(of: Reported, nodes: list[Row]) -> Iterator[Row]:
    platform = _platform_cores(of)
    for node in nodes:
        for core in range(CORES):
            for thread in range(THREADS):
                number = node["numa_node"] * CORES + core + thread * NODES * CORES
                is_platform = not of.is_worker or (node["numa_node"], core) < (0, platform)
                function = "Platform" if is_platform else "Application"
                yield _cpu(of, node, number, (core, thread), function)


def _platform_cores(of: Reported) -> int:
    """Cores of node 0 that the platform takes by default: two where a controller runs too, else one."""
    return 2 if of.host["personality"] == "controller" else 1


def _cpu(of: Reported, node: Row, number: int, place: tuple[int, int], function: str) -> Row:
    return {
        "uuid": of.uuid(),
        "cpu": number,
        "core": place[0],
        "thread": place[1],
        "cpu_family": "6",
        "cpu_model": MODEL,
        "allocated_function": function,
        "numa_node": node["numa_node"],
        "capabilities": {},
        "ihost_uuid": of.host["uuid"],
        "inode_uuid": node["uuid"],
        **of.times,
    }


def _memory(of: Reported, node: Row) -> Row:
    first = node["numa_node"] == 0
    reserved, least = _reservation(of, first=first)
    return {
        "uuid": of.uuid(),
        "memtotal_mib": NODE_MIB,
        "memavail_mib": NODE_MIB,
        "platform_reserved_mib": reserved,
        "hugepages_configured": of.is_worker,
        "vswitch_hugepages_size_mib": 2,
        "vswitch_hugepages_reqd": None,
        "vswitch_hugepages_nr": 0,
        "vswitch_hugepages_avail": 0,
        "vm_pending_as_percentage": False,
        "vm_hugepages_nr_2M_pending": None,
        "vm_hugepages_2M_percentage": None,
        "vm_hugepages_nr_2M": 0,
        "vm_hugepages_avail_2M": 0,
        "vm_hugepages_nr_1G_pending": None,
        "vm_hugepages_1G_percentage": None,
        "vm_hugepages_nr_1G": 0,
        "vm_hugepages_nr_4K": (of.node_mib - reserved) * 256,
        "vm_hugepages_use_1G": True,
        "vm_hugepages_avail_1G": 0,
        "vm_hugepages_possible_2M": 42_000,
        "vm_hugepages_possible_1G": 82,
        "minimum_platform_reserved_mib": least,
        "numa_node": node["numa_node"],
        "capabilities": {},
        "ihost_uuid": of.host["uuid"],
        "inode_uuid": node["uuid"],
        **of.times,
    }


def _reservation(of: Reported, *, first: bool) -> tuple[int, int]:
    """Reserved and minimum MiB of a node (starlingx/config common/utils.py get_minimum_platform_reserved_memory).

    Workers and all-in-one controllers as recorded; a standard controller halves 16,500 MiB; storage hosts need none.
    """
    if of.is_worker:
        alone = of.host["personality"] == "worker"
        return ((8_000, 1_200) if alone else (10_500, 6_200)) if first else (2_000, 500)
    return (8_250, 8_250) if of.host["personality"] == "controller" else (0, 0)


def _port(of: Reported, place: int, port: Port) -> Row:
    return {
        "uuid": of.uuid(),
        "type": "ethernet",
        "name": port.name,
        "namedisplay": None,
        "pciaddr": f"0000:{2 + place // 4 * 7:02x}:00.{place % 4}",
        "dev_id": 0,
        "pclass": "Ethernet controller [0200]",
        "pvendor": "Intel Corporation [8086]",
        "pdevice": "Ethernet Controller XXV710 [158b]",
        "psvendor": "Intel",
        "psdevice": "XXV710",
        "numa_node": 0,
        "sriov_totalvfs": port.vfs,
        "sriov_numvfs": 0,
        "sriov_vfs_pci_address": "",
        "sriov_vf_driver": "iavf",
        "sriov_vf_pdevice_id": "154c",
        "driver": "i40e",
        "capabilities": {},
        "numchannels": None,
        "maxchannels": None,
        "sriov_vf_numchannels": None,
        "sriov_vf_maxchannels": None,
        "dpdksupport": True,
        "mac": port.mac,
        "mtu": 1500,
        "speed": 10_000,
        "link_mode": 0,
        "duplex": None,
        "autoneg": "Yes",
        "bootp": "True" if port.mac == of.machine.boot_mac else None,
        "host_uuid": of.host["uuid"],
        "node_uuid": None,
        **of.times,
    }


def _disk(of: Reported, place: int, disk: Disk) -> Row:
    usual = ROOT_FREE_MIB if place == 0 else OTHER_MIB
    free = max(usual, disk.needed)
    taken = ROOT_MIB - ROOT_FREE_MIB if place == 0 else 0
    nvme = "nvme" in disk.path
    return {
        "uuid": of.uuid(),
        "device_node": f"/dev/nvme{place}n1" if nvme else f"/dev/sd{chr(ord('a') + place)}",
        "device_type": "NVME" if nvme else "SSD",
        "device_num": 2048 + 16 * place,
        "device_id": None,
        "device_path": disk.path,
        "device_wwn": None,
        "size_mib": free + taken,
        "available_mib": free,
        "serial_id": f"DSKN{of.host['id']:03d}{place}",
        "capabilities": {"model_num": "INTEL SSDSC2KB"},
        "ihost_uuid": of.host["uuid"],
        "istor_uuid": None,
        "ipv_uuid": None,
        "rpm": "N/A",
        **of.times,
    }


def _platform_volumes(of: Reported, root: Row) -> dict[str, list[Row]]:
    """cgts-vg on the root disk's fifth partition, as the installer leaves it."""
    part, group, volume = of.uuid(), of.uuid(), of.uuid()
    node = f"{root['device_node']}{'p' if 'nvme' in root['device_node'] else ''}5"
    path = f"{root['device_path']}-part5"
    size, extents = CGTS_MIB * 1024 * 1024, CGTS_MIB * 1024 * 1024 // EXTENT
    partition = {
        "uuid": part,
        "start_mib": CGTS_START_MIB,
        "end_mib": CGTS_START_MIB + CGTS_MIB,
        "size_mib": CGTS_MIB,
        "device_node": node,
        "device_path": path,
        "type_guid": USER_TYPE,
        "type_name": "LVM Physical Volume",
        "idisk_uuid": root["uuid"],
        "status": 1,
        "ipv_uuid": volume,
    }
    vg = {
        "uuid": group,
        "vg_state": "provisioned",
        "lvm_vg_name": "cgts-vg",
        "lvm_vg_uuid": f"new-{of.host['id']}",
        "lvm_vg_access": "wz--n-",
        "lvm_max_lv": 0,
        "lvm_cur_lv": 14 if of.host["personality"] == "controller" else 8,
        "lvm_max_pv": 0,
        "lvm_cur_pv": 1,
        "lvm_vg_size": size,
        "lvm_vg_avail_size": 2500 * EXTENT,
        "lvm_vg_total_pe": extents,
        "lvm_vg_free_pe": 2500,
    }
    pv = {
        "uuid": volume,
        "pv_state": "provisioned",
        "pv_type": "partition",
        "disk_or_part_uuid": part,
        "disk_or_part_device_node": node,
        "disk_or_part_device_path": path,
        "lvm_pv_name": node,
        "lvm_vg_name": "cgts-vg",
        "lvm_pv_uuid": f"npv-{of.host['id']}",
        "lvm_pv_size": size,
        "lvm_pe_total": extents,
        "lvm_pe_alloced": extents - 2500,
        "ilvg_uuid": group,
    }
    common: Row = {"capabilities": {}, "ihost_uuid": of.host["uuid"], **of.times}
    return {"partitions": [{**partition, **common}], "ilvgs": [{**vg, **common}], "ipvs": [{**pv, **common}]}


def _filesystems(of: Reported) -> list[Row]:
    sizes = CONTROLLER_FS if of.host["personality"] == "controller" else WORKER_FS
    return [
        {
            "uuid": of.uuid(),
            "name": name,
            "size": size,
            "logical_volume": f"{name}-lv",
            "state": "Ready",
            "capabilities": {},
            "ihost_uuid": of.host["uuid"],
            **of.times,
        }
        for name, size in sizes.items()
    ]
