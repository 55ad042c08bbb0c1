"""The release of a site: what USM's lists say that it runs, and what VIM is asked for."""

from __future__ import annotations

import pytest

from reconciler.kinds import registry
from reconciler.model.change import Change, FieldChange
from reconciler.model.condition import Condition
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption, Service

KINDS = registry()
KIND, UPLOADED = KINDS["software-release"], KINDS["uploaded-release"]
KEY = ResourceKey("software-release", "")
OLD, NEW = "24.09.0", "24.09.1"


def host(name, *, active=False, personality="", state="unlocked"):
    facts = {
        "administrative": state,
        "operational": "enabled",
        "availability": "available",
        "invprovision": "provisioned",
    }
    return HostState(name, name, 1, personality or name.split("-")[0], is_active=active, **facts)


ALONE = (host("controller-0", active=True),)
PAIR = (host("controller-0", active=True), host("controller-1"))
LARGE = (*PAIR, host("storage-1"), host("storage-0"), *(host(f"worker-{n}") for n in range(3)))


def row(version, state, **more):
    return {"release_id": f"starlingx-{version}", "sw_version": version, "state": state, **more}


STANDING = {"management-state": "managed", "availability-status": "online", "sync": {"software": "out-of-sync"}}


def rows(*releases, deploy=None, strategy=None, standing=None):
    return Rows(
        {
            **({} if standing is None else {("standing", ""): (standing,)}),
            ("usm_releases", ""): releases,
            ("usm_deploy", ""): (deploy,) if deploy else (),
            ("vim_strategy", ""): ({"strategy": strategy},),
        }
    )


def seen(found):
    return next(iter(KIND.read(found))).spec


def changed(wanted, found, hosts=ALONE, *, release="24.09", rollback=None, workers_out=1, by=None):
    """The change to a release, with what is needed to judge it."""
    mode = "simplex" if len(hosts) == 1 else "duplex"
    state = SystemState("ottawa", "u", mode, "All-in-one", release, {h.name: h for h in hosts})
    have = next(iter(KIND.read(found)))
    said = {"rollback": rollback, "by": by}
    want = KIND.spec(release=wanted, **{name: value for name, value in said.items() if value is not None})
    there = {r.key: r for r in (have, *UPLOADED.read(found))}
    context = Context(
        Snapshot("ottawa", {KEY: Resource(KEY, want)}, system=state),
        Snapshot("ottawa", there, system=state),
        workers_out=workers_out,
    )
    fields = (FieldChange("release", have.spec.release, wanted),)
    return Change(KEY, Action.UPDATE, Resource(KEY, want), have, fields), context


def calls(*args, **said):
    change, context = changed(*args, **said)
    return list(KIND.write([change], context))


def errand(*args, **said):
    return next(call.errand for call in calls(*args, **said) if call.errand)


def why_not(*args, **said):
    change, context = changed(*args, **said)
    return KIND.why_not(change, context)


BOTH = (row(OLD, "deployed"), row(NEW, "available", reboot_required=True))


class TestWhatItRuns:
    @pytest.mark.parametrize(
        ("releases", "runs"),
        [
            ((row(OLD, "deployed"),), OLD),
            ((row("24.09.10", "deployed"), row("24.09.9", "deployed")), "24.09.10"),
            ((row(OLD, "committed"), row(NEW, "available")), OLD),
            ((row(OLD, "unavailable"), row("25.03.0", "deployed")), "25.03.0"),
            ((row(OLD, "uploading"),), None),
        ],
    )
    def test_it_is_the_highest_that_is_deployed(self, releases, runs):
        assert seen(rows(*releases)).release == runs

    @pytest.mark.parametrize(
        ("state", "runs"), [("start", OLD), ("start-done", OLD), ("host", None), ("completed", None)]
    )
    def test_between_two_it_runs_neither_once_a_host_was_reached(self, state, runs):
        deploy = {"from_release": OLD, "to_release": NEW, "state": state}
        assert seen(rows(row(OLD, "deployed"), row(NEW, "deploying"), deploy=deploy)).release == runs

    def test_where_usm_was_not_read_nothing_is_known(self):
        assert list(KIND.read(Rows())) == []


