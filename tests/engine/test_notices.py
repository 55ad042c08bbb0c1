"""From what is known of the fleet to what people are told: one notice for each cause."""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.notices import Fleet, standing, turned
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.gate import GateName, Hold
from reconciler.model.notice import Topic
from reconciler.model.words import Cause, Severity, State
from tests.model.verdicts import difference, verdict

DNS = difference("nameservers", resource="dns", kind="dns", severity=Severity.OUTAGE, origin="profiles/ran/d.yaml:8")


def fleet(*verdicts):
    drift = {v.site: step(SiteDrift(v.site), v)[0] for v in verdicts}
    return Fleet(drift, tuple(verdicts), (), 500.0)


def site(name, *differences, **said):
    return verdict(name, **{"judged_at": 100.0, "group": "ran", "differences": differences} | said)


def told(*verdicts):
    return list(standing(fleet(*verdicts)).values())


def test_the_same_change_on_many_sites_is_one_notice():
    (one,) = told(*(site(f"sc-{number}", DNS) for number in range(200)))
    assert (one.topic, one.title, len(one.sites)) == (Topic.DRIFT, "200 sites drifted: dns nameservers", 200)
    assert (one.severity, one.group, one.origin) == (Severity.OUTAGE, "ran", "profiles/ran/d.yaml:8")
    assert one.command.startswith("stxr drift --fingerprint ")


def test_what_a_commit_is_about_to_change_is_no_drift_to_be_told_of():
    assert told(site("sc-1", replace(DNS, cause=Cause.PENDING))) == []


def test_a_site_alone_is_named():
    (one,) = told(site("sc-1", DNS))
    assert one.title == "sc-1 drifted: dns nameservers"


def test_plans_that_wait_for_the_same_word_are_one_notice():
    hold = Hold(GateName.APPROVAL, "apply: approved", since=50.0)
    waits = [site(f"sc-{n}", change="77aa01c2d3", plan_id=f"plan{n}", holds=(hold,)) for n in range(3)]
    (one,) = told(*waits)
    assert (one.topic, one.state, one.since) == (Topic.HELD, "approval", 50.0)
    assert one.command == "stxr approve --change 77aa01c2d3"
    assert told(waits[0])[0].command == "stxr approve plan0"


def test_gates_that_open_by_themselves_are_not_told():
    assert told(site("sc-1", holds=(Hold(GateName.WINDOW, "outside the windows"),))) == []


def test_a_failure_that_leaves_a_host_locked_is_an_outage():
    failed = site("sc-1", state=State.FAILED, reason="refused", message="the platform says no")
    locked = replace(failed, hosts={"controller-0": "locked-disabled-online"})
    assert [one.severity for one in (*told(failed), *told(locked))] == [Severity.SERVICE, Severity.OUTAGE]
    assert told(locked)[0].title == "sc-1: sending a plan failed, a host is locked"


def test_what_came_moved_and_went_is_told_and_what_stands_is_not():
    before = standing(fleet(site("sc-1", DNS)))
    assert list(turned(before, standing(fleet(site("sc-1", DNS))), 600.0)) == []
    (more,) = turned(before, standing(fleet(site("sc-1", DNS), site("sc-2", DNS))), 600.0)
    assert more.sites == ("sc-1", "sc-2")
    (over,) = turned(before, standing(fleet(site("sc-1"))), 600.0)
    assert (over.is_over, over.state, over.at) == (True, "resolved", 600.0)
    assert over.title == "over: sc-1 drifted: dns nameservers"


def test_hosts_that_are_stuck_are_one_notice_of_their_site_with_what_comes_next():
    refused = HostCondition(Condition.LOCK_REFUSED, "worker-0", "no room", 300.0)
    late = HostCondition(Condition.LEFT_LOCKED, "worker-1", "", 200.0, 400.0)
    (one,) = told(site("sc-1", state=State.FAILED, conditions=(refused,)))
    assert (one.title, one.text, one.severity) == (
        "sc-1: worker-0 is lock-refused",
        "worker-0 lock-refused: no room",
        Severity.SERVICE,
    )
    assert one.command == "mend what it says, then stxr resume sc-1"
    (both,) = told(site("sc-1", state=State.APPLYING, conditions=(late, refused)))
    assert (both.severity, both.since, both.key) == (Severity.OUTAGE, 200.0, one.key)
    assert "worker-1 left-locked; worker-0 lock-refused" in both.text
