"""A system from a site's files: what it has of them, what it has besides, and what it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.simulator import build_repo, dcmanager
from reconciler.simulator.hardware import Machine
from tests.simulator.central import Centre

from .conftest import Api

WORKER_MAC = "02:aa:00:00:00:07"
SYSTEM = """
apiVersion: starlingx.windriver.com/v1
kind: System
metadata: {name: quarry}
spec: {description: A quarry, location: Below, dnsServers: [10.0.0.53]}
"""
PROFILE = """
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata: {name: box}
spec:
  bootDevice: /dev/disk/by-path/pci-0000:00:1f.2-ata-1.0
  location: Row 4
  labels: {sriovdp: enabled}
  processors: [{node: 0, functions: [{function: platform, count: 4}]}]
  interfaces:
    ethernet:
      - {name: data0, class: data, port: {name: enp5s0}, mtu: 9000}
      - {name: front, class: platform, port: {name: enp3s0}}
    bond:
      - {name: trunk, class: platform, mode: 802.3ad, members: [front, enp3s1]}
    vlan:
      - {name: inner, class: platform, lower: trunk, vid: 11, platformNetworks: [mgmt, cluster-host]}
  storage:
    volumeGroups:
      - name: nova-local
        physicalVolumes: [{type: partition, path: /dev/disk/by-path/pci-0000:00:1f.2-ata-2.0, size: 1500}]
"""
HOST = """
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata: {{name: {name}}}
spec:
  profile: box
  overrides: {{bootMAC: "{mac}", personality: {personality}}}
