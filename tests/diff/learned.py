"""What the Deployment Manager learned about comparing, one lesson a commit: what Git says, how the site shows it.

`taught` names the peer's commit, or its file where no one commit did (Wind-River/cloud-platform-deployment-manager).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from reconciler.model.rows import Rows
from tests.kinds import machines, networks


@dataclass(frozen=True)
class Lesson:
    """`site` shows what `git` says; `moved`, a site, or `other`, another text of Git, differs from it in `differs`.

    rule: the one by which it is the same; "" where our model has nothing to compare. whole: the one by which a whole
    resource is left out, or known otherwise.
    """

    name: str
    taught: str
    git: str
    site: Rows
    differs: str
    moved: Rows | None = None
    other: str = ""
    rule: str = ""
    whole: str = ""
    world: ModuleType = machines


def profile(**said: Any) -> str:
    return f"hosts: {{controller-0: {json.dumps(said)}}}"


def system(**said: Any) -> str:
    return f"system: {json.dumps(said)}"


def alone(**more: Any) -> dict[str, Any]:
    return machines.host(**{**machines.AIO, **more})


def sited(**more: Any) -> Rows:
    """An all-in-one system whose controller shows these attributes."""
    return machines.rows(alone(**more), idisks=machines.DISKS)


WORKER = "compute-0"
CONTROLLER = alone()


def worker(mac: str) -> Rows:
    facts = {"personality": "worker", "subfunctions": "worker", "mgmt_mac": mac}
    return machines.rows(CONTROLLER, machines.host(WORKER, number=2, **facts), system=networks.system_row("duplex"))


def devices() -> list[Lesson]:
    multipath = machines.rows(idisks=[machines.disk(machines.SDB, "/dev/mapper/mpatha")], istors=[osd("mapper/mpatha")])
    osds = machines.rows(idisks=machines.DISKS, istors=[osd()], clusters=[], storage_backend=[machines.backend()])
    twice = [{"path": machines.SDB, "function": "osd"}, {"path": "/dev/sdb", "function": "osd"}]
    volume = {"name": "nova-local", "physicalVolumes": [{"type": "disk", "path": "/dev/sdb"}]}
    grouped = machines.rows(idisks=machines.DISKS, ilvgs=[machines.group()], ipvs=[machines.volume("disk-/dev/sdb")])
    part = {"type": "partition", "path": machines.SDA, "size": 4}
    parted = {"name": "nova-local", "physicalVolumes": [part]}

    def partitions(mib: int) -> Rows:
        made = {**machines.partition(5, 4, used=True), "size_mib": mib}
        volumes = [machines.volume("part-5", path=f"{machines.SDA}-part5")]
        return machines.rows(idisks=machines.DISKS, ilvgs=[machines.group()], ipvs=volumes, partitions=[made])

    return [
        Lesson(
            "partition that is some MiB smaller", "recorded: agents report what they made",
            profile(storage={"volumeGroups": [parted]}), partitions(4095),
            f"controller-0/physical-volume/nova-local/{machines.SDA}:4GiB create", partitions(3072), whole="whole-gib",
        ),
        Lesson(
            "boot device by its node", "b41223ff", profile(bootDevice="/dev/sda"), sited(), rule="device-path",
            differs="host/controller-0 boot_device", other=profile(bootDevice="/dev/sdb"),
        ),
        Lesson(
            "root device that the site shows by its node", "b41223ff", profile(rootDevice=machines.SDA),
            sited(rootfs_device="/dev/sda"), rule="device-path",
            differs="host/controller-0 root_device", moved=sited(rootfs_device="/dev/sdb"),
        ),
        Lesson(
            "disk by its mapper name", "9d2d1554",
            profile(storage={"osds": [{"path": "/dev/mapper/mpatha", "function": "osd"}]}), multipath,
            rule="device-path", differs=f"controller-0/osd{machines.SDB} function",
            other=profile(storage={"osds": [{"path": "/dev/mapper/mpatha", "function": "journal"}]}),
        ),
        Lesson(
            "disk by its serial number", "9d2d1554: taken as it is; sysinv agent/disk.py get_device_id_wwn",
            profile(rootDevice="/dev/disk/by-id/ata-QM1"),
            machines.rows(alone(), idisks=[machines.disk() | {"device_id": "ata-QM1", "device_wwn": "wwn-1"}]),
            rule="device-path", differs="host/controller-0 root_device",
            other=profile(rootDevice="/dev/disk/by-id/ata-QM2"),
        ),
        Lesson(
            "one disk by two names", "422e9ca3", profile(storage={"osds": twice}), osds, rule="device-path",
            whole="one-disk",
            differs=f"controller-0/osd{machines.SDA} create",
            other=profile(storage={"osds": [*twice, {"path": "/dev/sda", "function": "osd"}]}),
        ),
        Lesson(
            "volume on a disk by its node", "b41223ff", profile(storage={"volumeGroups": [volume]}), grouped,
            rule="device-path", differs=f"controller-0/physical-volume/nova-local/{machines.SDA} create",
            other=profile(storage={"volumeGroups": [volume | {"physicalVolumes": [{"type": "disk", "path": "sda"}]}]}),
        ),
    ]  # fmt: skip


def osd(of: str = "sdb", function: str = "osd") -> dict[str, Any]:
    facts = {"function": function, "state": "configured", "journal_location": None}
    return {"uuid": "osd", "idisk_uuid": f"disk-/dev/{of}", "ihost_uuid": f"host-{machines.HOST}", **facts}


def macs() -> list[Lesson]:
    said = "hosts: {controller-0: {}, compute-0: {personality: worker, bootMAC: '%s'}}"
    site, moved = worker("52:54:00:aa:bb:cc"), worker("52:54:00:aa:bb:cd")
    differs = "host/compute-0 boot_mac"
    return [
        Lesson("MAC in upper case", "a9da05df", said % "52:54:00:AA:BB:CC", site, differs, moved, rule="machine"),
        Lesson("MAC with dashes", "api/v1 bootMAC", said % "52-54-00-aa-bb-cc", site, differs, moved, rule="machine"),
        Lesson(
            "no boot MAC on a simplex system", "api/v1/constructors.go zeroMAC", profile(bootMAC="52:54:00:aa:bb:cc"),
            sited(mgmt_mac="00:00:00:00:00:00"), "host/controller-0 boot_mac", sited(mgmt_mac="52:54:00:00:00:99"),
            rule="no-boot-mac",
        ),
    ]  # fmt: skip


def personalities() -> list[Lesson]:
    realtime = sited(subfunctions="controller,worker,lowlatency")
    return [
        Lesson(
            "lowlatency among the subfunctions", "1.7: kernel=lowlatency adds the subfunction",
            profile(subfunctions=["controller", "worker"], kernel="lowlatency"), realtime, rule="subfunctions",
            differs="controller-0/kernel flavour", moved=sited(),
        ),
        Lesson(
            "lowlatency said, and the kernel not", "1.7", profile(subfunctions=["controller", "worker", "lowlatency"]),
            sited(), rule="subfunctions", differs="host/controller-0 subfunctions", moved=sited(subfunctions="controller"),
        ),
        Lesson(
            "base and provisioningMode", "1be22afd", profile(base="aio", provisioningMode="static", location="Ottawa"),
            sited(location={"locn": "Ottawa"}), "host/controller-0 location", sited(location={"locn": "Gatineau"}),
        ),
        Lesson(
            "controller that is a worker too", "api/v1 personality", profile(personality="controller-worker"), sited(),
            rule="role", differs="host/controller-0 personality", other=profile(personality="worker"),
        ),
        Lesson(
            "board management of the type none", "1.7: BMC of defaults forced to none",
            profile(boardManagement={"type": "none", "address": "10.9.9.9"}), sited(), rule="no-controller",
            differs="host/controller-0 bm_type", moved=sited(bm_type="ipmi", bm_ip="10.9.9.9", bm_username="root"),
        ),
        Lesson(
            "empty text", "1.6: a pointer to an empty string does not override", profile(console="", location=""),
            sited(location={"locn": "Ottawa"}), rule="empty-text",
            differs="host/controller-0 console", other=profile(console="tty0"),
        ),
        Lesson(
            "null", "1.6: nil keeps what is below", profile(console=None), sited(),
            differs="host/controller-0 console", other=profile(console="tty0"),
        ),
    ]  # fmt: skip


def filesystem(name: str, gib: int) -> dict[str, Any]:
    return {"uuid": f"fs-{name}", "name": name, "size": gib, "state": "Ready", "ihost_uuid": f"host-{machines.HOST}"}


def storages() -> list[Lesson]:
    ceph = "system: {storage: {backends: [{name: ceph-store, type: ceph, %s}]}}"
    sizes = "hosts: {controller-0: {storage: {filesystems: [{name: ceph, size: 10}, {name: docker, size: %d}]}}}"
    made = {"host_fs": [filesystem("ceph", 20), filesystem("docker", 30)], "storage_backend": [machines.backend()]}
    group = {"name": "cgts-vg", "physicalVolumes": []}

    def groups(**capabilities: Any) -> Rows:
        return machines.rows(ilvgs=[machines.group("cgts-vg", **capabilities)])

    def backends(**more: Any) -> Rows:
        return machines.rows(storage_backend=[machines.backend() | more])

    return [
        Lesson(
            "filesystem that Ceph brings", "024e3ef2, 400cf2b9, 39f1ad95", f"{ceph % ''}\n{sizes % 30}",
            machines.rows(**made), "controller-0/host-filesystem/docker size_gib", other=f"{ceph % ''}\n{sizes % 40}",
            whole="ceph-filesystem",
        ),
        Lesson(
            "pool that the system computed", "6937de1e, 7a2ec128", profile(storage={"volumeGroups": [group]}),
            groups(lvm_function="lvm-csi", lvm_type="thin", lvm_pool_size=50),
            "controller-0/volume-group/cgts-vg pool_gib",
            other=profile(storage={"volumeGroups": [group | {"lvmFunction": "lvm-csi", "lvmType": "thin", "lvmPoolSize": 60}]}),
        ),
        Lesson(
            "group without a type", "6937de1e", profile(storage={"volumeGroups": [group | {"lvmFunction": "none"}]}),
            groups(), "controller-0/volume-group/cgts-vg function", groups(lvm_function="lvm-csi"),
        ),
        Lesson(
            "Ceph backend without a network", "adbacde9", ceph % "network: mgmt", backends(network=None),
            "storage-backend/ceph-store network", backends(network="cluster-host"), rule="ceph-network",
        ),
        Lesson(
            "services in another order", "1.7: unordered", ceph % "services: [glance, cinder]",
            backends(services="cinder,glance"), "storage-backend/ceph-store services", backends(services="cinder"),
            rule="any-order",
        ),
        Lesson(
            "services that a backend has already", "sysinv storage_ceph.py _pre_patch_checks", ceph % "services: [glance]",
            backends(services="cinder,glance"), "storage-backend/ceph-store services", backends(services="cinder"),
            rule="services-added",
        ),
    ]  # fmt: skip


NODE = {
    "uuid": "mem-0", "numa_node": 0, "ihost_uuid": f"host-{machines.HOST}", "platform_reserved_mib": 8000,
    "vm_hugepages_nr_2M": 500, "vm_hugepages_nr_1G": 4, "vm_hugepages_nr_2M_pending": None,
    "vm_hugepages_nr_1G_pending": None, "vswitch_hugepages_size_mib": 2, "vswitch_hugepages_reqd": None,
    "vswitch_hugepages_nr": 100,
}  # fmt: skip


def pages(function: str, size: str, count: int) -> str:
    return profile(memory=[{"node": 0, "functions": [{"function": function, "pageSize": size, "pageCount": count}]}])


def processors(function: str, count: int) -> str:
    return profile(processors=[{"node": 0, "functions": [{"function": function, "count": count}]}])


def cores(*functions: str) -> Rows:
    """An all-in-one host with these cores, of two threads each."""
    threads = [(core, function, thread) for core, function in enumerate(functions) for thread in range(2)]
    facts = {"numa_node": 0, "ihost_uuid": f"host-{machines.HOST}"}
    listed = [
        {"uuid": f"cpu-{core}-{thread}", "core": core, "thread": thread, "allocated_function": function, **facts}
        for core, function, thread in threads
    ]
    return machines.rows(icpus=listed)


def nodes() -> list[Lesson]:
    def site(**more: Any) -> Rows:
        return machines.rows(imemorys=[NODE | more])

    place, cpu = "controller-0/memory/0", "controller-0/cpu-function/0"
    some = cores("Platform", "Application", "Application")
    return [
        Lesson(
            "platform memory in small pages", "api/v1/constructors.go parseMemoryInfo", pages("platform", "4KB", 2048000),
            site(), f"{place} platform_mib", site(platform_reserved_mib=8001), rule="small-pages",
        ),
        Lesson(
            "huge pages that wait for the unlock", "api/v1/constructors.go parseMemoryInfo", pages("vm", "1GB", 10),
            site(vm_hugepages_nr_1G_pending=10), f"{place} vm_1g_pages", site(), rule="pending-pages",
        ),
        Lesson(
            "pages of the vSwitch among the applications'", "api/v1/constructors.go parseMemoryInfo",
            pages("vm", "2MB", 400), site(), f"{place} vm_2m_pages", site(vm_hugepages_nr_2M=600), rule="application-pages",
        ),
        Lesson(
            "threads of a core", "api/v1/constructors.go parseProcessorInfo", processors("platform", 1), some,
            f"{cpu}/platform count", cores("Platform", "Platform"), whole="first-thread",
        ),
        Lesson(
            "application is what remains", "api/v1/constructors.go parseProcessorInfo", processors("application", 7), some,
            f"{cpu}/shared count", other=processors("shared", 1), whole="remainder",
        ),
        Lesson(
            "no core for the vSwitch", "api/v1/constructors.go parseProcessorInfo", processors("vswitch", 0), some,
            f"{cpu}/vswitch count", cores("Platform", "Vswitch"),
        ),
    ]  # fmt: skip


def services() -> list[Lesson]:
    password = {"service": "identity", "section": "ldap", "paramname": "password", "paramvalue": "hunter2"}
    shown = {
        "uuid": "p",
        "service": "identity",
        "section": "ldap",
        "name": "password",
        "personality": None,
        "resource": None,
    }

    def parameters(value: str) -> Rows:
        return machines.rows(service_parameter=[shown | {"value": value}])

    def ntp(servers: str) -> Rows:
        return machines.rows(intp=[{"uuid": "ntp", "ntpservers": servers}])

    def dns(servers: str) -> Rows:
        return machines.rows(idns=[{"uuid": "dns", "nameservers": servers}])

    def labelled(**labels: str) -> Rows:
        facts = {"host_uuid": f"host-{machines.HOST}"}
        return machines.rows(labels=[{"uuid": n, "label_key": n, "label_value": v, **facts} for n, v in labels.items()])

    return [
        Lesson(
            "value that the platform hides", "sysinv common/service_parameter.py", system(serviceParameters=[password]),
            parameters("****"), "service-parameter/identity/ldap/password value", parameters("other"), rule="hidden",
        ),
        Lesson(
            "time servers by another spelling, in another order", "1.7: IPs re-printed",
            system(ntpServers=["FD00:0::1", "0.Pool.ntp.org"]), ntp("0.pool.ntp.org,fd00::1"), "ntp servers", ntp("fd00::1"),
            rule="ip-set",
        ),
        Lesson(
            "name servers by another spelling", "1.7: IPs re-printed", system(dnsServers=["FD00:0::1", "10.0.0.1"]),
            dns("fd00::1,10.0.0.1"), "dns servers", dns("10.0.0.1,fd00::1"), rule="ip-texts",
        ),
        Lesson(
            "label that somebody else added", "2.5: a foreign label asked for a lock", profile(labels={"a": "", "b": "1"}),
            labelled(a="", b="1", c="2"), "controller-0/label/a value", labelled(a="1", b="1"),
        ),
        Lesson(
            "parameter that somebody else added", "2.4: deleted unless in the snapshot", system(serviceParameters=[]),
            parameters("****"), "service-parameter/identity/ldap/password value", parameters("other"),
            other=system(serviceParameters=[password]),
        ),
        Lesson(
            "time zone", "site.yaml: compared as it is", "own: {system: {timezone: Europe/Berlin}}",
            machines.rows(system=networks.system_row() | {"timezone": "Europe/Berlin"}), "timezone name",
            machines.rows(system=networks.system_row() | {"timezone": "UTC"}),
        ),
    ]  # fmt: skip


PORTS = [networks.port("enp0s8", of="left"), networks.port("enp0s9")]
LEFT, RIGHT = networks.interface("left"), networks.interface("enp0s9")


def wired(*more: dict[str, Any], left: Mapping[str, Any] = LEFT, **lists: Any) -> Rows:
    """A host with two ports; the first one's interface is called `left` there."""
    return networks.rows(iinterfaces=[left, RIGHT, *more], ports=PORTS, **lists)


