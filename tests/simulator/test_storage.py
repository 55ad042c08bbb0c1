"""Disks, partitions, volume groups, filesystems: what is refused, what happens at once and what waits for an unlock."""

from __future__ import annotations

import pytest

from reconciler.simulator.bootstrapping import bootstrapped

from . import racks
from .conftest import Api, give_oam, unlock

HOST = "controller-0"
USER_TYPE = "ba5eba11-0000-1111-2222-000000000001"
READY, IN_USE, CREATING, ON_UNLOCK = range(4)


@pytest.fixture
def mill() -> Api:
    return Api(bootstrapped(racks.SIMPLEX))


@pytest.fixture
def dock() -> Api:
    return Api(bootstrapped(racks.PLAIN))


@pytest.fixture
def unlocked(mill) -> Api:
    give_oam(mill, HOST)
    unlock(mill, HOST)
    return mill


def uuid(api: Api, host: str = HOST) -> str:
    return api.host(host)["uuid"]


def disk(api: Api, path: str = racks.DATA, host: str = HOST) -> dict:
    return next(row for row in api.get(f"/ihosts/{host}/idisks")["idisks"] if row["device_path"] == path)


def partition_body(api: Api, mib: int, host: str = HOST) -> dict:
    found = disk(api, host=host)
    return {"ihost_uuid": uuid(api, host), "idisk_uuid": found["uuid"], "size_mib": mib, "type_guid": USER_TYPE}


def partition(api: Api, mib: int = 10240, host: str = HOST) -> dict:
    made = api.ok("POST", "/partitions", partition_body(api, mib, host))
    api.system.settle()
    return api.get(f"/partitions/{made['uuid']}")


def group(api: Api, name: str = "nova-local", host: str = HOST) -> dict:
    return api.ok("POST", "/ilvgs", {"ihost_uuid": uuid(api, host), "lvm_vg_name": name})


def volume_body(api: Api, of: dict, device: dict, host: str = HOST) -> dict:
    return {"ihost_uuid": uuid(api, host), "ilvg_uuid": of["uuid"], "disk_or_part_uuid": device["uuid"]}


def filesystem(api: Api, name: str) -> dict:
    rows = [*api.get(f"/ihosts/{HOST}/host_fs")["host_fs"], *api.get("/controller_fs")["controller_fs"]]
    return next(row for row in rows if row["name"] == name)


def grown(*sizes: tuple[str, int]) -> list[list[dict]]:
    return [
        [
            {"op": "replace", "path": "/name", "value": name},
            {"op": "replace", "path": "/size", "value": gib},
        ]
        for name, gib in sizes
    ]


class TestPartitions:
    def test_one_on_a_bootstrapped_controller_is_made_at_once(self, mill):
        made = mill.ok("POST", "/partitions", partition_body(mill, 10240))
        assert made["status"] == CREATING
        mill.system.settle()
        found = mill.get(f"/partitions/{made['uuid']}")
        assert (found["status"], found["device_path"]) == (READY, f"{racks.DATA}-part1")

    def test_one_on_a_discovered_worker_waits_for_its_unlock(self, dock):
        assert partition(dock, host="compute-0")["status"] == ON_UNLOCK

    def test_one_that_waits_takes_its_room_from_the_disk_and_gives_it_back(self, dock):
        before = disk(dock, host="compute-0")["available_mib"]
        made = partition(dock, 10240, "compute-0")
        assert disk(dock, host="compute-0")["available_mib"] == before - 10240
        dock.ok("DELETE", f"/partitions/{made['uuid']}")
        assert disk(dock, host="compute-0")["available_mib"] == before
        assert dock.send("GET", f"/partitions/{made['uuid']}").status == 404

    def test_more_than_the_disk_has_is_refused(self, mill):
        status, text = mill.refusal("POST", "/partitions", partition_body(mill, 2_000_000))
        assert (status, text) == (400, "Requested size 1953 GiB is larger than the 960.0 GiB available.")

    def test_a_second_waits_for_the_first(self, mill):
        mill.ok("POST", "/partitions", partition_body(mill, 10240))
        text = mill.refusal("POST", "/partitions", partition_body(mill, 10240))[1]
        assert "another partition is 'Creating'" in text

    def test_only_the_last_one_grows_or_goes(self, unlocked):
        first, last = partition(unlocked), partition(unlocked)
        assert "Only the last partition" in unlocked.refusal("DELETE", f"/partitions/{first['uuid']}")[1]
        unlocked.ok("DELETE", f"/partitions/{last['uuid']}")
        unlocked.system.settle()
        assert unlocked.send("GET", f"/partitions/{last['uuid']}").status == 404
        assert unlocked.patch(f"/partitions/{first['uuid']}", size_mib=20480)["size_mib"] == 20480

    def test_what_a_volume_lies_on_stays(self, mill):
        made = partition(mill)
        mill.ok("POST", "/ipvs", volume_body(mill, group(mill), made))
        assert "is currently associated" in mill.refusal("DELETE", f"/partitions/{made['uuid']}")[1]

    def test_an_unlock_waits_until_none_is_under_way(self, mill):
        give_oam(mill, HOST)
        mill.ok("POST", "/partitions", partition_body(mill, 10240))
        unlocking = [{"op": "replace", "path": "/action", "value": "unlock"}]
        assert "creating/deleting/modifying" in mill.refusal("PATCH", f"/ihosts/{HOST}", unlocking)[1]
        unlock(mill, HOST)


