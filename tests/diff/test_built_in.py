"""What the platform makes by itself is nobody's to manage: a plan does not list it as unmanaged."""

from __future__ import annotations

import pytest

from reconciler.diff import compare
from reconciler.kinds._usual_parameters import USUAL
from tests.diff.learned import LEFT, PORTS, RIGHT, cores, filesystem
from tests.kinds import machines, networks


def unmanaged(world, found, git="") -> set[str]:
    around = world.context(git, found)
    listed = compare(around.desired, around.observed, world.KINDS)
    return {str(r.key) for r in listed.unmanaged} - {"host/controller-0"}


def parameter(name: str, value: str) -> dict[str, object]:
    service, section, last = name.split("/")
    facts = {"service": service, "section": section, "name": last, "value": value}
    return {"uuid": name, "personality": None, "resource": None, **facts}


def test_service_parameters_that_nobody_changed():
    """c8b2461e: the peer leaves nineteen of them out of what it exports, and refuses to delete them."""
    usual, changed, added = "http/config/http_port", "identity/config/token_expiration", "kubernetes/kubelet/maxPods"
    rows = [parameter(usual, "8080"), parameter(changed, "7200"), parameter(added, "200")]
    found = unmanaged(machines, machines.rows(service_parameter=rows))
    assert found == {f"service-parameter/{changed}", f"service-parameter/{added}"}


def test_the_peers_default_parameters_are_known():
    """common/constants.go DefaultParameters, but two for which sysinv has no default any more (`intel_*`)."""
    peers = {
        "http/config": {"http_port", "https_port"},
        "identity/config": {"token_expiration"},
        "identity/security_compliance": {"lockout_retries", "lockout_seconds"},
        "platform/config": {"cpu_max_freq_min_percentage"},
        "platform/kernel": {"audit"},
        "platform/maintenance": {
            "controller_boot_timeout",
            "heartbeat_degrade_threshold",
            "heartbeat_failure_action",
            "heartbeat_failure_threshold",
            "heartbeat_period",
            "mnfa_threshold",
            "mnfa_timeout",
            "worker_boot_timeout",
        },
        "radosgw/config": {"fs_size_mb", "service_enabled"},
    }
    known = {parameter.partition("=")[0] for parameter in USUAL}
    assert {f"{section}/{name}" for section, names in peers.items() for name in names} - known == set()


@pytest.mark.parametrize(("backends", "expected"), [(("ceph",), False), (("ceph-rook",), False), ((), True)])
def test_the_filesystem_ceph_where_a_backend_brings_it(backends, expected):
    """024e3ef2, 400cf2b9, 39f1ad95: it appears at the first unlock."""
    rows = machines.rows(host_fs=[filesystem("ceph", 20)], storage_backend=list(map(machines.backend, backends)))
    assert ("controller-0/host-filesystem/ceph" in unmanaged(machines, rows)) is expected


def test_filesystems_that_every_host_has():
    rows = machines.rows(
        host_fs=[filesystem("docker", 30), filesystem("instances", 10)],
        controller_fs=[{"uuid": "cfs", "name": "platform", "size": 10}],
    )
    assert unmanaged(machines, rows) == {"controller-0/host-filesystem/instances"}


def test_what_a_host_consists_of():
    """Functions of its cores, its memory, and all of which there is one."""
    assert unmanaged(machines, cores("Platform", "Application")) == set()


def test_the_platforms_own_volume_group_and_the_volume_that_it_was_installed_on():
    rows = machines.rows(
        idisks=machines.DISKS,
        ilvgs=[machines.group("cgts-vg"), machines.group("nova-local")],
        ipvs=[machines.volume("disk-/dev/sda", "cgts-vg"), machines.volume("disk-/dev/sdb", "cgts-vg")],
    )
    added = f"controller-0/physical-volume/cgts-vg/{machines.SDB}"
    assert unmanaged(machines, rows) == {"controller-0/volume-group/nova-local", added}


def test_networks_and_pools_of_the_bootstrap():
    """ansible-playbooks populate_initial_config.py makes them of the bootstrap values."""
    rows = networks.rows(
        networks=[networks.network("cluster-pod", "pods"), networks.network("storage", "store")],
        addrpools=[networks.pool(n, f"10.{i}.0.0") for i, n in enumerate(("pods", "store", "mine"))],
        network_addresspools=[networks.serving("cluster-pod", "pods"), networks.serving("storage", "store")],
    )
    somebodys = {"platform-network/storage", "network-address-pool/storage/ipv4"}
    assert unmanaged(networks, rows) == somebodys | {"address-pool/store", "address-pool/mine"}


def test_addresses_that_a_pool_gave():
    """1.7: addresses with a pool_uuid are ignored."""
    address = {"uuid": "a", "ifname": "left", "forihostid": 1, "address": "10.0.0.5", "prefix": 24}
    rows = networks.rows(
        iinterfaces=[LEFT, RIGHT],
        ports=PORTS,
        addresses=[{**address, "pool_uuid": "pool"}, {**address, "address": "10.0.0.6", "pool_uuid": None}],
    )
    assert unmanaged(networks, rows) == {"controller-0/address/10.0.0.6"}


def test_interfaces_of_ports_that_nobody_uses_and_the_loopback_with_its_networks():
    loopback = {**networks.LO, "ipv4_mode": "static"}
    rows = networks.rows(
        iinterfaces=[LEFT, {**RIGHT, "ifclass": "data"}, loopback],
        ports=PORTS,
        interface_networks=[networks.assigned("mgmt", "lo")],
    )
    assert unmanaged(networks, rows) == {"controller-0/ethernet/enp0s9"}


def test_address_modes_that_come_with_a_network():
    """sysinv interface_network.py sets them."""
    left, right = ({**row, "ipv4_mode": "static"} for row in (LEFT, RIGHT))
    rows = networks.rows(iinterfaces=[left, right], ports=PORTS, interface_networks=[networks.assigned("oam", "left")])
    found = unmanaged(networks, rows)
    assert "controller-0/interface-address-mode/enp0s9/ipv4" in found
    assert "controller-0/interface-address-mode/left/ipv4" not in found


def test_devices_that_nobody_touched():
    device = {"uuid": "pci", "pciaddr": "0000:0b:00.0", "pdevice_id": "0d5c", "host_uuid": f"host-{machines.HOST}"}
    untouched = {**device, "name": "pci_0000_0b_00_0", "enabled": False}
    assert unmanaged(machines, machines.rows(pci_devices=[untouched])) == set()
    assert unmanaged(machines, machines.rows(pci_devices=[{**untouched, "enabled": True}]))


def test_certificates_of_the_platforms_own_services():
    """e078a336: certificates that are installed at run time were differences for ever. An authority is somebody's."""
    facts = {"issuer": None, "start_date": "2026-01-01T00:00:00+00:00", "expiry_date": "2036-01-01T00:00:00+00:00"}
    rows = [
        {**facts, "uuid": kind, "certtype": kind, "signature": f"{kind}_1", "subject": None, "details": None}
        for kind in ("ssl", "docker_registry", "ssl_ca")
    ]
    found = machines.rows(certificate=rows)
    assert unmanaged(machines, found) == {"certificate/ssl_ca_1"}
    assert machines.differences("system: {}", found) == {}


def test_they_are_kept_apart_so_that_they_can_still_be_accepted():
    around = machines.context("", machines.rows(host_fs=[filesystem("docker", 30)]))
    found = compare(around.desired, around.observed, machines.KINDS)
    assert "controller-0/host-filesystem/docker" in {str(r.key) for r in found.built_in}