def interfaces(**sections: Any) -> str:
    return profile(interfaces=sections)


def links() -> list[Lesson]:
    bond = {"name": "bond0", "class": "data", "mode": "balanced", "members": ["enp0s8", "enp0s9"]}
    seen = networks.interface("bond0", "ae", "data", aemode="balanced", uses=["enp0s9", "left"])
    over = {"name": "plat0", "class": "platform", "lower": "sriov0", "port": {"name": "dummy"}}
    pf = {"name": "sriov0", "class": "pci-sriov", "vfCount": 4, "port": {"name": "enp0s8"}}
    pf_row = {**LEFT, "ifname": "sriov0", "ifclass": "pci-sriov", "sriov_numvfs": 4}

    def covered(mtu: int = 1500) -> Rows:
        return wired(networks.interface("plat0", uses=["sriov0"], ifclass="platform", imtu=mtu), left=pf_row)

    def loopback(mtu: int) -> Rows:
        return wired({**networks.LO, "imtu": mtu})

    said = {"name": "left", "class": "none", "port": {"name": "enp0s8"}}
    lo = {"name": "lo", "class": "platform", "mtu": 1500, "port": {"name": "lo"}}
    found = [
        Lesson(
            "members in another order, by ports", "a8fddd36", interfaces(bond=[bond]), wired(seen),
            "controller-0/bond/bond0 members", wired({**seen, "uses": ["left"]}), rule="members-by-port",
        ),
        Lesson(
            "interface without a class", '1.7: class "" is none', interfaces(ethernet=[said]), wired(), rule="no-class",
            differs="controller-0/ethernet/enp0s8 iface_class", moved=wired(left={**LEFT, "ifclass": "data"}),
        ),
        Lesson(
            "interface whose class is an empty text", '1.7: class "" is none', interfaces(ethernet=[said]),
            wired(left={**LEFT, "ifclass": ""}), "controller-0/ethernet/enp0s8 iface_class",
            wired(left={**LEFT, "ifclass": "platform"}), rule="no-class",
        ),
        Lesson(
            "port of an interface over another", "1.7: dummy", interfaces(ethernet=[pf, over]), covered(),
            "controller-0/ethernet-over/plat0 mtu", other=interfaces(ethernet=[pf, over | {"mtu": 9000}]),
            whole="no-port",
        ),
        Lesson(
            "the loopback", "1.7: lo is an ethernet", interfaces(ethernet=[lo]), loopback(1500),
            "controller-0/ethernet/lo mtu", loopback(9000),
        ),
        Lesson(
            "uuids", "d34c8e8b, fa4c501b", interfaces(ethernet=[said | {"uuid": "of-another-system", "mtu": 1500}]), wired(),
            "controller-0/ethernet/enp0s8 mtu", wired(left={**LEFT, "imtu": 9000}),
        ),
    ]  # fmt: skip
    return [network_lesson(one) for one in found]


