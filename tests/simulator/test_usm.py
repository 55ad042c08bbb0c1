"""Software management of a simulated system, as distributed-cloud.md 8 and starlingx/update tell of it."""

from __future__ import annotations

import pytest

from reconciler.simulator.usm import releases

from .software import Software


@pytest.fixture
def software(running) -> Software:
    return Software(running.system)


@pytest.fixture
def later(running) -> Software:
    """A system whose releases are made of metapackages."""
    running.system.update("isystems", running.system.own["uuid"], software_version="26.10")
    return Software(running.system)


def started(software: Software, version: str = "24.09.1", **facts) -> str:
    """A deployment that is ready for its hosts."""
    release = software.upload(version, **facts)
    software.ok("POST", f"deploy/{release}/start", {})
    software.system.settle()
    assert software.deploy() == "start-done"
    return release


def deployed(software: Software, api) -> None:
    """Its one host has the release, and is back in service."""
    api.act("controller-0", "lock")
    software.system.settle()
    software.ok("POST", "deploy_host/controller-0")
    software.system.settle()
    api.act("controller-0", "unlock")
    software.system.settle()


class TestReleases:
    def test_a_fresh_system_has_the_release_that_it_runs(self, software):
        assert software.states() == {"starlingx-24.09.0": "deployed"}

    def test_a_row_has_what_the_source_lists(self, software):
        (row,) = software.ok("GET", "release")
        listed = (
            "release_id state sw_version component status unremovable summary description install_instructions "
            "warnings reboot_required prepatched_iso preinstalled_patches requires packages activation_scripts"
        )
        assert set(row) == set(listed.split())

    def test_later_systems_name_the_metapackages(self, later):
        (row,) = later.ok("GET", "release")
        assert row["metapackages"] == {"base_26.10.0": {"state": "deployed"}}

    def test_what_is_uploaded_is_available(self, software):
        said = software.ok("POST", "release", ["/home/sysadmin/starlingx-24.09.1.patch"])
        assert said["info"] == "starlingx-24.09.1 is now uploaded\n"
        assert software.states()["starlingx-24.09.1"] == "available"
        assert software.ok("GET", "release/is_available/starlingx-24.09.1") is True
        assert software.ok("GET", "release/is_deployed/starlingx-24.09.1") is False

    def test_an_upload_of_nothing_is_refused(self, software):
        assert software.refusal("POST", "release", []) == (406, "No files uploaded")

    def test_releases_are_found_by_state_and_by_version(self, software):
        software.upload("24.09.1")
        assert [row["sw_version"] for row in software.ok("GET", "release?show=available")] == ["24.09.1"]
        assert [row["sw_version"] for row in software.ok("GET", "release?release=24.09.1")] == ["24.09.1"]

    def test_one_that_is_not_there_is_a_404_in_the_same_words_as_others(self, software):
        answer = software.send("GET", "release/starlingx-1.0.0")
        assert (answer.status, set(answer.body)) == (404, {"info", "warning", "error"})

    def test_only_what_is_in_no_use_is_deleted(self, software):
        release = software.upload("24.09.1")
        why = "Release starlingx-24.09.0 is not ready to be deleted\n"
        assert software.refusal("DELETE", "release/starlingx-24.09.0") == (406, why)
        assert software.refusal("DELETE", f"release/{release}/starlingx-24.09.0") == (406, why)
        assert software.ok("DELETE", f"release/{release}")["info"] == "starlingx-24.09.1 has been deleted\n"


