"""VIM of a simulated system, as distributed-cloud.md 11 and starlingx/nfv tell of it."""

from __future__ import annotations

import pytest

from reconciler.simulator.fm import alarms
from reconciler.simulator.sysinv import config

from .software import BODY, Software, Vim


@pytest.fixture
def software(running) -> Software:
    return Software(running.system)


@pytest.fixture
def vim(running) -> Vim:
    return Vim(running.system)


def names(phase) -> list[str]:
    return [stage["stage-name"] for stage in phase["stages"]]


def steps(phase, stage: int) -> list[str]:
    return [step["step-name"] for step in phase["stages"][stage]["steps"]]


def hosts(phase) -> list[str]:
    """Those that are deployed, in their order."""
    found = (step for stage in phase["stages"] for step in stage["steps"] if step["step-name"] == "upgrade-hosts")
    return [name for step in found for name in step["entity-names"]]


class TestOneAtATime:
    def test_there_may_be_none(self, vim):
        assert vim.strategy() is None
        assert vim.send("GET", "current-strategy/strategy").body == {"strategy": None}
        assert vim.send("DELETE", "sw-upgrade/strategy", {"force": False}).status == 404
        assert vim.send("POST", "sw-upgrade/strategy/actions", {"action": "apply-all"}).status == 404

    def test_a_second_one_of_any_type_is_a_409_that_names_the_first(self, vim, software):
        vim.create(release=software.upload("24.09.1"))
        answer = vim.send("POST", "kube-upgrade/strategy", {**BODY, "to-version": "v1.30.6"})
        assert answer.status == 409
        assert answer.body["faultstring"] == "strategy already exists of type:sw-upgrade"

    def test_it_is_seen_under_its_own_type_and_as_the_current_one(self, vim, software):
        vim.create(release=software.upload("24.09.1"))
        assert vim.strategy("kube-upgrade") is None
        told = {"strategy": {"name": "sw-upgrade", "state": "ready-to-apply"}}
        assert vim.send("GET", "current-strategy/strategy").body == told

    def test_one_that_is_at_work_is_not_deleted_unless_by_force(self, vim, software):
        vim.create(release=software.upload("24.09.1"))
        vim.send("POST", "sw-upgrade/strategy/actions", {"action": "apply-all"})
        assert vim.send("DELETE", "sw-upgrade/strategy", {"force": False}).status == 409
        assert vim.send("DELETE", "sw-upgrade/strategy", {"force": True}).status == 200
        assert vim.strategy() is None


class TestCreation:
    @pytest.mark.parametrize("name", ["controller-apply-type", "worker-apply-type", "default-instance-action"])
    def test_what_it_needs_is_asked_for(self, vim, name):
        body = {key: value for key, value in BODY.items() if key != name} | {"release": "starlingx-24.09.1"}
        answer = vim.send("POST", "sw-upgrade/strategy", body)
        assert (answer.status, name in answer.body["faultstring"]) == (400, True)

    @pytest.mark.parametrize(
        ("name", "said", "word"),
        [
            ("sw-upgrade", {"worker-apply-type": "quickly"}, "ignore, parallel, serial"),
            ("sw-upgrade", {"max-parallel-worker-hosts": 1}, "max-parallel-worker-hosts"),
            ("sw-upgrade", {"max-parallel-worker-hosts": 11}, "max-parallel-worker-hosts"),
            ("sw-upgrade", {"to-version": "1"}, "Unknown attribute"),
            ("kube-upgrade", {}, "to-version"),
            ("kube-upgrade", {"to-version": "v1.30.6", "controller-apply-type": "parallel"}, "must be 'serial'"),
        ],
    )
    def test_what_cannot_be_is_refused(self, vim, name, said, word):
        answer = vim.send("POST", f"{name}/strategy", {**BODY, **said})
        assert (answer.status, word in answer.body["faultstring"]) == (400, True)

    def test_up_to_26_03_a_release_is_a_text(self, vim, software):
        release = software.upload("24.09.1")
        assert vim.send("POST", "sw-upgrade/strategy", {**BODY, "release": [release]}).status == 400
        assert vim.create(release=release)["release"] == release

    def test_from_then_on_releases_are_a_list(self, running, vim, software):
        running.system.update("isystems", running.system.own["uuid"], software_version="26.10")
        release = software.upload("26.10.1")
        assert vim.send("POST", "sw-upgrade/strategy", {**BODY, "release": release}).status == 400
        assert vim.create(release=[release])["release"] == [release]