class TestWhatVimIsAskedFor:
    def test_a_strategy_is_built_applied_and_taken_away(self):
        made = calls(NEW, rows(*BOTH))
        path = "/api/orchestration/sw-upgrade/strategy"
        assert [(c.method, c.path) for c in made] == [("POST", path), ("POST", f"{path}/actions"), ("DELETE", path)]
        assert {c.service for c in made} == {Service.VIM}
        assert made[0].body == {
            "controller-apply-type": "serial",
            "storage-apply-type": "serial",
            "worker-apply-type": "serial",
            "default-instance-action": "stop-start",
            "alarm-restrictions": "relaxed",
            "release": "starlingx-24.09.1",
            "delete": True,
        }
        assert made[1].until.outlasts, "a controller that is alone is down meanwhile"

    def test_what_was_left_of_an_earlier_one_is_taken_away_first(self):
        made = calls(NEW, rows(*BOTH, strategy={"name": "sw-upgrade", "state": "aborted"}))
        assert [c.method for c in made] == ["DELETE", "POST", "POST", "DELETE"]

    def test_later_systems_get_a_list(self):
        found = rows(row("26.10.0", "deployed"), row("26.10.1", "available"))
        made = calls("26.10.1", found, release="26.10")
        assert made[0].body["release"] == ["starlingx-26.10.1"]
        assert errand("26.10.1", found, release="26.10").asks.body == {
            "releases": ["starlingx-26.10.1"],
            "force": "true",
        }

    def test_the_precheck_is_asked_as_the_site_takes_it(self):
        asked = errand(NEW, rows(*BOTH)).asks
        assert (asked.service, asked.path) == (Service.USM, "/v1/deploy/starlingx-24.09.1/precheck")

    def test_what_is_not_there_yet_is_not_asked_about(self):
        assert errand(NEW, rows(BOTH[0])).asks is None

    def test_hosts_are_named_in_vims_order(self):
        found = errand(NEW, rows(*BOTH), LARGE, workers_out=2)
        assert found.hosts == (
            ("controller-1",),
            ("controller-0",),
            ("storage-0",),
            ("storage-1",),
            ("worker-0", "worker-1"),
            ("worker-2",),
        )
        assert (found.failure, found.locks, found.release) == (Condition.DEPLOY_FAILED, True, NEW)

    def test_of_a_major_release_controller_1_is_first_whichever_is_active(self):
        hosts = (host("controller-0"), host("controller-1", active=True))
        releases = (BOTH[0], row("25.03.0", "available"))
        assert errand("25.03.0", rows(*releases), hosts).hosts[0] == ("controller-1",)
        assert errand(NEW, rows(*BOTH), hosts).hosts[0] == ("controller-0",)

    def test_a_deployment_under_way_is_rolled_back_where_git_says_so(self):
        deploy = {"from_release": OLD, "to_release": NEW, "state": "host-failed"}
        found = rows(BOTH[0], row(NEW, "deploying"), deploy=deploy)
        made = calls(OLD, found, LARGE, rollback=True)
        assert made[0].body["rollback"] is True
        assert {"release", "delete"} & made[0].body.keys() == set()
        back = errand(OLD, found, LARGE, rollback=True)
        assert (back.is_back, back.hosts[-2:]) == (True, (("controller-1",), ("controller-0",)))


class TestWhatItCosts:
    @pytest.mark.parametrize(
        ("reboots", "price"), [(True, Disruption.REBOOT), (False, Disruption.SERVICE), (None, Disruption.REBOOT)]
    )
    def test_a_reboot_where_the_release_needs_one_or_nobody_knows(self, reboots, price):
        change, context = changed(NEW, rows(BOTH[0], row(NEW, "available", reboot_required=reboots)))
        assert KIND.disruption_of(change, context) is price

    def test_what_comes_along_counts(self):
        found = rows(
            BOTH[0],
            row(NEW, "available", reboot_required=True),
            row("24.09.2", "available", reboot_required=False, requires=["starlingx-24.09.1"]),
        )
        assert KIND.disruption_of(*changed("24.09.2", found)) is Disruption.REBOOT


