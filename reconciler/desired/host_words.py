"""What each attribute of a host's documents means: shown where an editor's pointer rests on it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from reconciler.desired import host_models as models

_MATCH_TYPE = "Kind of the board management controller."
WORDS: Mapping[type[BaseModel], Mapping[str, str]] = {
    models.SecretName: {"secret": "Name of the secret that holds it; `secrets` of site.yaml says where that is."},
    models.HostSpec: {
        "profile": "The HostProfile that the host follows.",
        "match": "How the machine is recognised when it appears; everything given must agree.",
        "overrides": "What this host has otherwise than its profile.",
    },
    models.Match: {
        "boot_mac": "MAC address of the port that it boots from.",
        "board_management": "Its board management controller.",
        "dmi": "What its firmware says of the machine.",
    },
    models.MatchBoardManagement: {"address": "Address of the controller.", "type": _MATCH_TYPE},
    models.MatchDmi: {"serial_number": "Serial number of the machine.", "asset_tag": "Asset tag of the machine."},
    models.HostProfileSpec: {
        "base": "Another HostProfile that this one stands on; what is said here wins.",
        "personality": "What the host is for. It cannot change on an installed host.",
        "subfunctions": "What else it does: an all-in-one controller is a worker too.",
        "administrative_state": "Whether the host is to be in service. Locks and unlocks are planned, never written as such.",
        "provisioning_mode": "static: we add the host to the system; dynamic: it appears by booting, and is recognised.",
        "boot_mac": "MAC address of the port that it boots from.",
        "location": "Where in the room it stands.",
        "labels": "Labels of the host's Kubernetes node. By key: others are left alone.",
        "install_output": "What the installer shows on the console.",
        "console": 'The console, as "ttyS0,115200n8"; "" for none.',
        "boot_device": "The disk that it boots from.",
        "root_device": "The disk that the platform is installed on.",
        "power_on": "Whether the machine is to be switched on.",
        "clock_synchronization": "What sets the host's clock.",
        "max_cpu_mhz_configured": "Highest frequency of its processors in MHz, as quoted text.",
        "app_armor": "Whether AppArmor is on.",
        "hw_settle": "Seconds that the installer waits for the hardware, as quoted text.",
        "kernel": "Which kernel runs. Hosts with worker function have the choice.",
        "ptp_instances": "PTP instances that run on the host. The list is owned whole.",
        "board_management": "The board management controller, by which the machine is switched on and off.",
        "processors": "Cores that are kept from applications, by NUMA node. By key.",
        "memory": "Memory of the platform and huge pages, by NUMA node. By key.",
        "storage": "Filesystems, volume groups, OSDs and monitor of the host.",
        "interfaces": "Network interfaces of the host. By key: others are left alone.",
        "addresses": "Static addresses of interfaces. By key: others are left alone.",
        "routes": "Static routes. By key: others are left alone.",
    },
    models.BoardManagement: {
        "type": "How the controller is talked to; `none` for none.",
        "address": "Its address.",
        "credentials": "Whom we are to it.",
    },
    models.BmCredentials: {"password": "The secret that holds user and password."},
    models.Processor: {"node": "The NUMA node.", "functions": "How many of its cores each function has."},
    models.ProcessorFunction: {
        "function": "What the cores are for; what is left is for applications.",
        "count": "How many physical cores.",
    },
    models.Memory: {"node": "The NUMA node.", "functions": "How many pages each function has."},
    models.MemoryFunction: {
        "function": "Whose pages: the platform's, applications' (vm) or the virtual switch's.",
        "page_size": "Size of the pages; the platform's are 4KB.",
        "page_count": "How many pages.",
    },
    models.StaticAddress: {
        "interface": "The interface, by name.",
        "address": "The address.",
        "prefix": "Length of the subnet's prefix, in bits.",
    },
    models.Route: {
        "interface": "The interface by which it leaves, by name.",
        "subnet": "Where it leads.",
        "prefix": "Length of the subnet's prefix, in bits; 0 for everywhere.",
        "gateway": "The next hop.",
        "metric": "Which of several routes is taken: the lowest.",
    },
    models.HostStorage: {
        "monitor": "A Ceph monitor on this worker.",
        "filesystems": "Filesystems of the host. By key; they only grow.",
        "osds": "Disks that are given to Ceph. By key: others are left alone.",
        "volume_groups": "LVM volume groups. By key: others are left alone.",
    },
    models.Monitor: {"size": "Size of the monitor's filesystem, in GiB."},
    models.HostFilesystem: {"name": "The filesystem's name.", "size": "Size, in GiB."},
    models.Osd: {
        "path": "The disk.",
        "function": "Whether it stores data, or journals of other OSDs.",
        "cluster": "The Ceph cluster that it is for.",
        "journal": "Where the OSD has its journal, if not on its own disk.",
    },
    models.Journal: {"location": "The disk that holds journals.", "size": "Size of the journal, in GiB."},
    models.VolumeGroup: {
        "name": "The group's name: cgts-vg, nova-local, or one of your own.",
        "physical_volumes": "The disks and partitions that it is made of.",
        "lvm_type": "Whether its volumes take space as they need it (thin) or at once (thick).",
        "lvm_function": "lvm-csi gives the group to Kubernetes.",
        "lvm_pool_size": "Size of its thin pool, in GiB.",
    },
    models.PhysicalVolume: {
        "type": "A whole disk, or a partition of one that is made for it.",
        "path": "The disk.",
        "size": "Size of the partition, in GiB.",
    },
    models.Interfaces: {
        "ethernet": "Interfaces over one port each.",
        "vlan": "VLANs over other interfaces.",
        "bond": "Bonds of several ports.",
        "vf": "Shares of the virtual functions of SR-IOV interfaces.",
    },
    models.Interface: {
        "name": "The interface's name.",
        "iface_class": "What it is used for.",
        "mtu": "Its MTU, in bytes.",
        "platform_networks": "Platform networks on it. The list is owned whole; [] means none.",
        "data_networks": "Data networks on it. The list is owned whole; [] means none.",
        "ptp_interfaces": "PTP interfaces on it. The list is owned whole; [] means none.",
        "ptp_role": "Its part in PTP.",
        "max_tx_rate": "Most that it sends, in Mbit/s; 0 for no limit.",
        "max_rx_rate": "Most that it receives, in Mbit/s; 0 for no limit.",
        "uuid": "The system's own id, which exported files have. It is never used.",
    },
    models.Ethernet: {
        "port": "The port that it is made of.",
        "lower": "The SR-IOV interface that it shares a port with.",
        "vf_count": "How many virtual functions the port makes.",
        "vf_driver": "The driver of the virtual functions.",
        "ovs_access": "Whether the virtual switch uses it; one interface of a host.",
    },
    models.Port: {"name": "The port's name as the kernel has it; `lo` is the loopback, `dummy` stands for no port."},
    models.Vlan: {"lower": "The interface that it is on, by name.", "vid": "The VLAN's id."},
    models.Bond: {
        "members": "The interfaces that it is made of, by name. The list is owned whole.",
        "mode": "How the members share the traffic.",
        "transmit_hash_policy": "What decides which member a packet takes.",
        "primary_reselect": "When traffic goes back to the first member.",
    },
    models.Vf: {
        "lower": "The SR-IOV interface that it is a share of, by name.",
        "vf_count": "How many virtual functions it has.",
        "vf_driver": "Their driver.",
    },
}
