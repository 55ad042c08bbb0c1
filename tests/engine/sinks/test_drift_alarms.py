"""Drift as alarms of the system controller: what is known of the fleet in, alarms out, and the way from what stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.sinks.drift_alarms import ALARM, OWN, Known, Move, moves, wanted
from reconciler.model.alarm import TEXT_LIMIT, Alarm, AlarmSeverity
from reconciler.model.drift import DriftCause, fingerprint
from reconciler.model.verdict import Verdict
from reconciler.model.words import Severity, State
from tests.engine.sinks.drifting import DNS, MTU, drifted, fleet


def stands(alarm, uuid="7d1c"):
    return replace(alarm, uuid=uuid, repair="")


def cleared(alarm):
    return Move(alarm, raises=False)


def raised(alarm):
    return Move(alarm, raises=True)


def test_a_site_that_drifted_has_an_alarm_that_says_what_and_where():
    (alarm,) = wanted(fleet(drifted("sc-0412", MTU)))
    assert (alarm.id, alarm.entity) == ("260.002", "resource=stx-reconciler,name=sc-0412")
    assert alarm.severity is AlarmSeverity.MINOR
    assert alarm.reason == (
        "sc-0412 drifted: controller-0/ethernet/mgmt0 mtu is 1500, Git says 9000 (profiles/ran/deployment-config.yaml:41)"
    )
    assert alarm.since == "2026-01-01T00:00:00"
    assert alarm.repair.endswith("stxr drift sc-0412")


def test_of_several_the_gravest_is_named_and_the_others_are_counted():
    grave = replace(DNS, severity=Severity.OUTAGE)
    (alarm,) = wanted(fleet(drifted("sc-0412", MTU, grave)))
    assert alarm.reason.startswith("sc-0412 drifted: dns/dns servers is 192.0.2.9")
    assert alarm.reason.endswith("(profiles/ran/deployment-config.yaml:41) and 1 more")


@pytest.mark.parametrize("why", [DriftCause.PENDING, DriftCause.UNMANAGED])
def test_what_git_moved_and_what_it_does_not_manage_is_no_alarm(why):
    assert wanted(fleet(drifted("sc-0412", MTU, why=why), drifted("sc-0413"))) == ()


def test_up_to_ten_sites_of_one_cause_have_an_alarm_each():
    assert len(wanted(fleet(*(drifted(f"sc-{n}", MTU) for n in range(10))))) == 10


def test_above_ten_the_cause_has_one_however_many_they_are():
    (alarm,) = wanted(fleet(*(drifted(f"sc-{n}", MTU) for n in range(11))))
    assert alarm.entity == f"{OWN}{fingerprint(MTU)}/edge"
    assert alarm.reason == (
        "sites of edge drifted alike: controller-0/ethernet/mgmt0 mtu is 1500, Git says 9000"
        " (profiles/ran/deployment-config.yaml:41)"
    )
    assert alarm.repair.endswith(f"stxr drift --fingerprint {fingerprint(MTU)}")
    assert wanted(fleet(*(drifted(f"sc-{n}", MTU) for n in range(500)))) == (alarm,)


def test_on_which_host_does_not_count():
    other = replace(MTU, resource="controller-1/ethernet/mgmt0", host="controller-1")
    sites = [drifted(f"sc-{n}", other if n % 2 else MTU) for n in range(11)]
    assert len(wanted(fleet(*sites))) == 1


def test_a_site_of_a_wave_that_also_drifted_otherwise_has_an_alarm_for_that():
    wave = [drifted(f"sc-{n}", MTU) for n in range(11)]
    alarms = wanted(fleet(*wave, drifted("sc-0412", MTU, DNS)))
    assert [alarm.entity for alarm in alarms] == [f"{OWN}{fingerprint(MTU)}/edge", f"{OWN}sc-0412"]
    assert alarms[1].reason.startswith("sc-0412 drifted: dns/dns servers")
    assert "more" not in alarms[1].reason


def test_an_alarm_of_many_stands_until_the_last_of_them_has_healed():
    many = fleet(*(drifted(f"sc-{n}", MTU) for n in range(11)))
    (one,) = wanted(many)
    assert moves(fleet(drifted("sc-0", MTU)), [stands(one)]) == ()
    assert moves(fleet(drifted("sc-0")), [stands(one)]) == (cleared(stands(one)),)


def test_causes_and_groups_are_told_apart():
    edge = fleet(*(drifted(f"a-{n}", MTU) for n in range(11)), *(drifted(f"b-{n}", DNS) for n in range(11)))
    core = fleet(*(drifted(f"c-{n}", MTU) for n in range(11)), group="core")
    assert len({alarm.entity for alarm in (*wanted(edge), *wanted(core))}) == 3


@pytest.mark.parametrize(
    "long", [{"observed": "x" * 300}, {"desired": "x" * 300}, {"observed": "x" * 300, "desired": "y" * 300}]
)
def test_a_long_value_gives_way_before_the_place_in_git(long):
    (alarm,) = wanted(fleet(drifted("sc-0412", replace(MTU, **long))))
    assert len(alarm.reason) <= TEXT_LIMIT
    assert "x…" in alarm.reason
    assert alarm.reason.endswith("(profiles/ran/deployment-config.yaml:41)")


@given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_no_text_is_longer_than_the_platform_keeps(name, observed, origin, line):
    site, place = "s" * name, f"{'o' * origin}.yaml:{line}"
    (alarm,) = wanted(fleet(drifted(site, replace(MTU, observed="v" * observed, origin=place))))
    assert max(len(alarm.entity), len(alarm.reason), len(alarm.repair)) <= TEXT_LIMIT


def test_names_that_are_cut_stay_apart():
    first, second = "s" * 240 + "a", "s" * 240 + "b"
    assert len({alarm.entity for alarm in wanted(fleet(drifted(first, MTU), drifted(second, MTU)))}) == 2


def test_what_stands_as_wanted_is_left_alone():
    known = fleet(drifted("sc-0412", MTU))
    assert moves(known, [stands(wanted(known)[0])]) == ()


def test_a_change_is_a_clear_and_a_new_alarm():
    (old,), (new,) = wanted(fleet(drifted("sc-0412", MTU))), wanted(fleet(drifted("sc-0412", DNS)))
    assert moves(fleet(drifted("sc-0412", DNS)), [stands(old)]) == (cleared(stands(old)), raised(new))


@pytest.mark.parametrize("observed", ["1500", "v" * 300], ids=["short", "cut"])
def test_a_line_that_moved_within_its_file_is_no_change(observed):
    drift = replace(MTU, observed=observed)
    (old,) = wanted(fleet(drifted("sc-0412", drift)))
    moved = replace(drift, origin="profiles/ran/deployment-config.yaml:1041")
    assert moves(fleet(drifted("sc-0412", moved)), [stands(old)]) == ()


def test_each_change_is_made_before_the_next_is_begun():
    first, second = wanted(fleet(drifted("sc-1", MTU), drifted("sc-2", MTU)))
    calls = moves(fleet(drifted("sc-1", DNS), drifted("sc-2", DNS)), [stands(first, "1"), stands(second, "2")])
    assert [(move.alarm.entity[-4:], move.raises) for move in calls] == [
        ("sc-1", False),
        ("sc-1", True),
        ("sc-2", False),
        ("sc-2", True),
    ]


def test_what_healed_is_cleared_and_so_is_an_orphan_of_a_site_that_is_gone():
    (old,), (gone,) = wanted(fleet(drifted("sc-0412", MTU))), wanted(fleet(drifted("gone", MTU)))
    assert moves(fleet(drifted("sc-0412")), [stands(old), stands(gone)]) == (
        cleared(stands(gone)),
        cleared(stands(old)),
    )


def test_of_two_that_are_equal_one_goes():
    known = fleet(drifted("sc-0412", MTU))
    first, second = (stands(wanted(known)[0], uuid) for uuid in "12")
    assert moves(known, [first, second]) == (cleared(second),)


def test_nothing_is_said_of_a_site_that_nobody_has_looked_at():
    (old,) = wanted(fleet(drifted("sc-0412", MTU)))
    never = Known.of({}, [Verdict("sc-0412", State.UNREACHABLE, observed_at=None)], frozenset({"sc-0412", "sc-0413"}))
    assert moves(never, [stands(old)]) == ()


@pytest.mark.parametrize(
    "other",
    [
        Alarm("1", ALARM, "resource=hosts.starlingx.windriver.com,name=controller-0", AlarmSeverity.MINOR),
        Alarm("1", "280.002", f"{OWN}sc-0412", AlarmSeverity.MAJOR),
    ],
    ids=["the Deployment Manager's", "another id"],
)
def test_alarms_of_others_are_not_touched(other):
    assert moves(Known(), [other]) == ()


def test_a_site_of_which_git_says_that_the_alarm_is_suppressed_has_none():
    known = fleet(drifted("quiet", MTU), drifted("loud", MTU), suppressed={"quiet": (ALARM,), "loud": ("260.001",)})
    assert [alarm.entity for alarm in wanted(known)] == [f"{OWN}loud"]


# ---- many changes in a row

SITES = [f"sc-{number}" for number in range(4)]
DRIFTS = st.dictionaries(st.sampled_from(SITES), st.sets(st.sampled_from([MTU, DNS]), min_size=1), max_size=4)


@given(st.lists(st.tuples(DRIFTS, st.integers(0, 8)), min_size=1, max_size=6))
def test_whatever_was_cut_off_the_next_look_brings_it_to_what_it_should_be(rounds):
    standing: list[Alarm] = []
    for number, (drifts, cut) in enumerate(rounds):
        known = replace(fleet(*(drifted(site, *drifts.get(site, ())) for site in SITES)), apart_up_to=2)
        for calls in (moves(known, standing)[:cut], ()):
            for move in calls or moves(known, standing):
                if move.raises:
                    standing.append(stands(move.alarm, f"{number}-{len(standing)}-{move.alarm.entity}"))
                else:
                    standing.remove(move.alarm)
        assert moves(known, standing) == ()
        assert len({alarm.entity for alarm in standing}) == len(standing)
        assert {alarm.entity for alarm in standing} == {alarm.entity for alarm in wanted(known, standing)}