class TestWhatIsImpossible:
    DEPLOYED = (row(OLD, "deployed"), row(NEW, "deployed"))

    @pytest.mark.parametrize(
        ("wanted", "found", "said", "word"),
        [
            (OLD, rows(*DEPLOYED), {}, "only with software.rollback: true"),
            (OLD, rows(*DEPLOYED), {"rollback": False}, "only with software.rollback: true"),
            (OLD, rows(row(OLD, "deployed"), row(NEW, "committed")), {"rollback": True}, "24.09.1 cannot be removed"),
            (OLD, rows(row(OLD, "unavailable"), row("25.03.0", "deployed")), {"rollback": True}, "reinstallation"),
            ("25.03.0", rows(BOTH[0], row("25.03.0", "unavailable")), {}, "25.03.0 is unavailable on the site"),
            (NEW, rows(*BOTH, strategy={"name": "kube-upgrade", "state": "applied"}), {}, "VIM keeps a kube-upgrade"),
        ],
    )
    def test_it_is_said_with_what_it_takes(self, wanted, found, said, word):
        assert word in why_not(wanted, found, **said)

    @pytest.mark.parametrize(
        ("wanted", "state", "said", "word"),
        [
            (NEW, "start-failed", {}, "software deploy delete"),
            ("24.09.2", "host", {}, "has to be completed, or undone"),
            (OLD, "host", {}, "undone only with software.rollback: true"),
            (OLD, "host", {"rollback": True}, ""),
            (NEW, "host-failed", {}, ""),
        ],
    )
    def test_what_is_under_way_is_ended_first(self, wanted, state, said, word):
        deploy = {"from_release": OLD, "to_release": NEW, "state": state}
        told = why_not(wanted, rows(BOTH[0], row(NEW, "deploying"), deploy=deploy), **said)
        assert word in told if word else told == ""

    def test_what_removes_patches_cannot_be_undone(self):
        deploy = {"from_release": NEW, "to_release": OLD, "state": "host"}
        told = why_not(NEW, rows(BOTH[0], row(NEW, "removing"), deploy=deploy), rollback=True)
        assert "what removes a patch cannot be undone" in told

    def test_a_host_that_somebody_locked_keeps_vim_from_it(self):
        told = why_not(NEW, rows(*BOTH), (host("controller-0", active=True), host("controller-1", state="locked")))
        assert told.startswith("locked-by-operator: ")
        assert "controller-1 is locked-enabled-available" in told

    def test_back_to_a_patch_is_possible_where_git_says_so(self):
        assert why_not(OLD, rows(*self.DEPLOYED), rollback=True) == ""


def test_a_deployment_of_somebody_elses_that_goes_back_is_not_gone_on_with_where_git_does_not_say_rollback():
    deploy = {"from_release": NEW, "to_release": OLD, "state": "start-done"}
    found = rows(row(OLD, "deployed"), row(NEW, "deployed"), deploy=deploy)
    assert "it goes back only with software.rollback: true" in why_not(OLD, found)
    assert why_not(OLD, found, rollback=True) == ""


def test_what_vim_has_and_did_not_say_is_not_taken_for_nothing():
    found = Rows({place: listed for place, listed in rows(*BOTH).listed.items() if place[0] != "vim_strategy"})
    assert "what strategy its VIM has could not be read" in why_not(NEW, found)


def test_without_its_deployment_nobody_knows_what_a_site_runs():
    found = Rows({place: listed for place, listed in rows(*BOTH).listed.items() if place[0] != "usm_deploy"})
    assert list(KIND.read(found)) == []