class TestBuilding:
    def test_it_is_built_before_it_may_be_applied(self, vim, software):
        release = software.upload("24.09.1")
        answer = vim.send("POST", "sw-upgrade/strategy", {**BODY, "release": release})
        assert answer.body["strategy"]["state"] == "building"
        assert vim.send("POST", "sw-upgrade/strategy/actions", {"action": "apply-all"}).status == 500
        vim.system.settle()
        assert vim.strategy()["state"] == "ready-to-apply"

    def test_its_precheck_is_that_of_usm_whose_words_are_the_reason(self, vim, software):
        software.system.marks.add("precheck-refuses:Disk space for /scratch")
        strategy = vim.create(release=software.upload("24.09.1"))
        assert strategy["state"] == "build-failed"
        assert "Software deploy precheck was rejected" in strategy["build-phase"]["reason"]
        assert "Disk space for /scratch: [Fail]" in strategy["build-phase"]["reason"]
        assert strategy["apply-phase"]["stages"] == []

    def test_it_fails_on_demand(self, vim, software):
        software.system.marks.add("vim-build-fails:no answer from software management")
        strategy = vim.create(release=software.upload("24.09.1"))
        assert (strategy["state"], strategy["build-phase"]["reason"]) == (
            "build-failed",
            "no answer from software management",
        )

    def test_a_release_that_is_not_there_is_none(self, vim):
        assert "does not exist" in vim.create(release="starlingx-25.03.0")["build-phase"]["reason"]

    def test_what_is_deployed_already_is_nothing_to_do(self, vim):
        strategy = vim.create(release="starlingx-24.09.0")
        assert strategy["build-phase"]["reason"] == "no sw-deployments patches need to be applied"

    def test_alarms_that_it_does_not_pass_over_fail_it(self, running, vim, software):
        alarms.set_alarm(
            running.system, alarm_id="100.104", alarm_state="set", entity_type_id="host", severity="critical",
            entity_instance_id="host=controller-0", reason_text="full", alarm_type="operational-violation",
            probable_cause="threshold-crossed", timestamp="2026-01-01T00:00:00", proposed_repair_action="",
            service_affecting=True, suppression=False,
        )  # fmt: skip
        strategy = vim.create(release=software.upload("24.09.1"))
        assert (strategy["state"], strategy["build-phase"]["reason"]) == (
            "build-failed",
            "active alarms present [ 100.104 ]",
        )

    def test_release_and_rollback_do_not_go_together(self, vim, software):
        strategy = vim.create(release=software.upload("24.09.1"), rollback=True)
        assert strategy["build-phase"]["reason"] == "Cannot set both release and rollback"


class TestSoftware:
    def test_one_controller_is_locked_deployed_and_unlocked(self, running, vim, software):
        release = software.upload("24.09.1")
        strategy = vim.create(release=release, delete=True)
        assert names(strategy["apply-phase"]) == [
            "sw-upgrade-start",
            "sw-upgrade-worker-hosts",
            "sw-upgrade-complete",
            "sw-deploy-delete",
        ]
        assert steps(strategy["apply-phase"], 1) == [
            "query-alarms",
            "lock-hosts",
            "upgrade-hosts",
            "system-stabilize",
            "unlock-hosts",
            "wait-alarms-clear",
        ]
        strategy = vim.apply()
        assert (strategy["state"], strategy["current-phase"]) == ("applied", "apply")
        assert strategy["current-phase-completion-percentage"] == 100
        assert (software.states()[release], software.deploy()) == ("deployed", "")
        counts = running.system.journal.hosts["controller-0"]
        assert (counts["lock"], counts["reboot"]) == (1, 2)  # one of them its first unlock

    def test_without_a_reboot_nothing_is_locked(self, running, vim, software):
        release = software.upload("24.09.1", reboot_required=False)
        vim.create(release=release, delete=True)
        assert vim.apply()["state"] == "applied"
        assert software.states()[release] == "deployed"
        assert running.system.journal.hosts["controller-0"]["lock"] == 0

    def test_it_stays_completed_where_its_deletion_was_not_asked_for(self, vim, software):
        release = software.upload("24.09.1")
        vim.create(release=release)
        vim.apply()
        assert (software.deploy(), software.states()[release]) == ("completed", "deploying")

    @pytest.mark.parametrize(
        ("version", "order"),
        [("24.09.1", ["controller-1", "controller-0"]), ("25.03", ["controller-1", "controller-0"])],
    )
    def test_the_active_controller_comes_last(self, pair, version, order):
        vim, software = Vim(pair.system), Software(pair.system)
        strategy = vim.create(release=software.upload(version), delete=True)
        assert hosts(strategy["apply-phase"]) == order
        assert vim.apply()["state"] == "applied"
        assert software.deploy() == ""

    def test_a_deployment_that_was_begun_is_gone_on_with(self, vim, software):
        release = software.upload("24.09.1", reboot_required=False)
        software.ok("POST", f"deploy/{release}/start", {})
        software.system.settle()
        strategy = vim.create(release=release, delete=True)
        assert names(strategy["apply-phase"])[0] == "sw-upgrade-worker-hosts"
        assert vim.apply()["state"] == "applied"

    def test_what_is_under_way_goes_back_on_demand(self, running, vim, software):
        release = software.upload("24.09.1", reboot_required=False)
        vim.create(release=release)
        vim.apply()
        vim.send("DELETE", "sw-upgrade/strategy", {"force": False})
        strategy = vim.create(rollback=True)
        assert names(strategy["apply-phase"])[0] == "sw-upgrade-rollback-start"
        assert vim.apply()["state"] == "applied"
        assert (software.deploy(), software.states()[release]) == ("", "available")


