"""What holds a plan that policy permits: the site, its surroundings and the fleet's word in, a reason out."""

from dataclasses import replace

import pytest

from reconciler.engine.gates import holds, registry
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.board_check import BoardCheck, BoardFinding
from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.central import Attention, CentralStrategy, Subcloud
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.gate import (
    TOLERATED,
    AlarmPolicy,
    AlarmRestriction,
    Case,
    Freeze,
    GateName,
    Surroundings,
    Suspension,
)
from reconciler.model.host import HostState, SystemState
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.plan import Call, Errand, Opening, Plan, Stage, StageType, Step
from reconciler.model.rollout import Member, Rollout, Said, Turn, Words
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption, Service
from reconciler.plan import stage_id

NOW = 1_795_004_800.0  # 12:26:40 UTC
NIGHTLY = MaintenanceWindow(cron="0 1 * * *", duration="4h")
MIDDAY = MaintenanceWindow(cron="0 12 * * *", duration="1h")


def controller(number, **said):
    words = {"administrative": "unlocked", "operational": "enabled", "availability": "available", **said}
    return HostState(f"controller-{number}", f"uuid-{number}", number, personality="controller", **words)


def duplex(**second):
    hosts = {host.name: host for host in (controller(0, is_active=True), controller(1, **second))}
    return SystemState(mode="duplex", type="All-in-one", hosts=hosts)


def window(host):
    return Stage(StageType.WINDOW, host, opening=Opening.LOCK, unlocks=True, disruption=Disruption.LOCK)


ONLINE = Plan("online", "sc-0412", (Stage(StageType.ONLINE),))


def deploys(release, *, is_back=False, locks=True, **facts):
    """A plan by which VIM takes both controllers to a release, or back to it."""
    hosts = (("controller-1",), ("controller-0",))
    errand = Errand(hosts, Condition.DEPLOY_FAILED, locks, release, is_back, **facts)
    price = Disruption.REBOOT if locks else Disruption.SERVICE
    step = Step("software-release", "", (), (Call("POST", "/actions", errand=errand),), price)
    return Plan("deploys", "sc-0412", (Stage(StageType.ONLINE, steps=(step,), disruption=price),))


NOTICED = Plan("noticed", "sc-0412", (Stage(StageType.ONLINE, disruption=Disruption.SERVICE),))
LOCKING = Plan("locking", "sc-0412", (window("controller-0"),))
BOTH = Plan("both", "sc-0412", (window("controller-1"), window("controller-0")))
CASE = Case("sc-0412", "edge", LOCKING, duplex(), Surroundings(), NOW)


def alarm(number, entity="host=controller-0", severity=AlarmSeverity.MAJOR, *, affects_management=True):
    return Alarm(f"uuid-{number}", number, entity, severity, affects_management=affects_management)


def with_alarms(*alarms, plan=LOCKING, **policy):
    return replace(CASE, plan=plan, surroundings=Surroundings(alarms), alarm_policy=AlarmPolicy(**policy))


def told(case):
    return {hold.gate: hold.reason for hold in holds(case)}


def test_every_gate_has_its_file():
    policies = {GateName.MODE, GateName.POLICY, GateName.APPROVAL, GateName.FIGHTING}
    assert tuple(registry()) == tuple(name for name in GateName if name not in policies)


def in_rollout(**said):
    members = {"sc-0001": Member("sc-0001", 0), "sc-0412": Member("sc-0412", 1)}
    return replace(CASE, plan=ONLINE, turn=Turn(Rollout("7c1f", "c0ffee", Strategy(), members, NOW, **said)))


def test_a_site_waits_for_its_wave():
    assert told(in_rollout()) == {GateName.ROLLOUT: "wave 2 of rollout 7c1f: waits for 1 site of wave 1"}


def test_a_site_waits_until_it_is_known_which_sites_a_commit_changes():
    assert list(told(replace(CASE, plan=ONLINE, turn=Turn(is_counted=False)))) == [GateName.ROLLOUT]


def test_a_commit_that_does_too_much_waits_as_a_whole_and_goes_by_waves_once_it_is_approved():
    heavy = {"mass": "changes 400 of 500 sites (the limit is 20%)"}
    assert list(told(in_rollout(**heavy))) == [GateName.MASS]
    assert list(told(in_rollout(**heavy, words=Words(approved=Said("day-shift", NOW))))) == [GateName.ROLLOUT]