class TestByDcmanager:
    """Its strategy has the site's VIM do it, where it would: the site need not go that way, and says why not."""

    def test_one_call_orders_it_whose_end_is_that_of_the_sites_step(self):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing=STANDING)
        (call,) = calls(NEW, found, by="dcmanager")
        assert (call.method, call.path, call.service) == ("POST", "/v1.0/sw-update-strategy", Service.STRATEGY)
        assert call.body == {"type": "sw-deploy", "release_id": f"starlingx-{NEW}", "delete": "true"}
        assert (call.until.path, call.until.values) == ("/v1.0/sw-update-strategy/steps/ottawa", ("complete",))
        assert (call.errand.strategy, call.errand.locked_hosts) == ("sw-deploy", ("controller-0",))
        assert call.errand.asks is not None
        assert why_not(NEW, found, by="dcmanager") == ""

    def test_without_the_word_it_is_the_sites_own_vim(self):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing=STANDING)
        assert {call.service for call in calls(NEW, found)} == {Service.VIM}
        assert all(call.errand.why == "" for call in calls(NEW, found) if call.errand)

    @pytest.mark.parametrize(
        ("standing", "why"),
        [
            ({"is_nowhere": True}, "fleet.yaml names no central cloud"),
            ({}, "dcmanager has no subcloud of this name"),
            ({**STANDING, "management-state": "unmanaged"}, "dcmanager has it as unmanaged"),
            (
                {**STANDING, "management-state": "unmanaged", "availability-status": "offline"},
                "dcmanager has it as unmanaged and offline",
            ),
            ({**STANDING, "sync": {"software": "in-sync"}}, "to dcmanager its software is in-sync with the centre's"),
        ],
    )
    def test_what_it_would_do_nothing_for_goes_by_the_sites_vim_and_says_why(self, standing, why):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing=standing)
        made = calls(NEW, found, by="dcmanager")
        assert {call.service for call in made} == {Service.VIM}
        assert [call.errand.why for call in made if call.errand] == [why]
        assert why_not(NEW, found, by="dcmanager") == ""

    @pytest.mark.parametrize(
        ("standing", "word"),
        [
            ({"unread": "dcmanager gave no usable answer"}, "not known yet: dcmanager gave no usable answer"),
            (None, "not known yet: nobody has looked at its row there"),
            ({**STANDING, "sync": {"software": "unknown"}}, "has not found out whether its software is in sync"),
        ],
    )
    def test_what_is_not_known_yet_is_waited_for(self, standing, word):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing=standing)
        assert word in why_not(NEW, found, by="dcmanager")
        assert why_not(NEW, found) == ""

    @pytest.mark.parametrize(
        ("hosts", "workers_out", "why"),
        [
            (LARGE, 10, "dcmanager would have storage hosts go together"),
            ((*PAIR, host("worker-0"), host("worker-1")), 1, "maxWorkersOut lets 1"),
            ((*PAIR, host("worker-0"), host("worker-1")), 2, ""),
            ((*PAIR, host("worker-0")), 1, ""),
        ],
    )
    def test_hosts_that_git_wants_one_after_another_do_not_go_by_it(self, hosts, workers_out, why):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing=STANDING)
        made = calls(NEW, found, hosts, by="dcmanager", workers_out=workers_out)
        (told,) = [call.errand.why for call in made if call.errand]
        assert (why in told, bool(told)) == (True, bool(why))

    def test_where_it_would_not_do_it_anyway_the_centre_is_not_waited_for(self):
        found = rows(row(OLD, "deployed"), row(NEW, "available"), standing={"unread": "dark"})
        assert why_not(NEW, found, LARGE, by="dcmanager", workers_out=10) == ""

    def test_nor_does_an_earlier_release_or_a_deployment_that_is_there(self):
        back = rows(row(OLD, "deployed"), row(NEW, "deployed", unremovable=False), standing=STANDING)
        (told,) = [call.errand.why for call in calls(OLD, back, rollback=True, by="dcmanager") if call.errand]
        assert told == f"{OLD} is older than what the site runs, and dcmanager removes no patches"
        deploy = {"from_release": OLD, "to_release": NEW, "state": "host-failed"}
        half = rows(row(OLD, "deployed"), row(NEW, "deploying"), deploy=deploy, standing=STANDING)
        (told,) = [call.errand.why for call in calls(NEW, half, by="dcmanager") if call.errand]
        assert told == f"a deployment to {NEW} is on the site already"

    def test_what_its_own_strategy_left_half_way_is_gone_on_with_by_another(self):
        deploy = {"from_release": OLD, "to_release": NEW, "state": "host-failed"}
        standing = {**STANDING, "left": "sw-deploy"}
        half = rows(row(OLD, "deployed"), row(NEW, "deploying"), deploy=deploy, standing=standing)
        (call,) = calls(NEW, half, by="dcmanager")
        assert (call.errand.strategy, call.errand.is_left, call.errand.asks) == ("sw-deploy", True, None)