def network_lesson(one: Lesson) -> Lesson:
    return Lesson(**{**{n: getattr(one, n) for n in Lesson.__dataclass_fields__}, "world": networks})


def addresses() -> list[Lesson]:
    left = {"name": "left", "class": "data", "port": {"name": "enp0s8"}}
    data = {**LEFT, "ifclass": "data", "ipv6_mode": "static"}
    address = {"uuid": "a", "ifname": "left", "forihostid": 1, "address": "fd00::5", "prefix": 64, "pool_uuid": None}
    pooled = {**address, "uuid": "b", "address": "fd00::9", "pool_uuid": "pool"}
    route = {
        "uuid": "r",
        "ifname": "left",
        "forihostid": 1,
        "network": "fd01::",
        "prefix": 64,
        "gateway": "fd00::1",
        "metric": 1,
    }
    said = profile(
        interfaces={"ethernet": [left]},
        addresses=[{"interface": "left", "address": "FD00:0::5", "prefix": 64}],
        routes=[{"interface": "left", "subnet": "FD01::7", "prefix": 64, "gateway": "FD00::0001"}],
    )
    site = wired(left=data, addresses=[address, pooled], routes=[route])
    pool = networks.pool("management-ipv6", "fd02::", 64, ranges=[["fd02::1", "fd02::f"], ["fd02::20", "fd02::2f"]])
    served = {
        "networks": [networks.network("mgmt", "management-ipv6")],
        "network_addresspools": [networks.serving("mgmt", "management-ipv6")],
    }
    ranges = [{"start": "FD02::20", "end": "FD02::2F"}, {"start": "FD02::1", "end": "FD02::F"}]
    pools = (
        "PlatformNetwork: {mgmt: {type: mgmt, dynamic: true, associatedAddressPools: [mgmt-pool]}}\n"
        "AddressPool: {mgmt-pool: {subnet: 'FD02::7', prefix: 64, allocation: {order: random, ranges: %s}}}"
    )
    return [
        network_lesson(one)
        for one in (
            Lesson(
                "addresses by another spelling", "1.7: IPs re-printed", said, site, rule="ip-text",
                differs="controller-0/address/fd00::5 prefix",
                moved=wired(left=data, addresses=[{**address, "prefix": 48}], routes=[route]),
            ),
            Lesson(
                "address that a pool gave", "1.7: pool_uuid set", said, site, whole="pool-given",
                differs="controller-0/address/fd00::5 create",
                moved=wired(left=data, addresses=[{**address, "pool_uuid": "pool"}, pooled], routes=[route]),
            ),
            Lesson(
                "subnet with the bits of a host", "sysinv api/controllers/v1/route.py", said, site, rule="subnet",
                differs="controller-0/route/left/fd01::/64 create", moved=wired(left=data, addresses=[address]),
            ),
            Lesson(
                "route whose gateway is spelled otherwise", "d253376f: another gateway is another route", said, site,
                "controller-0/route/left/fd01::/64 gateway",
                wired(left=data, addresses=[address], routes=[{**route, "gateway": "fd00::2"}]), rule="ip-text",
            ),
            Lesson(
                "ranges of a pool in another order", "1.7: unordered", pools % json.dumps(ranges), networks.rows(addrpools=[pool], **served),
                "address-pool/management-ipv6 ranges", networks.rows(addrpools=[{**pool, "ranges": pool["ranges"][:1]}], **served),
                rule="ranges",
            ),
            Lesson(
                "pool that bootstrap named", "ansible-playbooks populate_initial_config.py", pools % json.dumps(ranges),
                networks.rows(addrpools=[pool], **served), "address-pool/management-ipv6 order",
                networks.rows(addrpools=[{**pool, "order": "sequential"}], **served), rule="pool-of-network",
            ),
        )
    ]  # fmt: skip