def test_a_plan_that_nothing_holds_is_sent():
    assert holds(CASE) == ()


class TestBoard:
    STEP = Step("host", "controller-1", (), (), Disruption.REINSTALL)
    ANEW = Plan("anew", "sc-0412", (Stage(StageType.ONLINE, steps=(STEP,), disruption=Disruption.REINSTALL),))

    def found(self, *findings, plan=ANEW):
        return replace(CASE, plan=plan, surroundings=Surroundings(boards=findings))

    def test_each_thing_that_is_wrong_with_the_controller_of_a_host_that_is_reinstalled_is_told(self):
        media = BoardFinding("controller-1", BoardCheck.NO_MEDIA, "none", NOW + 60.0)
        other = BoardFinding("controller-1", BoardCheck.OTHER_MACHINE, "no port", NOW + 60.0)
        [hold] = holds(self.found(media, other))
        assert (hold.gate, hold.until) == (GateName.BOARD, NOW + 60.0)
        assert hold.reason == (
            "not to be installed: controller-1 no-virtual-media: none; controller-1 other-machine: no port"
        )

    def test_where_one_waits_for_a_person_nobody_can_say_when_it_opens(self):
        media = BoardFinding("controller-1", BoardCheck.NO_MEDIA, "none", NOW + 60.0)
        password = BoardFinding("controller-1", BoardCheck.PASSWORD, "401", None)
        [hold] = holds(self.found(media, password))
        assert hold.until is None

    def test_it_holds_nothing_that_installs_no_host_anew(self):
        media = BoardFinding("controller-1", BoardCheck.NO_MEDIA, "none")
        assert holds(self.found(media, plan=NOTICED)) == ()

    def test_what_is_of_no_host_installs_the_first(self):
        whole = replace(self.STEP, host="")
        plan = replace(self.ANEW, stages=(replace(self.ANEW.stages[0], steps=(whole,)),))
        assert plan.reinstalled == {"controller-0"}

    def test_nothing_found_is_nothing_held(self):
        assert holds(self.found()) == ()


class TestAlarms:
    def test_one_that_affects_management_holds_a_lock(self):
        assert told(with_alarms(alarm("400.005"))) == {
            GateName.ALARMS: "alarms stand: 400.005 major on host=controller-0"
        }

    def test_it_holds_nothing_that_locks_no_host(self):
        assert holds(with_alarms(alarm("400.005"), plan=NOTICED)) == ()

    def test_those_of_a_host_that_the_plan_has_out_hold_nothing_but_those_of_storage(self):
        out = with_alarms(alarm("200.005", "host=worker-0"), plan=LOCKING)
        assert list(told(out)) == [GateName.ALARMS]
        assert holds(replace(out, out=frozenset({"worker-0"}))) == ()
        stored = with_alarms(alarm("800.001", "host=worker-0"), plan=LOCKING)
        assert list(told(replace(stored, out=frozenset({"worker-0"})))) == [GateName.ALARMS]

    @pytest.mark.parametrize("number", [number for number in TOLERATED if number != "200.001"])
    def test_those_that_vim_tolerates_hold_nothing(self, number):
        assert holds(with_alarms(alarm(number), alarm(number, "host=controller-1"), restriction="strict")) == ()

    def test_ntp_on_a_pair_runs_though_both_are_out_of_date_and_waits_while_the_peer_has_failed(self):
        out_of_date = [alarm("250.001", f"host=controller-{n}") for n in (0, 1)]
        assert holds(with_alarms(*out_of_date, plan=BOTH)) == ()
        failed = alarm("200.004", "host=controller-1", AlarmSeverity.CRITICAL)
        assert told(with_alarms(*out_of_date, failed, plan=BOTH)) == {
            GateName.ALARMS: "alarms stand: 200.004 critical on host=controller-1"
        }

    def test_one_that_affects_nothing_holds_only_where_all_do(self):
        minor = alarm("100.114", severity=AlarmSeverity.MINOR, affects_management=False)
        assert holds(with_alarms(minor)) == ()
        assert GateName.ALARMS in told(with_alarms(minor, restriction=AlarmRestriction.STRICT))

    def test_the_fleet_may_pass_one_over(self):
        assert holds(with_alarms(alarm("400.005"), ignore=("400.005",))) == ()

    def test_one_that_stands_because_of_what_the_plan_ends_is_passed_over_there_alone(self):
        standing = alarm("900.006", "system=ottawa", AlarmSeverity.MINOR)
        assert GateName.ALARMS in told(with_alarms(standing, plan=deploys("24.09.1")))
        (stage,) = deploys("24.09.1").stages
        errand = replace(stage.errands[0], tolerates=("900.006",))
        (step,) = stage.steps
        writes = replace(stage, steps=(replace(step, calls=(replace(step.calls[0], errand=errand),)),))
        assert GateName.ALARMS not in told(with_alarms(standing, plan=Plan("writes", "sc-0412", (writes,))))

    @pytest.mark.parametrize(("number", "entity"), [("800.001", "cluster=1c2d"), ("400.005", "host=controller-1")])
    def test_but_not_those_of_storage_and_of_the_partner(self, number, entity):
        assert GateName.ALARMS in told(with_alarms(alarm(number, entity), ignore=(number,)))

    def test_the_worst_three_are_told(self):
        many = [alarm(f"300.00{n}", "host=worker-0") for n in range(1, 6)]
        worst = alarm("200.006", "host=worker-1", AlarmSeverity.CRITICAL)
        (reason,) = told(with_alarms(*many, worst)).values()
        assert reason.startswith("alarms stand: 200.006 critical on host=worker-1, ")
        assert reason.endswith(" and 3 more")

    def test_a_lock_waits_until_they_can_be_read(self):
        silent = Surroundings(unread={Service.FAULT: "timeout"})
        assert told(replace(CASE, surroundings=silent)) == {GateName.ALARMS: "alarms could not be read: timeout"}
        assert holds(replace(CASE, plan=NOTICED, surroundings=silent)) == ()