class TestPrecheck:
    def test_what_it_looked_at_is_told(self, software):
        release = software.upload("24.09.1")
        said = software.ok("POST", f"deploy/{release}/precheck", {})
        assert (said["error"], said["system_healthy"], said["reboot_required"]) == ("", True, True)
        assert "All hosts are unlocked/enabled: [OK]" in said["info"]

    def test_a_host_out_of_service_is_a_406_with_its_name(self, running, software):
        release = software.upload("24.09.1")
        running.act("controller-0", "lock")
        running.system.settle()
        status, error = software.refusal("POST", f"deploy/{release}/precheck", {})
        assert status == 406
        assert "prevent deploying starlingx-24.09.1" in error
        assert "All hosts are unlocked/enabled (not controller-0): [Fail]" in error

    def test_what_a_mark_says_stays_until_it_is_taken_away(self, software):
        release = software.upload("24.09.1")
        software.system.marks.add("precheck-refuses:Disk space for /scratch")
        for _ in range(2):
            assert "Disk space for /scratch: [Fail]" in software.refusal("POST", f"deploy/{release}/precheck", {})[1]
        software.system.marks.clear()
        software.ok("POST", f"deploy/{release}/precheck", {})

    def test_a_release_that_is_not_there_is_said_with_what_to_do(self, software):
        status, error = software.refusal("POST", "deploy/starlingx-25.03.0/precheck", {})
        assert (status, "re-uploading the software" in error) == (406, True)

    def test_later_systems_take_a_list_in_the_body(self, later):
        release = later.upload("26.10.1")
        assert later.ok("POST", "deploy/precheck", {"releases": [release]})["system_healthy"] is True
        assert later.send("POST", f"deploy/{release}/precheck", {}).status == 404

    def test_earlier_systems_take_it_in_the_path_alone(self, software):
        assert software.send("POST", "deploy/precheck", {"releases": ["starlingx-24.09.1"]}).status == 400


class TestDeployment:
    def test_it_goes_from_start_to_its_deletion(self, running, software):
        release = started(software)
        assert software.states()[release] == "deploying"
        assert software.hosts() == {"controller-0": "pending"}
        deployed(software, running)
        assert (software.deploy(), software.hosts()) == ("host-done", {"controller-0": "deployed"})
        software.ok("POST", "deploy/activate")
        assert software.deploy() == "activate"
        software.system.settle()
        software.ok("POST", "deploy/complete")
        assert (software.deploy(), software.states()[release]) == ("completed", "deploying")
        assert software.ok("DELETE", "deploy")["info"] == "Deploy deleted with success"
        assert (software.deploy(), software.states()[release]) == ("", "deployed")

    def test_a_patch_brings_along_what_it_requires(self, software):
        software.upload("24.09.1")
        release = software.upload("24.09.2", requires=["starlingx-24.09.1"])
        software.ok("POST", f"deploy/{release}/start", {})
        assert software.states() == {
            "starlingx-24.09.0": "deployed",
            "starlingx-24.09.1": "deploying",
            "starlingx-24.09.2": "deploying",
        }

    def test_a_release_that_needs_no_reboot_is_deployed_in_service(self, software):
        started(software, reboot_required=False)
        software.ok("POST", "deploy_host/controller-0")
        software.system.settle()
        assert software.deploy() == "host-done"

    def test_a_host_that_has_to_reboot_must_be_locked(self, software):
        started(software)
        assert software.refusal("POST", "deploy_host/controller-0") == (406, "Host controller-0 must be locked.")

    def test_a_major_release_makes_those_before_it_unavailable(self, running, software):
        release = started(software, "25.03")
        deployed(software, running)
        software.ok("POST", "deploy/activate")
        software.system.settle()
        software.ok("POST", "deploy/complete")
        software.ok("DELETE", "deploy")
        assert software.states() == {"starlingx-24.09.0": "unavailable", release: "deployed"}
        assert running.get("/isystems")["isystems"][0]["software_version"] == "25.03"

    def test_an_earlier_patch_is_reached_by_removing_those_above(self, running, software):
        software.upload("24.09.1", unremovable=False)
        releases.set_state(software.system, ["starlingx-24.09.1"], "deployed")
        software.ok("POST", "deploy/starlingx-24.09.0/start", {})
        assert (software.deploy(), software.states()["starlingx-24.09.1"]) == ("start-done", "removing")
        deployed(software, running)
        software.ok("POST", "deploy/activate")
        software.system.settle()
        software.ok("POST", "deploy/complete")
        software.ok("DELETE", "deploy")
        assert software.states() == {"starlingx-24.09.0": "deployed", "starlingx-24.09.1": "available"}

    def test_a_start_fails_on_demand(self, software):
        software.system.marks.add("deploy-start-fails:no space")
        release = software.upload("24.09.1")
        software.ok("POST", f"deploy/{release}/start", {})
        software.system.settle()
        assert software.deploy() == "start-failed"
        software.ok("DELETE", "deploy")
        assert software.states()[release] == "available"

    def test_a_host_fails_on_demand_and_may_be_tried_again(self, running, software):
        started(software)
        software.system.marks.add("deploy-host-fails:controller-0:ostree pull failed")
        deployed(software, running)
        assert (software.deploy(), software.hosts()) == ("host-failed", {"controller-0": "failed"})
        software.system.marks.clear()
        deployed(software, running)
        assert software.deploy() == "host-done"

    def test_an_activation_fails_on_demand_and_may_be_tried_again(self, running, software):
        started(software)
        deployed(software, running)
        software.system.marks.add("deploy-activate-fails:an application did not come up")
        software.ok("POST", "deploy/activate")
        software.system.settle()
        assert software.deploy() == "activate-failed"
        software.ok("POST", "deploy/activate")
        software.system.settle()
        assert software.deploy() == "activate-done"