def assignments() -> list[Lesson]:
    text = (
        "PlatformNetwork: {management: {type: mgmt, dynamic: true}}\n"
        "hosts: {controller-0: {interfaces: {ethernet: ["
        "{name: first, class: platform, port: {name: enp0s8}, platformNetworks: [management]}]}}}"
    )
    mgmt = networks.network("mgmt", "management")

    def site(on: str) -> Rows:
        named = {**LEFT, "ifname": "first", "ifclass": "platform"}
        return wired(left=named, networks=[mgmt], interface_networks=[networks.assigned("mgmt", on)])

    ptp = "PtpInstance: {ptp1: {service: ptp4l, parameters: {global: [b=2, a=1], empty: []}}}"

    def clocks(*pairs: str) -> Rows:
        facts = {"id": 7, "uuid": "ptp1", "name": "ptp1", "service": "ptp4l", "hostnames": []}
        return networks.rows(ptp_instances=[{**facts, "parameters": {"global": list(pairs)}}])

    group = "DataNetwork: {vx: {type: vxlan, vxlan: {multicastGroup: 'FF05:0::1'}}}"

    def vxlan(address: str) -> Rows:
        facts = {"uuid": "vx", "id": 1, "name": "vx", "network_type": "vxlan", "mtu": 1500, "description": None}
        return networks.rows(
            datanetworks=[{**facts, "multicast_group": address, "port_num": 4789, "ttl": 1, "mode": "dynamic"}]
        )

    return [
        network_lesson(one)
        for one in (
            Lesson(
                "network by the name of its document", "api/v1 platformNetworks", text, site("first"),
                "controller-0/interface-network/mgmt on", site("enp0s9"), rule="network-type",
            ),
            Lesson(
                "parameters in another order", "4.3: sets by section", ptp, clocks("a=1", "b=2"), "ptp-instance/ptp1 parameters",
                clocks("a=1", "b=3"), rule="parameter-sets",
            ),
            Lesson(
                "multicast group by another spelling", "1.7: IPs re-printed", group, vxlan("ff05::1"),
                "data-network/vx multicast_group", vxlan("ff05::2"), rule="ip-text",
            ),
        )
    ]  # fmt: skip


def boots() -> list[Lesson]:
    """Nobody taught the peer: it does not know controllers."""
    options = {"Boot0007": "PXE NIC.1", "Boot0003": "Hard drive 1"}
    row = {"hostname": "controller-0", "order": ("Boot0003", "Boot0007"), "options": options}
    site = machines.rows(alone(), board_boot_order=[row])

    def own(*order: str) -> str:
        return f"own: {{hosts: {{controller-0: {{board: {{bootOrder: {list(order)}}}}}}}}}"

    return [
        Lesson(
            "boot option by its name", "the references of one option differ between machines", own("Hard drive 1"), site,
            rule="boot-option", differs="controller-0/boot-order order", other=own("PXE NIC.1"),
        ),
    ]  # fmt: skip


LESSONS = [
    *boots(),
    *devices(),
    *macs(),
    *personalities(),
    *storages(),
    *nodes(),
    *services(),
    *links(),
    *addresses(),
    *assignments(),
]