"""
BOOTSTRAP = """
system_mode: duplex
dns_servers: [10.0.0.1]
management_subnet: 10.8.0.0/24
management_start_address: 10.8.0.5
external_oam_subnet: 10.9.0.0/24
external_oam_gateway_address: 10.9.0.1
external_oam_floating_address: 10.9.0.2
external_oam_node_0_address: 10.9.0.3
external_oam_node_1_address: 10.9.0.4
"""


@pytest.fixture
def root(tmp_path):
    """A standard site of two controllers and a host whose name says nothing."""
    folder = tmp_path / "subclouds" / "quarry"
    folder.mkdir(parents=True)
    hosts = [
        HOST.format(name="controller-0", mac="02:aa:00:00:00:01", personality="controller"),
        HOST.format(name="controller-1", mac="02:aa:00:00:00:02", personality="controller"),
        HOST.format(name="crusher-7", mac=WORKER_MAC, personality="worker"),
    ]
    (folder / "deployment-config.yaml").write_text(SYSTEM + PROFILE + "".join(hosts))
    (folder / "bootstrap-values.yaml").write_text(BOOTSTRAP)
    (folder / "install-values.yaml").write_text("install_type: 0\nbootstrap_interface: enp5s0\n")
    return tmp_path


@pytest.fixture
def quarry(root) -> Api:
    return Api(build_repo.build(root, "quarry"))


def names(api: Api, host: str, collection: str, key: str) -> list[str]:
    return [row[key] for row in api.get(f"/ihosts/{host}/{collection}")[collection]]


def networks_by_interface(api: Api, host: str) -> list[tuple[str, str]]:
    rows = api.get(f"/ihosts/{host}/interface_networks")["interface_networks"]
    return sorted((row["ifname"], row["network_type"]) for row in rows)


class TestHosts:
    def test_all_are_there_locked_online_and_inventoried(self, quarry):
        facts = ("administrative", "operational", "availability", "inv_state")
        found = {row["hostname"]: tuple(row[name] for name in facts) for row in quarry.get("/ihosts")["ihosts"]}
        state = ("locked", "disabled", "online", "inventoried")
        assert found == dict.fromkeys(["controller-0", "controller-1", "crusher-7"], state)

    @pytest.mark.parametrize(
        ("name", "personality"),
        [("controller-1", "controller"), ("storage-0", "storage"), ("crusher-7", "worker"), ("storage-room", "worker")],
    )
    def test_the_name_says_the_personality(self, name, personality):
        assert Machine(name, "", (), ()).personality == personality

    def test_first_controller_has_management_on_the_loopback(self, quarry):
        assert networks_by_interface(quarry, "controller-0") == [("lo", "cluster-host"), ("lo", "mgmt")]

    def test_another_host_has_management_where_it_booted(self, quarry):
        assert networks_by_interface(quarry, "crusher-7") == [("mgmt0", "mgmt")]
        assert quarry.interface("crusher-7", "mgmt0")["imac"] == WORKER_MAC == quarry.host("crusher-7")["mgmt_mac"]

    def test_it_boots_from_the_first_member_below_the_interface_with_management(self, quarry):
        ports = quarry.get("/ihosts/crusher-7/ethernet_ports")["ethernet_ports"]
        assert [row["name"] for row in ports if row["mac"] == WORKER_MAC] == ["enp3s0"]

    def test_first_controller_boots_where_its_management_is_cabled(self, quarry):
        ports = quarry.get("/ihosts/controller-0/ethernet_ports")["ethernet_ports"]
        assert [row["name"] for row in ports if row["mac"] == "02:aa:00:00:00:01"] == ["enp3s0"]


class TestHardware:
    def test_ports_of_the_files_and_two_more(self, quarry):
        assert names(quarry, "crusher-7", "ports", "name") == ["enp5s0", "enp3s0", "enp3s1", "eno8303", "eno8403"]

    def test_disks_of_the_files_and_one_more(self, quarry):
        found = names(quarry, "crusher-7", "idisks", "device_path")
        assert found[:2] == [f"/dev/disk/by-path/pci-0000:00:1f.2-ata-{number}.0" for number in (1, 2)]
        assert len(found) == 3

    def test_a_disk_has_room_for_what_is_to_lie_on_it(self, quarry):
        sizes = names(quarry, "crusher-7", "idisks", "size_mib")
        assert sizes[1] >= 1500 * 1024

    def test_macs_are_the_same_each_time_and_no_two_alike(self, root):
        first, again = (Api(build_repo.build(root, "quarry")) for _ in range(2))
        macs = [
            mac
            for host in ("controller-0", "controller-1", "crusher-7")
            for mac in names(first, host, "ethernet_ports", "mac")
        ]
        assert len(set(macs)) == len(macs)
        assert names(again, "crusher-7", "ethernet_ports", "mac") == names(first, "crusher-7", "ethernet_ports", "mac")


class TestWhatIsToBeConfigured:
    """None of it is there: a reconciler has all of it to do."""

    def test_interfaces_are_as_the_machine_reports_them(self, quarry):
        found = names(quarry, "controller-0", "iinterfaces", "ifname")
        assert sorted(found) == ["eno8303", "eno8403", "enp3s0", "enp3s1", "enp5s0", "lo"]
        assert {quarry.interface("controller-0", "enp5s0")[name] for name in ("imtu", "ifclass")} == {1500, None}

    @pytest.mark.parametrize(
        "path", ["/datanetworks", "/ihosts/crusher-7/labels", "/ptp_instances", "/storage_backend"]
    )
    def test_lists_are_empty(self, quarry, path):
        assert [*quarry.get(path).values()] == [[]]

    def test_the_host_is_unplaced_and_has_platform_groups_only(self, quarry):
        assert quarry.host("crusher-7")["location"] == {}
        assert names(quarry, "crusher-7", "ilvgs", "lvm_vg_name") == ["cgts-vg"]

    def test_name_servers_are_those_of_bootstrap(self, quarry):
        assert quarry.get("/idns")["idnss"][0]["nameservers"] == "10.0.0.1"


class TestNetworks:
    def test_pools_have_what_bootstrap_said_and_starlingx_s_defaults(self, quarry):
        pools = {row["name"]: row for row in quarry.get("/addrpools")["addrpools"]}
        assert pools["management-ipv4"]["ranges"] == [["10.8.0.5", "10.8.0.254"]]
        assert pools["oam-ipv4"]["floating_address"] == "10.9.0.2"
        assert (pools["cluster-pod-subnet-ipv4"]["network"], pools["cluster-pod-subnet-ipv4"]["prefix"]) == (
            "172.16.0.0",
            16,
        )

    def test_no_admin_network_unless_it_was_asked_for(self, root, quarry):
        assert "admin" not in {row["type"] for row in quarry.get("/networks")["networks"]}
        (root / "subclouds/quarry/bootstrap-values.yaml").write_text(BOOTSTRAP + "admin_subnet: 10.7.0.0/24\n")
        asked = Api(build_repo.build(root, "quarry"))
        assert asked.network("admin")["name"] == "admin"

    def test_a_subnet_that_is_none_is_named(self, root):
        (root / "subclouds/quarry/bootstrap-values.yaml").write_text("management_subnet: 10.8.0.0/40\n")
        with pytest.raises(ConfigErrors, match="management_subnet is no subnet") as caught:
            build_repo.build(root, "quarry")
        assert "bootstrap-values.yaml" in str(caught.value)


class TestTheCentralCloud:
    @pytest.mark.parametrize(
        ("gateway", "first", "last"),
        [("10.255.0.1", "10.255.0.2", "10.255.0.100"), ("10.255.0.50", "10.255.0.101", "10.255.0.199")],
    )
    def test_it_stands_where_the_sites_gateways_lead_to(self, root, gateway, first, last):
        values = f"name: quarry\nsystemcontroller_gateway_address: {gateway}\n"
        (root / "subclouds/quarry/bootstrap-values.yaml").write_text(values)
        found = build_repo.central_of(root)
        assert found["management-subnet"] == "10.255.0.0/24"
        assert (found["management-start"], found["management-end"]) == (first, last)

    def test_it_is_the_usual_one_where_they_say_nothing(self, root):
        (root / "subclouds/quarry/bootstrap-values.yaml").write_text("name: quarry\n")
        assert build_repo.central_of(root) == {}


class TestTheKindOfSystem:
    @pytest.mark.parametrize(
        ("install_type", "kind", "kernel"),
        [("0", "Standard", "standard"), ("2", "All-in-one", "standard"), ("4", "All-in-one", "lowlatency")],
    )
    def test_install_type_says_it(self, root, install_type, kind, kernel):
        (root / "subclouds/quarry/install-values.yaml").write_text(f"install_type: {install_type}\n")
        built = Api(build_repo.build(root, "quarry"))
        host = built.host("controller-0")
        assert built.system.own["system_type"] == kind
        assert built.get(f"/ihosts/{host['uuid']}/kernel")["kernel_running"] == kernel

    def test_without_it_hosts_besides_controllers_make_a_standard_one(self, root):
        (root / "subclouds/quarry/install-values.yaml").unlink()
        assert build_repo.build(root, "quarry").own["system_type"] == "Standard"


class TestTheRepository:
    def test_each_site_is_built_when_it_is_asked_for(self, root):
        (root / "subclouds" / "wreck").mkdir()
        (root / "subclouds" / "wreck" / "deployment-config.yaml").write_text("kind: [")
        builders = build_repo.builders(root)
        assert sorted(builders) == ["quarry", "wreck"]
        assert builders["quarry"]().name == "quarry"
        with pytest.raises(ConfigErrors):
            builders["wreck"]()

    def test_a_folder_without_sites_is_no_repository(self, tmp_path):
        with pytest.raises(ConfigError, match="takes the root of a site-config repository"):
            build_repo.builders(tmp_path)

    def test_a_site_without_its_first_controller_is_refused(self, root):
        path = root / "subclouds/quarry/deployment-config.yaml"
        path.write_text(path.read_text().replace("controller-0", "controller-2"))
        with pytest.raises(ConfigError, match="no Host controller-0"):
            build_repo.build(root, "quarry")


def test_the_central_cloud_of_a_repository_takes_another_site_like_its_own():
    centre = Centre(dcmanager.central(**build_repo.central_of(Path(__file__).parents[2] / "sites")))
    assert centre.add(systemcontroller_gateway_address="192.168.100.1")[0] == 200
    assert Centre().add(systemcontroller_gateway_address="192.168.100.1")[0] == 400