class TestGuards:
    """Section 8, Guards: start needs no deploy; each call its states."""

    def test_a_second_one_is_not_begun(self, software):
        release = started(software)
        status, error = software.refusal("POST", f"deploy/{release}/start", {})
        assert (status, "already a deployment in progress (start-done)" in error) == (406, True)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "deploy_host/controller-0"),
            ("POST", "deploy_host/controller-0/rollback"),
            ("POST", "deploy/activate"),
            ("POST", "deploy/complete"),
            ("POST", "deploy/abort"),
            ("POST", "deploy/activate_rollback"),
            ("DELETE", "deploy"),
        ],
    )
    def test_nothing_goes_on_without_one(self, software, method, path):
        status, error = software.refusal(method, path)
        assert status == 406
        assert error

    def test_what_is_under_way_on_hosts_is_not_deleted(self, running, software):
        started(software)
        deployed(software, running)
        status, error = software.refusal("DELETE", "deploy")
        assert (status, "host-rollback-done, completed, start-done, start-failed" in error) == (406, True)

    def test_a_host_that_is_not_there_is_said(self, software):
        started(software)
        assert software.refusal("POST", "deploy_host/worker-9") == (406, "Host worker-9 can not be found")

    def test_a_major_release_begins_with_the_second_controller(self, pair):
        software = Software(pair.system)
        started(software, "25.03")
        error = "controller-0 does not satisfy the right order of deployment should be controller-1"
        assert software.refusal("POST", "deploy_host/controller-0") == (406, error)


class TestGoingBack:
    def test_before_it_was_activated_hosts_go_back(self, running, software):
        release = started(software)
        deployed(software, running)
        software.ok("POST", "deploy/abort")
        assert (software.deploy(), software.hosts()) == ("host-rollback", {"controller-0": "rollback-pending"})
        running.act("controller-0", "lock")
        software.system.settle()
        software.ok("POST", "deploy_host/controller-0/rollback")
        software.system.settle()
        running.act("controller-0", "unlock")
        software.system.settle()
        assert software.deploy() == "host-rollback-done"
        software.ok("DELETE", "deploy")
        assert software.states()[release] == "available"

    def test_after_it_was_activated_that_goes_back_first(self, running, software):
        started(software)
        deployed(software, running)
        software.ok("POST", "deploy/activate")
        software.system.settle()
        software.ok("POST", "deploy/abort")
        assert software.deploy() == "activate-rollback-pending"
        software.ok("POST", "deploy/activate_rollback")
        software.system.settle()
        assert software.deploy() == "activate-rollback-done"

    def test_what_reached_no_host_is_not_to_be_aborted(self, software):
        started(software)
        assert software.refusal("POST", "deploy/abort")[0] == 406
