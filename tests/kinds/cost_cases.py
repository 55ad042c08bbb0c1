"""One resource of each kind as it is, and for each of its attributes another value: what `costs` is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds import registry
from reconciler.model.host import SystemState
from reconciler.model.words import Scope

KINDS = registry()
DISK = "/dev/disk/by-path/pci-0000:00:0d.0-ata-1.0"


@dataclass(frozen=True)
class Case:
    """A resource, other values of its attributes, and what else of the site decides.

    name: where one kind has several cases, what this one is of. place: its host on each system, a worker where there
    is one, unless it is only on controllers. beside: other resources of the same host or system; of the kinds in
    only_seen they are on the site, and Git does not say them.
    """

    kind: str
    spec: Mapping[str, Any]
    others: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    is_made: bool = True
    has_deletes: bool = True
    only_controllers: bool = False
    beside: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    only_seen: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}".strip()

    def place(self, state: SystemState) -> str:
        if KINDS[self.kind].scope is Scope.SYSTEM:
            return ""
        return next((n for n in state.hosts if n.startswith("worker") and not self.only_controllers), "controller-0")


INTERFACE = {"iface_class": "platform", "mtu": 1500, "max_tx_rate": 100, "max_rx_rate": 100, "ptp_role": "none"}
OTHER_INTERFACE = {"iface_class": "data", "mtu": 9000, "ptp_role": "slave", "max_tx_rate": 200, "max_rx_rate": 200}
PORTS = tuple(("ethernet", {"port": p, "name": p, "iface_class": "none", "mtu": 9000}) for p in ("ens1", "ens2"))
ROOK = ("storage-backend", {"name": "ceph-rook-store", "type": "ceph-rook", "state": "configured"})
VOLUME = ("physical-volume", {"group": "nova-local", "device": DISK, "disk": DISK})
METAL = ("storage-backend", {"name": "ceph-store", "type": "ceph", "state": "configured"})
DISKS = (("disk", {"path": DISK, "available_mib": 100_000}),)
OLD = ("uploaded-release", {"release": "24.09.0", "release_id": "starlingx-24.09.0", "state": "deployed"})


def new(*, reboots: bool) -> tuple[str, Mapping[str, Any]]:
    """A release that is available on the site."""
    facts = {"release_id": "starlingx-24.09.1", "state": "available", "reboot_required": reboots}
    return "uploaded-release", {"release": "24.09.1", **facts}


IMAGE = {"image": "functional 23a5", "applied": (), "devices": ()}
PARAMETER = {"service": "http", "section": "config", "parameter": "http_port", "name": "http/config/http_port"}


def parameter(text: str) -> Case:
    service, section, name = text.split("/")
    spec = {"service": service, "section": section, "parameter": name, "name": text, "value": "1"}
    return Case("service-parameter", spec, {"value": "2"}, text)


SNMP = {"name": "snmp", "version": "1", "is_uploaded": True, "status": "applied"}
RUNS = ("application-state", {"name": "snmp", "application": "snmp", "state": "applied"})
APPLICATION = ("application", SNMP)
CHART = {"name": "snmp/snmp/kube-system", "application": "snmp", "chart": "snmp", "namespace": "kube-system"}

CASES = (
    Case("application", SNMP, {"version": "2"}, beside=(RUNS,), only_seen=("application-state",)),
    Case(
        "application",
        {**SNMP, "status": "uploaded"},
        {"version": "2", "is_uploaded": False},
        "that does not run",
        is_made=False,
    ),
    Case("application-state", RUNS[1], {"state": "uploaded"}, beside=(APPLICATION,), has_deletes=False),
    Case(
        "helm-override",
        {**CHART, "is_enabled": True, "values": {"port": 1}},
        {"is_enabled": False, "values": {"port": 2}},
        beside=(APPLICATION, RUNS),
        has_deletes=False,
    ),
    Case(
        "address",
        {"address": "10.1.0.2", "prefix": 24, "interface": "oam0", "on": "port ens1"},
        {"prefix": 16, "on": "port ens2"},
    ),
    Case(
        "address-pool",
        {"name": "cameras", "network": "10.1.0.0", "prefix": 24, "order": "random"},
        {
            "network": "10.2.0.0",
            "prefix": 16,
            "order": "sequential",
            "ranges": (("10.1.0.2", "10.1.0.9"),),
            "floating_address": "10.1.0.2",
            "controller0_address": "10.1.0.3",
            "controller1_address": "10.1.0.4",
            "gateway_address": "10.1.0.1",
        },
    ),
    *(
        Case(
            "address-pool",
            {
                "name": network,
                "network": "10.1.0.0",
                "prefix": 24,
                "gateway_address": "10.1.0.1",
                "serves": (f"{network}/ipv4",),
            },
            {"gateway_address": "10.1.0.254", "ranges": (("10.1.0.2", "10.1.0.9"),)},
            f"of {network}",
            is_made=False,
        )
        for network in ("oam", "mgmt", "cluster-host", "admin")
    ),
    Case(
        "bond",
        {"name": "bond0", "members": ("ens1",), "mode": "balanced", **INTERFACE},
        {
            **OTHER_INTERFACE,
            "members": ("ens1", "ens2"),
            "mode": "802.3ad",
            "hash_policy": "layer2",
            "primary_reselect": "always",
        },
        beside=PORTS,
    ),
    Case("ceph-monitor", {"size_gib": 20}, {"size_gib": 30}, beside=(METAL, ("osd", {"path": DISK}))),
    Case("certificate", {"name": "ssl", "type": "ssl", "signature": "ssl_1"}, {"signature": "ssl_2"}),
    Case("certificate", {"name": "ssl_ca_1", "type": "ssl_ca", "signature": "ssl_ca_1"}, {}, "of an authority"),
    Case("controller-filesystem", {"name": "database", "size_gib": 10}, {"size_gib": 20}, is_made=False),
    Case("cpu-frequency", {"max_mhz": "2000", "allowed_mhz": "1000 - 3000"}, {"max_mhz": "2400"}, is_made=False),
    Case("cpu-function", {"node": 0, "function": "platform", "count": 2}, {"count": 4}, is_made=False),
    Case(
        "data-network",
        {"name": "physnet0", "network_type": "vxlan", "mtu": 1500},
        {
            "network_type": "vlan",
            "mtu": 1400,
            "description": "To the core",
            "multicast_group": "239.0.0.1",
            "port_num": 4789,
            "ttl": 5,
            "mode": "dynamic",
        },
    ),
    Case("device-image", IMAGE, {"applied": ("every device",)}, is_made=False),
    Case("device-image", IMAGE, {"devices": ("at least", "controller-0/0000:b2:00.0")}, "to be written", is_made=False),
    Case(
        "device-image",
        {**IMAGE, "image": "root-key beef"},
        {"devices": ("at least", "controller-0/0000:b2:00.0")},
        "that is for good",
        is_made=False,
    ),
    Case("dns", {"servers": ("10.0.0.53",)}, {"servers": ("10.0.0.54",)}, is_made=False),
    Case(
        "drbd",
        {"link_utilization": 40, "rtt_ms": 0.2, "is_secure": False},
        {"link_utilization": 60, "rtt_ms": 1.0, "is_secure": True},
        is_made=False,
    ),
    Case(
        "ethernet",
        {"port": "ens1", "name": "ens1", **INTERFACE},
        {"name": "oam0", **OTHER_INTERFACE, "vf_count": 4, "vf_driver": "vfio"},
        is_made=False,
    ),
    Case(
        "ethernet",
        {"port": "ens1", "name": "ens1", "iface_class": "none", "mtu": 1500},
        {"iface_class": "pci-sriov"},
        "that is idle, to pci-sriov",
        is_made=False,
    ),
    Case(
        "ethernet-over",
        {"name": "over0", "lower": "sriov0", "over": "port ens1", **INTERFACE},
        {**OTHER_INTERFACE, "over": "port ens2", "ovs_access": True},
    ),
    Case(
        "host",
        {
            "name": "controller-0",
            "personality": "controller",
            "location": "Row 1",
            "clock_synchronization": "ntp",
            "bm_type": "ipmi",
            "bm_address": "10.30.0.1",
            "bm_username": "root",
            "boot_mac": "52:54:00:00:00:01",
            "administrative": "unlocked",
        },
        {
            "location": "Row 2",
            "boot_device": DISK,
            "root_device": DISK,
            "console": "ttyS0,115200n8",
            "install_output": "graphical",
            "hw_settle": "30",
            "apparmor": "enabled",
            "clock_synchronization": "ptp",
            "personality": "worker",
            "subfunctions": ("controller", "worker", "lowlatency"),
            "boot_mac": "52:54:00:00:00:99",
            "bm_type": "redfish",
            "bm_address": "10.30.0.2",
            "bm_username": "admin",
        },
        is_made=False,
        beside=(("host-ptp-instance", {"instance": "clock"}),),
    ),
    Case(
        "host",
        {
            "name": "controller-0",
            "administrative": "locked",
            "power_on": True,
            "bm_type": "redfish",
            "bm_address": "10.30.0.2",
        },
        {"power_on": False},
        "in service",
        is_made=False,
    ),
    Case("host-filesystem", {"name": "docker", "size_gib": 30}, {"size_gib": 40}, is_made=False),
    Case(
        "host-filesystem", {"name": "image-conversion", "size_gib": 10}, {}, "image-conversion", only_controllers=True
    ),
    Case("host-filesystem", {"name": "instances", "size_gib": 10}, {}, "instances"),
    Case("host-filesystem", {"name": "ceph", "size_gib": 10}, {}, "ceph", beside=(ROOK,)),
    Case("host-ptp-instance", {"instance": "clock"}),
    Case("https", {"is_enabled": False}, {"is_enabled": True}, is_made=False),
    Case(
        "interface-address-mode",
        {"interface": "data0", "family": "ipv4", "mode": "pool", "pool": "cameras", "on": "port ens1"},
        {"mode": "static", "pool": "others", "on": "port ens2"},
    ),
    Case(
        "interface-data-network", {"interface": "data0", "network": "physnet0", "on": "port ens1"}, {"on": "port ens2"}
    ),
    Case(
        "interface-data-network",
        {"interface": "sriov0", "network": "physnet0", "on": "port ens1"},
        {},
        "of pci-sriov",
        beside=(("interface", {"name": "sriov0", "iface_class": "pci-sriov"}),),
    ),
    Case("interface-network", {"network": "storage", "interface": "data0", "on": "port ens1"}, {"on": "port ens2"}),
    Case(
        "interface-ptp-interface",
        {"interface": "data0", "ptp_interface": "port", "on": "port ens1"},
        {"on": "port ens2"},
    ),
    Case("kernel", {"flavour": "standard"}, {"flavour": "lowlatency"}, is_made=False),
    Case(
        "kubernetes-root-ca",
        {"ends": "2027-01-05T09:30:00", "begins": "2017-01-05T09:30:00"},
        {"ends": "later than 2027-01-05T09:30:00"},
        is_made=False,
    ),
    Case(
        "kubernetes-version",
        {"version": "v1.29.2", "versions": ("v1.30.6",)},
        {"version": "v1.30.6"},
        is_made=False,
    ),
    Case("label", {"name": "rack", "value": "r1"}, {"value": "r2"}),
    Case("label", {"name": "sriovdp", "value": "enabled"}, {"value": "disabled"}, "that the platform reads"),
    Case(
        "legacy-ptp", {"mode": "hardware"}, {"mode": "software", "transport": "udp", "mechanism": "p2p"}, is_made=False
    ),
    Case("licence", {"digest": "one"}, {"digest": "other"}, is_made=False),
    Case(
        "memory",
        {"node": 0, "platform_mib": 8000},
        {"platform_mib": 9000, "vm_2m_pages": 10, "vm_1g_pages": 1},
        is_made=False,
    ),
    Case(
        "memory",
        {"node": 0, "platform_mib": 8000},
        {"vswitch_2m_pages": 10, "vswitch_1g_pages": 1},
        "of the vSwitch",
        is_made=False,
        beside=(("vswitch", {"type": "ovs-dpdk"}),),
    ),
    *(
        Case("network-address-pool", {"network": n, "family": "ipv6", "pool": "second"}, {}, f"of {n}")
        for n in ("oam", "mgmt", "admin", "cluster-host")
    ),
    Case("ntp", {"servers": ("10.0.0.123",)}, {"servers": ("10.0.0.124",)}, is_made=False),
    Case(
        "osd",
        {"path": DISK, "function": "osd"},
        {"function": "journal", "cluster": "other", "journal": "/dev/sdb"},
        "of Rook",
        beside=(ROOK, *DISKS),
    ),
    Case("osd", {"path": DISK, "function": "osd"}, {}, "of bare-metal Ceph", beside=(METAL, *DISKS)),
    Case("secure-boot", {"is_enabled": False}, {"is_enabled": True}, is_made=False, has_deletes=False),
    Case("bios-attribute", {"name": "SriovGlobalEnable", "value": "Disabled"}, {"value": "Enabled"}, is_made=False),
    Case("board-firmware", {"id": "BIOS", "version": "2.19.1"}, {"version": "2.20.0"}, is_made=False),
    Case(
        "boot-order",
        {"order": ("Boot0", "Boot1"), "options": ("Boot0=PXE", "Boot1=Disk")},
        {"order": ("Boot1", "Boot0")},
        is_made=False,
        has_deletes=False,
    ),
    Case(
        "pci-device",
        {"address": "0000:09:00.0", "is_enabled": False},
        {"is_enabled": True, "name": "crypto"},
        is_made=False,
    ),
    Case("physical-volume", {"group": "nova-local", "device": DISK, "disk": DISK}, {}, "of nova-local", beside=DISKS),
    Case("physical-volume", {"group": "cgts-vg", "device": DISK, "disk": DISK}, {}, "of cgts-vg", beside=DISKS),
    Case("platform-network", {"type": "storage", "dynamic": False, "pool": "cameras"}, {"dynamic": True}),
    Case("platform-network", {"type": "admin", "dynamic": False, "pool": "cameras"}, {"dynamic": True}, "admin"),
    Case(
        "ptp-instance",
        {"name": "clock", "service": "ptp4l"},
        {"service": "phc2sys", "parameters": {"global": ("domainNumber=24",)}},
    ),
    Case(
        "ptp-interface", {"name": "port", "instance": "clock"}, {"instance": "other", "parameters": ("masterOnly=1",)}
    ),
    Case(
        "remote-logging",
        {"is_enabled": False, "address": "10.0.0.9"},
        {"is_enabled": True, "address": "10.0.0.8", "port": 6514, "transport": "tcp", "key_file": "/etc/log.pem"},
        is_made=False,
    ),
    Case(
        "route",
        {"interface": "oam0", "destination": "10.2.0.0/16", "gateway": "10.1.0.1", "metric": 1, "on": "port ens1"},
        {"gateway": "10.1.0.254", "metric": 5, "on": "port ens2"},
    ),
    Case("security-feature", {"name": "spectre_meltdown_v1"}, {"name": "spectre_meltdown_all"}, is_made=False),
    *(
        parameter(text)
        for text in (
            "http/config/http_port",
            "docker/proxy/http_proxy",
            "docker/docker-registry/url",
            "kubernetes/kube_apiserver/audit-log-maxage",
            "kubernetes/config/pod_max_pids",
            "platform/kernel/audit",
            "platform/config/sctp_autoload",
            "platform/collectd/interval",
            "platform/sysctl/net.ipv4.ip_forward",
        )
    ),
    *(
        Case(
            "software-release",
            {"release": "24.09.0"},
            {"release": "24.09.1"},
            "with a reboot" if reboots else "without one",
            is_made=False,
            beside=(OLD, new(reboots=reboots)),
        )
        for reboots in (True, False)
    ),
    Case(
        "storage-backend",
        {"name": "ceph-rook-store", "type": "ceph-rook", "replication": 1, "state": "configured"},
        {"replication": 2, "services": ("block",), "deployment": "open", "type": "ceph", "network": "cluster-host"},
        "of Rook",
    ),
    Case(
        "storage-backend",
        {"name": "ceph-store", "type": "ceph", "replication": 1, "state": "configured"},
        {"replication": 2},
        "of bare-metal Ceph",
    ),
    Case("bootstrap-values", {"digest": "sha256:1"}, {"digest": "sha256:2"}, is_made=False, has_deletes=False),
    Case(
        "subcloud",
        {"name": "a"},
        {
            "name": "b",
            "description": "d",
            "location": "l",
            "group": "g",
            "has_group": True,
            "peer_group": "none",
            "peer_priority": 1,
            "wanted_priority": 0,
            "deploy_status": "complete",
            "availability": "online",
        },
    ),
    *(Case(f"subcloud-{phase}", {}) for phase in ("install", "bootstrap", "enrolment", "completion")),
    Case("subcloud-rehoming", {"sysadmin": "file:/etc/sysadmin"}),
    Case("subcloud-deletion", {}),
    Case(
        "subcloud-redeployment",
        {"token": "a"},
        {"token": "b", "tokens": ("a",), "under_way": "a", "unclear": "a"},
        is_made=False,
    ),
    Case(
        "subcloud-group",
        {"name": "east", "members": 0},
        {"description": "d", "apply_type": "serial", "most_parallel": 5, "members": 1},
    ),
    Case(
        "system-peer",
        {"name": "west", "password": "file:/etc/west"},
        {
            "uuid": "2e8c8a2f-4f38-4a8f-9d0b-111111111111",
            "endpoint": "https://10.20.0.1:5000/v3",
            "username": "admin",
            "gateway": "192.168.204.1",
            "state": "disabled",
            "interval": 20,
            "threshold": 5,
            "failure_policy": "alarm",
            "maintenance_timeout": 900,
            "availability": "available",
        },
    ),
    Case(
        "peer-group",
        {"name": "pair"},
        {"priority": 0, "state": "disabled", "most_rehoming": 20, "leader": "west", "migration": "complete"},
    ),
    Case(
        "peer-group-migration", {"name": "pair", "waiting": 0}, {"waiting": 3, "migration": "complete"}, is_made=False
    ),
    Case(
        "peer-association",
        {"name": "pair/west", "group": "pair", "peer": "west"},
        {"priority": 2, "sync": "in-sync", "type": "primary"},
        beside=(("peer-group", {"name": "pair"}), ("system-peer", {"name": "west"})),
    ),
    Case(
        "update-options",
        {"name": "ottawa", "storage": "parallel"},
        {
            "storage": "serial",
            "workers": "serial",
            "most_workers": 2,
            "alarms": "strict",
            "instances": "migrate",
            "subclouds": ("a",),
        },
    ),
    Case(
        "subcloud-network",
        {"subnet": "10.1.0.0/24", "gateway": "10.1.0.1", "start": "10.1.0.2", "end": "10.1.0.9"},
        {"subnet": "10.2.0.0/24", "gateway": "10.2.0.1", "start": "10.2.0.2", "end": "10.2.0.9"},
        is_made=False,
    ),
    Case("subcloud-management", {"state": "managed"}, {"state": "unmanaged"}, is_made=False),
    Case(
        "system",
        {"name": "ottawa"},
        {"name": "gatineau", "description": "d", "location": "l", "contact": "c", "latitude": "45", "longitude": "-75"},
        is_made=False,
    ),
    Case("timezone", {"name": "UTC"}, {"name": "Europe/Berlin"}, is_made=False),
    Case("uploaded-release", {"release": "24.09.1", "sysadmin": "env:SYSADMIN"}),
    Case(
        "vf",
        {"name": "vf0", "lower": "sriov0", "over": "port ens1", "vf_count": 4, **INTERFACE},
        {**OTHER_INTERFACE, "over": "port ens2", "vf_count": 8, "vf_driver": "vfio"},
    ),
    Case(
        "vlan",
        {"name": "vlan20", "vlan_id": 20, "lower": "oam0", "over": "port ens1", **INTERFACE},
        {**OTHER_INTERFACE, "vlan_id": 30, "over": "port ens2"},
    ),
    Case("volume-group", {"name": "nova-local"}, {}, "nova-local", beside=(VOLUME,)),
    Case(
        "volume-group",
        {"name": "cgts-vg"},
        {"function": "lvm-csi", "lvm_type": "thin", "pool_gib": 50},
        "cgts-vg",
        is_made=False,
    ),
    Case("vswitch", {"type": "none"}, {"type": "nuage_vrs"}, is_made=False),
)

# what the platform does not do, beside what is among the cases above
REFUSED = (
    Case("ceph-monitor", {"size_gib": 30}, {"size_gib": 20}, "smaller", is_made=False, beside=(METAL,)),
    Case("controller-filesystem", {"name": "database", "size_gib": 20}, {"size_gib": 10}, "smaller", is_made=False),
    Case(
        "data-network",
        {"name": "physnet0", "mtu": 1500},
        {"mtu": 9000},
        "above an interface on it",
        is_made=False,
        beside=(
            ("interface-data-network", {"interface": "data0", "network": "physnet0"}),
            ("interface", {"name": "data0", "mtu": 1500}),
        ),
    ),
    Case(
        "dns",
        {"servers": ("10.0.0.53",)},
        {"servers": ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")},
        "of four servers",
        is_made=False,
    ),
    Case("drbd", {"link_utilization": 40}, {"link_utilization": 90}, "out of range", is_made=False),
    Case("host-filesystem", {"name": "docker", "size_gib": 30}, {"size_gib": 20}, "smaller", is_made=False),
    Case(
        "ntp",
        {"servers": ("10.0.0.1",)},
        {"servers": ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")},
        "of four servers",
        is_made=False,
    ),
    Case(
        "physical-volume",
        {"group": "nova-local", "device": f"{DISK}:20GiB", "disk": DISK, "size_gib": 20},
        {},
        "of another size than a partition in use",
        has_deletes=False,
        beside=(
            *DISKS,
            ("physical-volume", {"group": "nova-local", "device": f"{DISK}:10GiB", "disk": DISK, "size_gib": 10}),
        ),
        only_seen=("physical-volume",),
    ),
    Case(
        "volume-group",
        {"name": "cgts-vg", "function": "lvm-csi", "lvm_type": "thin", "pool_gib": 50},
        {"pool_gib": 40, "lvm_type": "thick"},
        "cgts-vg",
        is_made=False,
    ),
    Case("volume-group", {"name": "data", "lvm_type": "thin"}, {"lvm_type": "thick"}, "of one's own", is_made=False),
    Case(
        "volume-group",
        {"name": "nova-local"},
        {},
        "nova-local beside instances",
        has_deletes=False,
        beside=(("host-filesystem", {"name": "instances", "size_gib": 10}),),
    ),
    Case("vswitch", {"type": "none"}, {"type": "ovs-dpdk"}, "without cores", is_made=False),
)
