"""Drift as alarms of the system controller: verdicts in, alarms out, and the way from what stands."""

from dataclasses import replace

import pytest

from reconciler.engine.sinks.drift_alarms import ALARM, OWN, Moves, moves, wanted
from reconciler.model.alarm import TEXT_LIMIT, Alarm, AlarmSeverity
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Area, Cause, Severity, State

MTU = Difference(
    "controller-0/ethernet/mgmt0",
    "mtu",
    "update",
    "1500",
    "9000",
    Cause.DRIFTED,
    Area.NETWORK,
    Severity.SERVICE,
    origin="profiles/ran/deployment-config.yaml:41",
    since=1_767_225_600.0,
)
DNS = replace(MTU, resource="dns/dns", attribute="servers", observed="192.0.2.9", desired="192.0.2.1")


def site(name, *differences, group="edge"):
    return Verdict(name, State.DRIFTED if differences else State.IN_SYNC, group=group, differences=differences)


def standing(alarm, uuid="7d1c"):
    return replace(alarm, uuid=uuid, repair="")


def test_a_site_that_drifted_has_an_alarm_that_says_what_and_where():
    (alarm,) = wanted([site("sc-0412", MTU)])
    assert (alarm.id, alarm.entity) == ("260.002", "resource=stx-reconciler,name=sc-0412")
    assert alarm.severity is AlarmSeverity.MINOR
    assert alarm.reason == (
        "sc-0412 drifted: controller-0/ethernet/mgmt0 mtu is 1500, Git says 9000 (profiles/ran/deployment-config.yaml:41)"
    )
    assert alarm.since == "2026-01-01T00:00:00"
    assert alarm.repair.endswith("stxr status sc-0412")


def test_more_differences_are_counted():
    (alarm,) = wanted([site("sc-0412", MTU, DNS)])
    assert alarm.reason.endswith("(profiles/ran/deployment-config.yaml:41) and 1 more")


@pytest.mark.parametrize("cause", [Cause.PENDING])
def test_what_git_moved_is_no_drift(cause):
    assert wanted([site("sc-0412", replace(MTU, cause=cause)), site("sc-0413")]) == ()


def test_up_to_ten_sites_of_one_cause_have_an_alarm_each():
    assert len(wanted(site(f"sc-{n}", MTU) for n in range(10))) == 10


def test_above_ten_the_cause_has_one_however_many_they_are():
    eleven = wanted(site(f"sc-{n}", MTU) for n in range(11))
    assert [alarm.reason for alarm in eleven] == [
        (
            "more than 10 sites of edge drifted alike: controller-0/ethernet/mgmt0 mtu is 1500, Git says 9000"
            " (profiles/ran/deployment-config.yaml:41)"
        )
    ]
    assert wanted(site(f"sc-{n}", MTU) for n in range(500)) == eleven


def test_causes_and_groups_are_told_apart():
    many = [site(f"a-{n}", MTU) for n in range(11)] + [site(f"b-{n}", DNS) for n in range(11)]
    core = [site(f"c-{n}", MTU, group="core") for n in range(11)]
    assert len({alarm.entity for alarm in wanted(many + core)}) == 3


def test_a_text_is_cut_to_what_the_platform_keeps():
    (alarm,) = wanted([site("sc-0412", replace(MTU, observed="x" * 300))])
    assert len(alarm.reason) == TEXT_LIMIT
    assert alarm.reason.endswith("…")


def test_what_stands_as_wanted_is_left_alone():
    want = wanted([site("sc-0412", MTU)])
    assert moves(want, [standing(want[0])]) == Moves()


def test_a_change_is_a_clear_and_a_new_alarm():
    (old,), new = wanted([site("sc-0412", MTU)]), wanted([site("sc-0412", DNS)])
    assert moves(new, [standing(old)]) == Moves((standing(old),), new)


def test_what_healed_is_cleared():
    (old,) = wanted([site("sc-0412", MTU)])
    assert moves((), [standing(old)]) == Moves((standing(old),), ())


def test_of_two_that_are_equal_one_goes():
    want = wanted([site("sc-0412", MTU)])
    first, second = standing(want[0], "1"), standing(want[0], "2")
    assert moves(want, [first, second]) == Moves((second,), ())


@pytest.mark.parametrize(
    "other",
    [
        Alarm("1", ALARM, "resource=hosts.starlingx.windriver.com,name=controller-0", AlarmSeverity.MINOR),
        Alarm("1", "280.002", f"{OWN}sc-0412", AlarmSeverity.MAJOR),
    ],
    ids=["the Deployment Manager's", "another id"],
)
def test_alarms_of_others_are_not_touched(other):
    assert moves((), [other]) == Moves()


def test_a_site_of_which_git_says_that_the_alarm_is_suppressed_has_none():
    quiet = replace(site("quiet", MTU), suppressed=(ALARM,))
    other = replace(site("loud", MTU), suppressed=("260.001",))
    assert [alarm.entity for alarm in wanted([quiet, other])] == [f"{OWN}loud"]