class TestVolumes:
    def test_a_group_and_its_volume_are_provisioned_by_the_unlock(self, mill):
        give_oam(mill, HOST)
        made = group(mill)
        volume = mill.ok("POST", "/ipvs", volume_body(mill, made, partition(mill)))
        assert (made["vg_state"], volume["pv_state"]) == ("adding", "adding")
        unlock(mill, HOST)
        assert mill.get(f"/ilvgs/{made['uuid']}")["vg_state"] == "provisioned"
        assert mill.get(f"/ipvs/{volume['uuid']}")["pv_state"] == "provisioned"

    def test_a_disk_with_partitions_is_not_taken_whole(self, mill):
        partition(mill)
        body = volume_body(mill, group(mill), disk(mill))
        assert "contains other partitions" in mill.refusal("POST", "/ipvs", body)[1]

    def test_the_platforms_own_group_stays_and_gives_up_nothing(self, mill):
        own = next(g for g in mill.get(f"/ihosts/{HOST}/ilvgs")["ilvgs"] if g["lvm_vg_name"] == "cgts-vg")
        volume = mill.get(f"/ilvgs/{own['uuid']}/ipvs")["ipvs"][0]
        assert "cannot be deleted" in mill.refusal("DELETE", f"/ilvgs/{own['uuid']}")[1]
        assert "cannot be removed" in mill.refusal("DELETE", f"/ipvs/{volume['uuid']}")[1]

    def test_an_unlock_refuses_a_group_without_volumes(self, mill):
        give_oam(mill, HOST)
        group(mill)
        unlocking = [{"op": "replace", "path": "/action", "value": "unlock"}]
        mill.system.settle()
        assert "nova-local volume group does not contain" in mill.refusal("PATCH", f"/ihosts/{HOST}", unlocking)[1]

    def test_storage_hosts_have_no_groups(self):
        vault = Api(bootstrapped(racks.STORING))
        body = {"ihost_uuid": uuid(vault, "storage-0"), "lvm_vg_name": "nova-local"}
        assert "personality: storage" in vault.refusal("POST", "/ilvgs", body)[1]


class TestHostFilesystems:
    def test_one_grows_by_a_list_of_patches_and_never_shrinks(self, unlocked):
        path = f"/ihosts/{uuid(unlocked)}/host_fs/update_many"
        unlocked.ok("PUT", path, grown(("docker", 40)))
        assert filesystem(unlocked, "docker")["size"] == 40
        unlocked.system.settle()
        assert filesystem(unlocked, "docker")["state"] == "Ready"
        assert "should be bigger than 40" in unlocked.refusal("PUT", path, grown(("docker", 35)))[1]

    def test_one_that_does_not_fit_changes_none(self, unlocked):
        path = f"/ihosts/{uuid(unlocked)}/host_fs/update_many"
        unlocked.refusal("PUT", path, grown(("scratch", 20), ("docker", 4000)))
        assert filesystem(unlocked, "scratch")["size"] == 16

    def test_a_plain_patch_is_forbidden(self, unlocked):
        found = filesystem(unlocked, "docker")
        body = [{"op": "replace", "path": "/size", "value": 40}]
        assert unlocked.refusal("PATCH", f"/host_fs/{found['uuid']}", body)[0] == 403

    def test_instances_and_nova_local_exclude_each_other(self, mill):
        group(mill)
        body = {"ihost_uuid": uuid(mill), "name": "instances", "size": 10}
        assert "nova-local" in mill.refusal("POST", "/host_fs", body)[1]

    def test_ceph_needs_rook(self, mill):
        body = {"ihost_uuid": uuid(mill), "name": "ceph", "size": 20}
        assert "ceph-rook must be configured" in mill.refusal("POST", "/host_fs", body)[1]


class TestControllerFilesystems:
    def test_one_grows_in_service(self, unlocked):
        path = f"/isystems/{unlocked.system.own['uuid']}/controller_fs/update_many"
        unlocked.ok("PUT", path, grown(("docker-distribution", 20)))
        unlocked.system.settle()
        found = filesystem(unlocked, "docker-distribution")
        assert (found["size"], found["state"]) == (20, "{'status': 'available'}")

    def test_controllers_must_be_in_service(self, mill):
        path = f"/isystems/{mill.system.own['uuid']}/controller_fs/update_many"
        text = mill.refusal("PUT", path, grown(("docker-distribution", 20)))[1]
        assert text.startswith("This operation requires controllers to be unlocked, enabled, available.")

    def test_the_backup_must_hold_the_platform_and_the_database(self, unlocked):
        path = f"/isystems/{unlocked.system.own['uuid']}/controller_fs/update_many"
        assert "Minimum backup size" in unlocked.refusal("PUT", path, grown(("platform", 20)))[1]

    def test_two_of_one_name_are_refused(self, unlocked):
        path = f"/isystems/{unlocked.system.own['uuid']}/controller_fs/update_many"
        text = unlocked.refusal("PUT", path, grown(("database", 11), ("database", 12)))[1]
        assert text == "Duplicate fs_name 'database' in parameter list"
