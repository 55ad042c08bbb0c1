"""Ceph on bare metal and under Rook: backends, monitors, OSDs, tiers, in the states that they go through."""

from __future__ import annotations

import pytest

from reconciler.simulator.bootstrapping import bootstrapped

from . import racks
from .conftest import Api, give_networks, give_oam, patch, unlock

HOST = "controller-0"
ADD = {"confirmed": True}


@pytest.fixture
def mill() -> Api:
    return Api(bootstrapped(racks.SIMPLEX))


@pytest.fixture
def running(mill) -> Api:
    """An AIO-SX in service that got its Ceph before."""
    give_oam(mill, HOST)
    mill.ok("POST", "/storage_ceph", ADD)
    add_osd(mill, HOST)
    unlock(mill, HOST)
    return mill


@pytest.fixture
def dock() -> Api:
    """A standard system with both controllers in service and Ceph waiting for where to store."""
    api = Api(bootstrapped(racks.PLAIN))
    for host in ("controller-0", "controller-1"):
        give_networks(api, host)
        unlock(api, host)
    api.ok("POST", "/storage_ceph", ADD)
    api.system.settle()
    return api


def disk(api: Api, host: str, path: str = racks.DATA) -> str:
    return next(row["uuid"] for row in api.get(f"/ihosts/{host}/idisks")["idisks"] if row["device_path"] == path)


def osd_body(api: Api, host: str, path: str = racks.DATA) -> dict[str, str]:
    return {"ihost_uuid": api.host(host)["uuid"], "idisk_uuid": disk(api, host, path)}


def add_osd(api: Api, host: str, path: str = racks.DATA) -> dict:
    return api.ok("POST", "/istors", osd_body(api, host, path))


def store(api: Api) -> dict:
    return api.get("/storage_ceph")["storage_ceph"][0]


class TestTheBackend:
    def test_it_wants_to_be_confirmed(self, mill):
        text = mill.refusal("POST", "/storage_ceph", {})[1]
        assert "WARNING" in text
        assert "A minimum of 1 osds are required" in text

    def test_the_answer_still_says_configured_and_the_row_does_not(self, mill):
        assert mill.ok("POST", "/storage_ceph", ADD)["state"] == "configured"
        assert store(mill)["state"] == "configuring-on-unlock"

    def test_in_service_on_a_simplex_it_is_configured_by_a_manifest(self, mill):
        give_oam(mill, HOST)
        unlock(mill, HOST)
        mill.ok("POST", "/storage_ceph", ADD)
        assert (store(mill)["state"], store(mill)["task"]) == ("configuring", "{'controller-0': 'applying-manifests'}")
        mill.system.settle()
        assert (store(mill)["state"], store(mill)["task"]) == ("configured", None)

    def test_one_copy_on_a_simplex_and_two_elsewhere(self, mill, dock):
        mill.ok("POST", "/storage_ceph", ADD)
        assert store(mill)["capabilities"] == {"replication": "1", "min_replication": "1"}
        assert store(dock)["capabilities"] == {"replication": "2", "min_replication": "1"}

    @pytest.mark.parametrize(
        ("capabilities", "said"),
        [
            ({"replication": "4"}, "Supported values are [1, 2, 3]."),
            ({"replication": "3", "min_replication": "3"}, "Supported values are [1, 2]."),
            ({"copies": "2"}, "Invalid Ceph parameters: 'copies'"),
        ],
    )
    def test_copies_are_checked(self, mill, capabilities, said):
        assert said in mill.refusal("POST", "/storage_ceph", {**ADD, "capabilities": capabilities})[1]

    def test_there_is_one(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        text = mill.refusal("POST", "/storage_ceph", ADD)[1]
        assert text == "Invalid data: failed to create a storage_ceph record."
        add_osd(mill, HOST)
        give_oam(mill, HOST)
        unlock(mill, HOST)
        assert "was previously created" in mill.refusal("POST", "/storage_ceph", ADD)[1]

    def test_the_typed_url_and_the_general_one_make_the_same(self, mill):
        mill.ok("POST", "/storage_backend", {"backend": "ceph", **ADD})
        assert store(mill)["name"] == "ceph-store"

    def test_what_is_there_already_is_no_change(self, running):
        body = patch(capabilities='{"replication": "1"}')
        text = running.refusal("PATCH", f"/storage_ceph/{store(running)['uuid']}", body)[1]
        assert text == "No changes to the existing backend settings were detected."

    def test_controllers_keep_two_copies(self, dock):
        dock.ok("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-0")["uuid"]})
        body = patch(capabilities='{"replication": "3"}')
        text = dock.refusal("PATCH", f"/storage_ceph/{store(dock)['uuid']}", body)[1]
        assert "'controller-nodes' ceph deployment model" in text