class TestFailures:
    def test_a_host_that_does_not_get_it_ends_in_usms_words_and_unlocked(self, running, vim, software):
        software.system.marks.add("deploy-host-fails:controller-0:ostree pull failed")
        vim.create(release=software.upload("24.09.1"), delete=True)
        strategy = vim.apply()
        assert strategy["state"] == "aborted"
        assert strategy["apply-phase"]["result"] == "failed"
        assert "Failed software deploy host controller-0: ostree pull failed" in strategy["apply-phase"]["reason"]
        assert names(strategy["abort-phase"]) == ["abort"]
        assert running.host("controller-0")["administrative"] == "unlocked"
        assert software.deploy() == "host-failed"

    def test_a_lock_that_is_refused_is_the_reason(self, running, vim, software):
        running.system.marks.add("vim-refuses:instance cannot migrate")
        vim.create(release=software.upload("24.09.1"))
        assert "instance cannot migrate" in vim.apply()["apply-phase"]["reason"]

    def test_any_step_fails_on_demand(self, vim, software):
        software.system.marks.add("vim-step-fails:activate-upgrade:an application did not come up")
        vim.create(release=software.upload("24.09.1"))
        strategy = vim.apply()
        assert (strategy["state"], strategy["apply-phase"]["reason"]) == (
            "aborted",
            "an application did not come up",
        )

    def test_a_step_that_never_ends_times_out(self, vim, software):
        software.system.marks.add("vim-hangs-in:lock-hosts")
        vim.create(release=software.upload("24.09.1"))
        assert vim.apply()["apply-phase"]["result"] == "timed-out"

    def test_it_is_aborted_while_it_is_applied_and_only_then(self, vim, software):
        vim.create(release=software.upload("24.09.1"))
        answer = vim.send("POST", "sw-upgrade/strategy/actions", {"action": "abort"})
        assert (answer.status, "Abort rejected" in answer.body["faultstring"]) == (400, True)
        vim.send("POST", "sw-upgrade/strategy/actions", {"action": "apply-all"})
        assert vim.send("POST", "sw-upgrade/strategy/actions", {"action": "abort"}).status == 202
        vim.system.settle()
        assert vim.strategy()["state"] == "aborted"

    def test_stages_are_applied_one_by_one_on_demand(self, vim, software):
        vim.create(release=software.upload("24.09.1"))
        vim.send("POST", "sw-upgrade/strategy/actions", {"action": "apply-stage", "stage-id": 0})
        vim.system.settle()
        assert (vim.strategy()["state"], software.deploy()) == ("applying", "start-done")
        assert vim.apply()["state"] == "applied"


class TestKubernetes:
    def test_on_one_controller_nothing_is_locked(self, running, vim):
        vim.create("kube-upgrade", to_version="1.30.6")
        assert vim.apply("kube-upgrade")["state"] == "applied"
        states = {row["version"]: row["state"] for row in running.get("/kube_versions")["kube_versions"]}
        assert (states["v1.30.6"], states["v1.29.2"]) == ("active", "unavailable")
        assert running.get("/kube_upgrade")["kube_upgrades"] == []
        assert running.system.journal.hosts["controller-0"]["lock"] == 0

    def test_on_two_each_is_locked_for_its_kubelet(self, pair):
        vim = Vim(pair.system)
        vim.create("kube-upgrade", to_version="v1.30.6")
        assert vim.apply("kube-upgrade")["state"] == "applied"
        assert [pair.system.journal.hosts[f"controller-{n}"]["lock"] for n in (0, 1)] == [1, 1]

    @pytest.mark.parametrize(
        ("version", "word"), [("v1.99.0", "Invalid to_version"), ("v1.29.2", "already upgraded to: v1.29.2")]
    )
    def test_what_is_no_target_fails_the_build(self, vim, version, word):
        assert word in vim.create("kube-upgrade", to_version=version)["build-phase"]["reason"]

    def test_what_is_not_available_fails_at_its_start(self, vim):
        vim.create("kube-upgrade", to_version="v1.28.4")
        assert "not in available state" in vim.apply("kube-upgrade")["apply-phase"]["reason"]


def test_hosts_whose_configuration_waits_for_a_lock_get_one(running, vim):
    assert vim.create("system-config-update")["state"] == "build-failed"
    vim.send("DELETE", "system-config-update/strategy", {"force": False})
    config.mark_out_of_date(running.system, [running.host("controller-0")], reboot=True)
    vim.create("system-config-update")
    assert vim.apply("system-config-update")["state"] == "applied"
    assert running.system.journal.hosts["controller-0"]["lock"] == 1