class TestRedundancy:
    def test_a_partner_that_is_locked_could_not_take_over(self):
        case = replace(CASE, system=duplex(administrative="locked", operational="disabled", availability="online"))
        assert told(case) == {
            GateName.REDUNDANCY: "controller-1 is locked-disabled-online: it could not take over while controller-0 is locked"
        }

    def test_a_partner_whose_window_the_plan_closes_first_takes_over(self):
        ours = replace(window("controller-1"), opening=Opening.ADOPT)
        closing = Plan("p", "sc-0412", (ours, window("controller-0")))
        out = duplex(administrative="locked", operational="disabled", availability="online")
        assert holds(replace(CASE, plan=closing, system=out)) == ()
        late = Plan("p", "sc-0412", (window("controller-0"), ours))
        assert GateName.REDUNDANCY in told(replace(CASE, plan=late, system=out))

    def test_a_pair_of_which_one_is_missing_has_nobody(self):
        alone = SystemState(mode="duplex", hosts={"controller-0": controller(0, is_active=True)})
        assert told(replace(CASE, system=alone)) == {
            GateName.REDUNDANCY: "controller-0 has no partner that would take over while it is locked"
        }

    def test_a_system_of_one_has_none_and_needs_none(self):
        single = SystemState(mode="simplex", hosts={"controller-0": controller(0, is_active=True)})
        assert holds(replace(CASE, system=single)) == ()

    def test_a_storage_host_is_not_locked_while_one_with_the_same_data_is_out(self):
        stores = [HostState(f"storage-{n}", f"u{n}", n, "storage", peers=f"group-{n // 2}") for n in range(4)]
        up = {"administrative": "unlocked", "operational": "enabled", "availability": "available"}
        hosts = {host.name: replace(host, **up) for host in stores if host.name != "storage-1"} | {
            "storage-1": stores[1]
        }
        system = replace(duplex(), hosts={**duplex().hosts, **hosts})
        of_store = {n: Plan("s", "sc-0412", (window(f"storage-{n}"),)) for n in (0, 2)}
        [reason] = told(replace(CASE, plan=of_store[0], system=system)).values()
        assert reason.endswith("it has the copies of what storage-0 has (group-0)")
        assert holds(replace(CASE, plan=of_store[2], system=system)) == ()

    def test_a_worker_needs_none(self):
        worker = HostState("worker-0", "uuid-9", 9, personality="worker")
        system = replace(
            duplex(availability="failed"), hosts={**duplex(availability="failed").hosts, "worker-0": worker}
        )
        assert holds(replace(CASE, plan=Plan("w", "sc-0412", (window("worker-0"),)), system=system)) == ()