class TestMonitors:
    def test_controllers_have_theirs_without_asking(self, dock):
        found = {row["hostname"]: row["state"] for row in dock.get("/ceph_mon")["ceph_mon"]}
        assert found == {"controller-0": "configured", "controller-1": "configured"}

    def test_one_on_a_worker_says_where_the_data_goes(self, dock):
        assert "configure a Ceph monitor on a worker" in dock.refusal("POST", "/istors", osd_body(dock, HOST))[1]
        dock.ok("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-0")["uuid"]})
        assert "Only 2 storage monitor available." in dock.refusal("POST", "/istors", osd_body(dock, HOST))[1]

    def test_a_second_worker_gets_none(self, dock):
        dock.ok("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-0")["uuid"]})
        text = dock.refusal("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-1")["uuid"]})[1]
        assert text == "Ceph monitor already configured for host 'compute-0'."

    def test_one_grows_within_bounds(self, running):
        row = running.get("/ceph_mon")["ceph_mon"][0]
        assert running.patch(f"/ceph_mon/{row['uuid']}", ceph_mon_gib=25)["ceph_mon_gib"] == 25
        for gib in (20, 41):
            text = running.refusal("PATCH", f"/ceph_mon/{row['uuid']}", patch(ceph_mon_gib=gib))[1]
            assert text == f"ceph_mon_gib = {gib}. Value must be between 26 and 40."

    def test_one_that_works_cannot_be_deleted(self, running):
        row = running.get("/ceph_mon")["ceph_mon"][0]
        assert "Direct Ceph monitor delete" in running.refusal("DELETE", f"/ceph_mon/{row['ihost_uuid']}")[1]


