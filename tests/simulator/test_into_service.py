"""Systems of the four kinds, call by call from bootstrap to service, with bare-metal Ceph."""

from __future__ import annotations

import pytest

from reconciler.simulator.bootstrapping import bootstrapped

from . import racks
from .conftest import Api, give_networks, give_oam, patch, unlock


@pytest.fixture
def mill() -> Api:
    return Api(bootstrapped(racks.SIMPLEX))


@pytest.fixture
def lock() -> Api:
    return Api(bootstrapped(racks.DUPLEX))


@pytest.fixture
def dock() -> Api:
    return Api(bootstrapped(racks.PLAIN))


@pytest.fixture
def vault() -> Api:
    return Api(bootstrapped(racks.STORING))


def give_data(api: Api, host: str) -> None:
    """A data network on the first port that has no use yet."""
    body = {"name": "tenants", "network_type": "vlan", "mtu": 1500}
    networks = api.get("/datanetworks")["datanetworks"] or [api.ok("POST", "/datanetworks", body)]
    free = next(row for row in api.get(f"/ihosts/{host}/iinterfaces")["iinterfaces"] if row["ifclass"] is None)
    api.patch(f"/iinterfaces/{free['uuid']}", ifclass="data")
    body = {"interface_uuid": free["uuid"], "datanetwork_uuid": networks[0]["uuid"]}
    api.ok("POST", "/interface_datanetworks", body)


def give_cluster(api: Api, host: str) -> None:
    """The cluster's traffic beside management, where discovery put management."""
    body = {"interface_uuid": api.interface(host, "mgmt0")["uuid"], "network_uuid": api.network("cluster-host")["uuid"]}
    api.ok("POST", "/interface_networks", body)


def give_volumes(api: Api, host: str) -> None:
    """What an example's worker profile says: a volume group of its own, a filesystem, a processor for the platform."""
    uuid = api.host(host)["uuid"]
    data = disk(api, host, racks.DATA)
    body = {"ihost_uuid": uuid, "idisk_uuid": data["uuid"], "size_mib": 20480}
    partition = api.ok("POST", "/partitions", {**body, "type_guid": "ba5eba11-0000-1111-2222-000000000001"})
    group = api.ok("POST", "/ilvgs", {"ihost_uuid": uuid, "lvm_vg_name": "nova-local"})
    body = {"ihost_uuid": uuid, "ilvg_uuid": group["uuid"], "disk_or_part_uuid": partition["uuid"]}
    api.ok("POST", "/ipvs", body)
    api.ok("PUT", f"/ihosts/{uuid}/state/host_cpus_modify", [{"function": "platform", "sockets": [{"0": 1}]}])


def add_ceph(api: Api) -> dict:
    body = {"confirmed": True, "services": "rbd-provisioner"}
    return api.ok("POST", "/storage_ceph", body)


def add_osd(api: Api, host: str) -> dict:
    data = disk(api, host, racks.DATA)
    return api.ok("POST", "/istors", {"ihost_uuid": api.host(host)["uuid"], "idisk_uuid": data["uuid"]})


def disk(api: Api, host: str, path: str) -> dict:
    return next(row for row in api.get(f"/ihosts/{host}/idisks")["idisks"] if row["device_path"] == path)


def backend(api: Api) -> tuple[str, str | None]:
    row = api.get("/storage_backend")["storage_backends"][0]
    return row["state"], row["task"]


def states(api: Api, collection: str) -> set[str]:
    return {row["state"] for row in api.get(f"/{collection}")[collection]}


def assert_in_service(api: Api) -> None:
    facts = ("administrative", "operational", "availability", "invprovision", "config_status")
    found = {row["hostname"]: tuple(row[name] for name in facts) for row in api.get("/ihosts")["ihosts"]}
    good = ("unlocked", "enabled", "available", "provisioned", None)
    assert found == dict.fromkeys(found, good)


def controllers_into_service(api: Api) -> None:
    for host in ("controller-0", "controller-1"):
        give_networks(api, host)
        unlock(api, host)


def test_an_all_in_one_simplex_has_its_ceph_configured_by_its_unlock(mill):
    give_oam(mill, "controller-0")
    give_data(mill, "controller-0")
    add_ceph(mill)
    assert backend(mill) == ("configuring-on-unlock", None)
    assert add_osd(mill, "controller-0")["state"] == "configuring-on-unlock"
    unlock(mill, "controller-0")
    assert_in_service(mill)
    assert backend(mill) == ("configured", None)
    assert states(mill, "istors") == {"configured"}
    assert [row["hostname"] for row in mill.get("/ceph_mon")["ceph_mon"]] == ["controller-0"]


def test_an_all_in_one_pair_takes_ceph_when_both_controllers_are_up(lock):
    give_networks(lock, "controller-0")
    unlock(lock, "controller-0")
    assert "both controllers" in lock.refusal("POST", "/storage_ceph", {"confirmed": True})[1]
    give_networks(lock, "controller-1")
    give_data(lock, "controller-1")
    unlock(lock, "controller-1")
    add_ceph(lock)
    assert backend(lock)[0] == "configuring"
    lock.system.settle()
    assert backend(lock) == ("configured", None)
    for host in ("controller-0", "controller-1"):
        assert add_osd(lock, host)["state"] == "configuring"
    lock.system.settle()
    assert states(lock, "istors") == {"configured"}
    assert_in_service(lock)


def test_a_standard_system_keeps_ceph_on_its_controllers_once_a_worker_has_the_third_monitor(dock):
    controllers_into_service(dock)
    add_ceph(dock)
    dock.system.settle()
    assert backend(dock) == ("configured", "provision-storage")
    data = disk(dock, "controller-0", racks.DATA)
    body = {"ihost_uuid": dock.host("controller-0")["uuid"], "idisk_uuid": data["uuid"]}
    assert "configure a Ceph monitor on a worker" in dock.refusal("POST", "/istors", body)[1]
    monitor = dock.ok("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-0")["uuid"]})["ceph_mon"][0]
    assert monitor["state"] == "configuring-on-unlock"
    for host in ("compute-0", "compute-1"):
        give_cluster(dock, host)
        give_data(dock, host)
        give_volumes(dock, host)
        unlock(dock, host)
    for host in ("controller-0", "controller-1"):
        add_osd(dock, host)
    dock.system.settle()
    assert states(dock, "ceph_mon") == states(dock, "istors") == {"configured"}
    assert backend(dock) == ("configured", None)
    assert_in_service(dock)


def test_storage_hosts_hold_ceph_in_a_group_of_their_own(vault):
    controllers_into_service(vault)
    add_ceph(vault)
    vault.system.settle()
    for host in ("storage-0", "storage-1"):
        give_cluster(vault, host)
        assert "Storage Volumes" in vault.refusal("PATCH", f"/ihosts/{host}", patch(action="unlock"))[1]
        assert add_osd(vault, host)["state"] == "configuring-on-unlock"
        unlock(vault, host)
    assert backend(vault) == ("configured", None)
    give_cluster(vault, "compute-0")
    give_data(vault, "compute-0")
    give_volumes(vault, "compute-0")
    unlock(vault, "compute-0")
    assert vault.host("storage-1")["peers"] == {"name": "group-0", "hosts": ["storage-0", "storage-1"]}
    assert {row["hostname"] for row in vault.get("/ceph_mon")["ceph_mon"]} == {
        "controller-0",
        "controller-1",
        "storage-0",
    }
    assert states(vault, "ceph_mon") == states(vault, "istors") == {"configured"}
    assert_in_service(vault)