class TestOtherWriters:
    @pytest.mark.parametrize("plan", [ONLINE, LOCKING])
    def test_a_strategy_that_is_at_work_holds_every_plan(self, plan):
        case = replace(
            CASE, plan=plan, surroundings=Surroundings(orchestration=Orchestration("sw-upgrade", "applying"))
        )
        assert told(case) == {GateName.OTHER_WRITER: "VIM's sw-upgrade strategy is applying"}

    def test_a_strategy_that_ended_holds_nothing(self):
        assert (
            holds(replace(CASE, surroundings=Surroundings(orchestration=Orchestration("sw-upgrade", "applied")))) == ()
        )

    def test_a_deployment_holds_until_it_is_deleted(self):
        busy = Surroundings(deployment=Deployment("25.09.0", "25.09.1", "completed"))
        assert told(replace(CASE, surroundings=busy)) == {
            GateName.OTHER_WRITER: "the software deployment from 25.09.0 to 25.09.1 is in state completed, and not deleted"
        }

    @pytest.mark.parametrize(
        ("state", "left", "errand", "is_open"),
        [
            ("host-failed", Orchestration("sw-upgrade", "aborted"), deploys("25.09.1"), True),
            ("completed", Orchestration("sw-upgrade", "applied"), deploys("25.09.1"), True),
            ("host-failed", Orchestration("sw-upgrade", "aborted"), deploys("25.09.0", is_back=True), True),
            ("host-failed", None, deploys("25.09.1"), False),  # somebody's own
            ("host-failed", None, deploys("25.09.1", strategy="sw-deploy"), False),
            ("host-failed", None, deploys("25.09.1", strategy="sw-deploy", is_left=True), True),  # ours, by dcmanager
            ("activate", None, deploys("25.09.1", strategy="sw-deploy", is_left=True), False),
            ("host-failed", None, deploys("25.09.2", strategy="sw-deploy", is_left=True), False),
            ("host-failed", Orchestration("kube-upgrade", "aborted"), deploys("25.09.1"), False),
            ("activate", Orchestration("sw-upgrade", "aborted"), deploys("25.09.1"), False),  # it moves this moment
            ("host-failed", Orchestration("sw-upgrade", "aborted"), deploys("25.09.2"), False),
        ],
    )
    def test_what_a_strategy_left_half_way_is_gone_on_with_by_the_plan_that_wants_it(
        self, state, left, errand, is_open
    ):
        around = Surroundings(orchestration=left, deployment=Deployment("25.09.0", "25.09.1", state))
        case = replace(CASE, plan=errand, surroundings=around)
        assert (GateName.OTHER_WRITER not in told(case)) is is_open

    @pytest.mark.parametrize("plan", [ONLINE, LOCKING])
    def test_what_dcmanager_does_with_the_site_holds_every_plan(self, plan):
        row = Subcloud("sc-0412", "r", 1, "managed", "online", "configuring", "26.03")
        case = replace(CASE, plan=plan, surroundings=Surroundings(attention=Attention(row)))
        assert told(case) == {GateName.OTHER_WRITER: "dcmanager is at work: its deploy status is configuring"}

    def test_a_strategy_of_the_central_cloud_holds_the_sites_that_it_goes_to(self):
        strategy = CentralStrategy("kubernetes", "applying", {"sc-0412": "kube upgrade pre check"})
        case = replace(CASE, surroundings=Surroundings(attention=Attention(None, strategy)))
        assert told(case) == {
            GateName.OTHER_WRITER: "dcmanager's kubernetes strategy is applying, here at: kube upgrade pre check"
        }
        assert holds(replace(case, site="sc-0001")) == ()

    @pytest.mark.parametrize(
        ("state", "told_of"), [("applying", "applying"), ("complete", "complete, and not deleted")]
    )
    def test_another_strategy_of_it_holds_who_goes_by_one_and_nobody_else(self, state, told_of):
        there = Surroundings(attention=Attention(None, CentralStrategy("firmware", state, {"sc-0001": "x"})))
        case = replace(CASE, plan=deploys("24.09.1"), surroundings=there)
        assert holds(case) == ()
        assert told(replace(case, plan=deploys("24.09.1", strategy="sw-deploy"))) == {
            GateName.OTHER_WRITER: f"dcmanager has one strategy at a time: a firmware strategy is there, {told_of}"
        }

    @pytest.mark.parametrize("service", [Service.VIM, Service.USM, Service.DCMANAGER])
    def test_each_of_them_may_be_the_one_that_is_silent(self, service):
        case = replace(CASE, surroundings=Surroundings(unread={service: "503"}))
        assert list(told(case)) == [GateName.OTHER_WRITER]
        assert holds(replace(case, plan=ONLINE)) == ()

    def test_who_cannot_be_asked_may_be_at_work(self):
        silent = Surroundings(unread={Service.USM: "503"})
        assert told(replace(CASE, surroundings=silent)) == {
            GateName.OTHER_WRITER: "whether somebody else is at work could not be read: 503"
        }
        assert holds(replace(CASE, plan=ONLINE, surroundings=silent)) == ()