class TestOsds:
    def test_ids_count_up_and_the_disk_knows(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        first = add_osd(mill, HOST)
        second = add_osd(mill, HOST, "/dev/disk/by-path/pci-0000:00:17.0-ata-1.0")
        assert (first["osdid"], second["osdid"]) == (0, 1)
        assert mill.get(f"/idisks/{first['idisk_uuid']}")["istor_uuid"] == first["uuid"]

    def test_a_disk_is_given_once(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        add_osd(mill, HOST)
        assert mill.refusal("POST", "/istors", osd_body(mill, HOST))[1] == "Disk already assigned."

    def test_the_root_disk_is_not_given(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        mill.refusal("POST", "/istors", osd_body(mill, HOST, racks.ROOT))
        assert mill.get("/istors")["istors"] == []

    def test_there_is_a_backend_first(self, mill):
        text = mill.refusal("POST", "/istors", osd_body(mill, HOST))[1]
        assert text == "System must have either a ceph or a ceph-rook backend"

    def test_one_that_was_never_made_can_go_and_the_last_that_works_cannot(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        planned = add_osd(mill, HOST)
        mill.ok("DELETE", f"/istors/{planned['uuid']}")
        made = add_osd(mill, HOST)
        give_oam(mill, HOST)
        unlock(mill, HOST)
        assert "must be greater than 1" in mill.refusal("DELETE", f"/istors/{made['uuid']}")[1]

    def test_a_simplex_is_not_unlocked_again_with_fewer_than_its_copies(self, running):
        running.act(HOST, "lock")
        running.system.settle()
        running.patch(f"/storage_ceph/{store(running)['uuid']}", capabilities='{"replication": "2"}')
        text = running.refusal("PATCH", f"/ihosts/{HOST}", patch(action="unlock"))[1]
        assert text == "Can not unlock node until at least 2 osd stor are configured for tier 'storage'."


class TestLocks:
    """Locking must leave two monitors running, one on all-in-one systems."""

    @pytest.fixture
    def storing(self, dock) -> Api:
        """The third monitor runs on compute-0, the data lies on the controllers."""
        dock.ok("POST", "/ceph_mon", {"ihost_uuid": dock.host("compute-0")["uuid"]})
        cluster = {"network_uuid": dock.network("cluster-host")["uuid"]}
        dock.ok(
            "POST", "/interface_networks", {**cluster, "interface_uuid": dock.interface("compute-0", "mgmt0")["uuid"]}
        )
        unlock(dock, "compute-0")
        return dock

    def test_one_of_three_may_go_and_a_second_may_not(self, storing):
        storing.act("compute-0", "lock")
        storing.system.settle()
        text = storing.refusal("PATCH", "/ihosts/controller-1", patch(action="lock"))[1]
        assert text.startswith("Only 2 storage monitor available. At least 2 unlocked and enabled hosts")

    def test_only_an_unsafe_lock_passes(self, storing):
        storing.act("compute-0", "lock")
        storing.system.settle()
        storing.refusal("PATCH", "/ihosts/controller-1", patch(action="force-lock"))
        storing.act("controller-1", "force-unsafe-lock")

    def test_a_controller_whose_osd_is_being_made_is_not_locked(self, storing):
        add_osd(storing, "controller-1")
        text = storing.refusal("PATCH", "/ihosts/controller-1", patch(action="lock"))[1]
        assert "storage devices in 'configuring' state" in text
        storing.system.settle()
        storing.act("controller-1", "lock")

    def test_nothing_is_asked_before_it_is_known_where_data_goes(self, dock):
        dock.act("controller-1", "lock")


class TestRook:
    def test_osds_wait_for_the_application_and_bring_the_filesystem(self, mill):
        body = {"backend": "ceph-rook", "capabilities": {"deployment_model": "open"}, **ADD}
        mill.ok("POST", "/storage_backend", body)
        assert add_osd(mill, HOST)["state"] == "configuring-with-app"
        filesystems = {row["name"]: row for row in mill.get(f"/ihosts/{HOST}/host_fs")["host_fs"]}
        assert filesystems["ceph"]["capabilities"]["functions"] == ["osd"]

    def test_one_ceph_excludes_the_other(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        mill.refusal("POST", "/storage_ceph_rook", ADD)
        assert len(mill.get("/storage_backend")["storage_backends"]) == 1


class TestTiers:
    def test_the_first_is_there_and_stays(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        row = mill.get("/storage_tiers")["storage_tiers"][0]
        assert (row["name"], row["status"]) == ("storage", "in-use")
        assert "cannot be deleted" in mill.refusal("DELETE", f"/storage_tiers/{row['uuid']}")[1]

    def test_more_than_one_must_be_chosen_from(self, mill):
        mill.ok("POST", "/storage_ceph", ADD)
        cluster = mill.get("/clusters")["clusters"][0]
        gold = mill.ok("POST", "/storage_tiers", {"name": "gold", "cluster_uuid": cluster["uuid"]})
        assert "Multiple storage tiers" in mill.refusal("POST", "/istors", osd_body(mill, HOST))[1]
        row = mill.ok("POST", "/istors", {**osd_body(mill, HOST), "tier_uuid": gold["uuid"]})
        assert row["tier_name"] == "gold"