class TestWindows:
    def test_outside_of_it_a_lock_waits_for_the_next_one(self):
        (hold,) = holds(replace(CASE, windows=(NIGHTLY,)))
        assert (hold.gate, hold.reason) == (GateName.WINDOW, "outside the maintenance windows")
        assert hold.until == NIGHTLY.opens_at(NOW)

    def test_what_nobody_notices_waits_for_none(self):
        assert holds(replace(CASE, plan=ONLINE, windows=(NIGHTLY,))) == ()

    def test_in_it_a_plan_that_fits_is_sent(self):
        assert holds(replace(CASE, windows=(MIDDAY,), needed_s=1800.0)) == ()

    def test_a_plan_that_would_not_end_in_it_is_not_begun(self):
        (hold,) = holds(replace(CASE, windows=(MIDDAY,), needed_s=2400.0))
        assert hold.reason == "takes about 40m, and the open window ends in 33m20s"
        assert hold.until == MIDDAY.opens_at(NOW)

    def test_a_plan_that_never_fits_is_told(self):
        (hold,) = holds(replace(CASE, windows=(MIDDAY, NIGHTLY), needed_s=5 * 3600.0))
        assert (hold.reason, hold.until) == ("takes about 5h: no maintenance window is as long", None)


class TestWord:
    """What people say: freeze, suspension, veto. They hold every plan."""

    def test_a_frozen_fleet_stands_still_until_the_end(self):
        freeze = Freeze(begins=NOW - 60, ends=NOW + 3600, reason="elections")
        (hold,) = holds(replace(CASE, plan=ONLINE, freezes=(freeze,)))
        assert (hold.gate, hold.reason, hold.until) == (GateName.FREEZE, "frozen: elections", NOW + 3600)

    @pytest.mark.parametrize(
        "said", [{"groups": ("core",)}, {"begins": NOW + 60}, {"begins": NOW - 3600, "ends": NOW}], ids=str
    )
    def test_other_groups_and_times_do_not_count(self, said):
        freeze = Freeze(**{"begins": NOW - 60, "ends": NOW + 3600, "reason": "elections", **said})
        assert holds(replace(CASE, freezes=(freeze,))) == ()

    @pytest.mark.parametrize(
        ("whose", "reason"),
        [
            ({"site": "sc-0412"}, "sc-0412 is suspended by night-shift: flooding"),
            ({"group": "edge"}, "group edge is suspended by night-shift: flooding"),
        ],
    )
    def test_a_suspended_site_or_group_is_left_alone(self, whose, reason):
        case = replace(CASE, plan=ONLINE, suspensions=(Suspension("night-shift", "flooding", NOW - 5, **whose),))
        assert told(case) == {GateName.SUSPENDED: reason}

    @pytest.mark.parametrize("whose", [{"site": "sc-0413"}, {"group": "core"}])
    def test_another_s_suspension_does_not_count(self, whose):
        assert holds(replace(CASE, suspensions=(Suspension("night-shift", "flooding", NOW - 5, **whose),))) == ()

    def test_a_host_s_label_says_no(self):
        labels = {"controller-1": {"stxr.io/hold": "crane-works"}, "controller-0": {"sriovdp": "enabled"}}
        case = replace(CASE, plan=ONLINE, surroundings=Surroundings(labels=labels))
        assert told(case) == {GateName.VETO: "controller-1 has the label stxr.io/hold=crane-works: remove it to go on"}

    def test_an_alarm_that_the_fleet_names_says_no(self):
        case = with_alarms(alarm("300.001", "host=worker-0"), plan=ONLINE, veto=("300.001",))
        assert told(case) == {GateName.VETO: "alarm 300.001 of host=worker-0 is raised, and holds every plan"}


def test_all_reasons_are_told_people_s_first():
    case = replace(
        CASE,
        windows=(NIGHTLY,),
        surroundings=Surroundings((alarm("400.005"),)),
        suspensions=(Suspension("night-shift", "flooding", NOW, site="sc-0412"),),
    )
    assert [hold.gate for hold in holds(case)] == [GateName.SUSPENDED, GateName.ALARMS, GateName.WINDOW]


class TestCondition:
    def stuck(self, name, host="controller-0", work="", plan=LOCKING):
        return replace(CASE, plan=plan, conditions=(HostCondition(name, host, "no room", work=work),))

    def test_a_host_that_would_not_be_locked_is_not_locked_again_for_the_same(self):
        again = self.stuck(Condition.LOCK_REFUSED, work=stage_id(LOCKING.stages[0]))
        assert told(again) == {
            GateName.CONDITION: "controller-0 lock-refused: no room; next: mend what it says, then stxr resume sc-0412"
        }

    def test_it_is_locked_for_something_else(self):
        assert holds(self.stuck(Condition.LOCK_REFUSED, work="something else")) == ()

    def test_how_many_go_at_a_time_is_not_something_else(self):
        [stage] = LOCKING.stages
        wider = Plan("wider", "sc-0412", (replace(stage, at_once=4),))
        assert list(told(self.stuck(Condition.LOCK_STUCK, work=stage_id(stage), plan=wider))) == [GateName.CONDITION]

    @pytest.mark.parametrize("name", [c for c in Condition if not c.is_before])
    def test_a_host_that_did_not_come_back_holds_the_locks_of_all(self, name):
        assert list(told(self.stuck(name, "controller-1"))) == [GateName.CONDITION]

    def test_it_holds_nothing_that_locks_no_host(self):
        assert holds(self.stuck(Condition.FAILED, plan=NOTICED)) == ()


def test_what_failed_on_a_twin_is_held_whatever_it_costs():
    for plan in (ONLINE, LOCKING):
        [hold] = holds(replace(CASE, plan=plan, disproved="a twin of sc-0001 refused it"))
        assert (hold.gate, hold.until) == (GateName.PROOF, None)
        assert hold.reason == "a twin of sc-0001 refused it; change it in Git, or say `proof: warn`"


class TestWhatServicesDoByThemselves:
    def test_what_a_service_refuses_beforehand_is_told_in_its_words(self):
        case = replace(CASE, plan=deploys("25.09.1"), prechecked=("usm refuses it: Disk space: [Fail]",))
        assert told(case) == {GateName.PRECHECK: "usm refuses it: Disk space: [Fail]"}

    def test_hosts_that_it_locks_need_a_partner_as_those_that_we_lock(self):
        case = replace(CASE, plan=deploys("25.09.1"), system=duplex(availability="failed", operational="disabled"))
        assert GateName.REDUNDANCY in told(case)

    @pytest.mark.parametrize("locks", [True, False])
    def test_after_one_that_failed_none_is_begun(self, locks):
        failed = HostCondition(Condition.DEPLOY_FAILED, "controller-0", "no space")
        case = replace(CASE, plan=deploys("25.09.1", locks=locks), conditions=(failed,))
        assert list(told(case)) == [GateName.CONDITION]

    def test_they_count_among_the_hosts_that_a_plan_locks(self):
        plan = deploys("25.09.1")
        assert (plan.locked_hosts, plan.most_out, plan.left_locked) == (("controller-1", "controller-0"), 1, ())
        assert deploys("25.09.1", locks=False).locked_hosts == ()
