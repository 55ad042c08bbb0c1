"""The fleet's state as metrics: what calls somebody, what is quiet, what the cap leaves, and who tells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from reconciler.model.alarm import Alarm, AlarmSeverity, SiteAlarms
from reconciler.model.central import AlarmCounts
from reconciler.model.drift import Deed, SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.outcome import StepResult
from reconciler.model.quiet import Silence
from reconciler.model.words import Area, Cause, Disruption, Severity, State
from reconciler.telemetry import Metrics, Sight
from tests.model.verdicts import difference, verdict
from tests.properties.profile import looking
from tests.telemetry.test_metrics import labels, of, scraped, watching

MTU = difference(kind="ethernet", host="controller-0")
GRAVE = difference("vid", severity=Severity.OUTAGE, area=Area.HOST)
WAITS = difference("x", cause=Cause.PENDING, disruption=Disruption.REBOOT)
DRIFTED = verdict("ottawa", differences=(MTU, GRAVE, WAITS))
OTTAWA = labels(subcloud="ottawa", group="ran")
PREFIX = "stxr_subcloud_"


def known(one, *looks, deeds=None):
    """The sight of a site after these looks, of which the verdict is the last."""
    drift = SiteDrift(one.site)
    for look in (*looks, one):
        drift, _ = step(drift, look, deeds or {})
    return {"drift": lambda: {one.site: drift}}


def test_since_when_a_site_drifts_and_waits_is_told_apart():
    later = replace(DRIFTED, judged_at=7_000.0, observed_at=7_000.0)
    first = replace(DRIFTED, differences=(WAITS,))
    found = scraped([later], **known(later, first))
    assert of(found, PREFIX + "drift_since_timestamp_seconds") == {OTTAWA: 7_000}
    assert of(found, PREFIX + "pending_since_timestamp_seconds") == {OTTAWA: 1_000}


def test_what_failed_and_what_is_not_verified_is_counted_apart():
    deeds = {MTU.resource: Deed(1_050.0, StepResult.FAILED)}
    again = replace(DRIFTED, judged_at=1_060.0)
    assert of(scraped([again], **known(again, DRIFTED, deeds=deeds)), PREFIX + "failed_fields") == {OTTAWA: 3}
    deeds = {MTU.resource: Deed(1_050.0, StepResult.UNVERIFIED)}
    assert of(scraped([again], **known(again, DRIFTED, deeds=deeds)), PREFIX + "unverified_fields") == {OTTAWA: 3}


def test_what_flaps_is_counted_as_flapping_and_calls_nobody_otherwise():
    looks = [verdict("ottawa", judged_at=1_000.0 + 600 * i, differences=(MTU,) * (1 - i % 2)) for i in range(5)]
    found = scraped([looks[-1]], **known(looks[-1], *looks[:-1]))
    assert of(found, PREFIX + "drift_flapping") == {OTTAWA: 1}
    assert of(found, PREFIX + "drift_fields") == {}
    assert of(found, "stxr_drift_quiet_fields")[labels(group="ran", quiet="flapping")] == 1


def test_what_a_rollout_is_changing_and_what_the_platform_makes_calls_nobody():
    found = scraped([DRIFTED], silence=lambda: Silence(lambda _site: True))
    assert (of(found, PREFIX + "drift_fields"), of(found, PREFIX + "in_rollout")) == ({}, {OTTAWA: 1})
    found = scraped([DRIFTED], silence=lambda: Silence(graces={"ethernet": 600.0}))
    assert of(found, PREFIX + "drift_fields") == {OTTAWA | labels(area="host", severity="outage"): 1}
    assert of(found, "stxr_drift_quiet_fields")[labels(group="ran", quiet="grace")] == 1


def test_the_alarms_of_a_site_are_counted_by_severity_whoever_told_of_them():
    major = Alarm("a", "100.103", "host=controller-0", AlarmSeverity.MAJOR)
    held = Alarm("b", "200.001", "host=controller-0", AlarmSeverity.WARNING, affects_management=True)
    sites = {
        "asked": SiteAlarms.read([major, held, replace(held, uuid="c")], at=1_000.0),
        "counted": AlarmCounts(0, 3, 0, 0).as_alarms(at=1_000.0),
        "quiet": SiteAlarms.read([], at=1_000.0),
        "never": None,
    }
    found = scraped([verdict(site, alarms=alarms) for site, alarms in sites.items()])
    assert of(found, PREFIX + "alarms") == {
        labels(subcloud="asked", group="ran", alarm_severity="major"): 1,
        labels(subcloud="asked", group="ran", alarm_severity="warning"): 2,
        labels(subcloud="counted", group="ran", alarm_severity="major"): 3,
    }
    assert of(found, PREFIX + "alarms_affecting_management") == {labels(subcloud="asked", group="ran"): 2}


def test_an_equal_change_on_many_sites_is_one_cause():
    sites = [verdict(f"s{n}", differences=(MTU,)) for n in range(7)] + [DRIFTED]
    found = scraped(sites)
    assert of(found, "stxr_drift_causes")[labels(area="network")] == 1
    assert of(found, "stxr_drift_cause_subclouds_max") == {frozenset(): 8}


def test_a_verdict_of_long_ago_is_stale_and_never_in_sync_in_the_sum():
    old = verdict("ottawa", State.IN_SYNC)
    states = of(scraped([old, verdict("dark", State.UNREACHABLE)], now=lambda: 1_000.0 + 1_801), "stxr_subclouds")
    assert {dict(k)["state"] for k, v in states.items() if v} == {"stale", "unreachable"}


def test_what_is_ignored_and_when_that_ends_and_what_git_says_of_it_all_is_told():
    from tests.telemetry.test_catalogue import FULL

    found = scraped([FULL, replace(FULL, site="hull", coverage={"network": (3, 4)})], authored_at={"c1": 500.0}.get)
    assert of(found, PREFIX + "ignored_fields")[OTTAWA] == 1
    assert of(found, PREFIX + "ignore_expiry_timestamp_seconds")[OTTAWA] == 2_000
    assert of(found, "stxr_ignore_rules_expired") == {frozenset(): 1}
    assert of(found, "stxr_coverage_ratio") == {labels(area="network"): 0.5}
    assert of(found, PREFIX + "converged_commit_timestamp_seconds")[OTTAWA] == 500


# ---- who tells


def test_only_the_leader_tells_of_the_fleet_and_a_change_of_leader_moves_it_whole():
    leads = {"one": True, "two": False}
    replicas = {name: Metrics(watching([DRIFTED], is_leader=lambda name=name: leads[name])) for name in leads}

    def told():
        return {name: b"stxr_subcloud" in metrics.render() for name, metrics in replicas.items()}

    assert told() == leads
    leads.update(one=False, two=True)
    assert told() == leads
    assert b"stxr_leader 0.0" in replicas["one"].render()
    assert (replicas["one"].hosts("ran"), replicas["two"].hosts("ran") is None) == (None, False)
    leads.update(two=False)
    assert told() == {"one": False, "two": False}, "while nobody leads nobody tells"


# ---- what a site says of itself

HOSTILE = [
    '24.09"} 1\nstxr_leader 7',
    "24.09\\",
    "6bd5e1f0-0000-4000-8000-000000000000",
    "/etc/passwd",
    "9" * 10_000,
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_site_says_of_itself_is_a_known_word_or_unknown(text):
    found = scraped([verdict("ottawa", release=text, system_mode=text, hosts={text: text}, differences=(MTU,))])
    assert list(of(found, PREFIX + "info")) == [
        OTTAWA | labels(mode="observe", system_mode="unknown", release="unknown")
    ]
    assert of(found, "stxr_hosts")[labels(group="ran", health="unknown")] == 1
    assert of(found, "stxr_leader") == {frozenset(): 1}


ANYTHING = st.text(max_size=20)


@looking(100)
@given(st.lists(st.tuples(ANYTHING, ANYTHING, ANYTHING), max_size=4, unique_by=lambda t: t[0]))
def test_whatever_text_comes_each_site_is_one_sample(told):
    sites = [verdict(site, group=group, release=text, hosts={text: text}) for site, group, text in told]
    text = Metrics(watching(sites)).render().decode()
    found = {f.name: f.samples for f in text_string_to_metric_families(text)}
    names = [(s.labels["subcloud"], s.labels["group"]) for s in found.get("stxr_subcloud_in_sync", ())]
    assert sorted(names) == sorted((site, group) for site, group, _ in told)


# ---- the cap


def fleet(sites, areas=tuple(Area), severities=tuple(Severity)):
    differences = [
        difference(f"{area}-{severity}-{cause}", area=area, severity=severity, cause=cause, disruption=disruption)
        for area in areas
        for severity, disruption in zip(severities, Disruption, strict=False)
        for cause in (Cause.DRIFTED, Cause.PENDING)
    ]
    return [verdict(f"s{n}", differences=tuple(differences)) for n in range(sites)]


def series(found):
    from reconciler.telemetry.catalogue import FAMILIES, Of

    of_fleet = {f.full_name for f in FAMILIES if f.of is Of.FLEET}
    return sum(name in of_fleet for name, _ in found)


@pytest.mark.parametrize(("cap", "level"), [(60_000, 0), (2_000, 1), (1_000, 2), (700, 3), (200, 4)])
def test_above_the_cap_less_is_told_and_how_much_less(cap, level):
    found = scraped(fleet(100), max_series=cap)
    assert of(found, "stxr_metrics_truncated") == {frozenset(): level}
    assert series(found) <= cap + 1
    drift = of(found, PREFIX + "drift_fields")
    if level == 1:
        assert {dict(k)["area"] for k in drift} == {"any"}
    if level in {1, 2, 3}:
        one = [(dict(k)["severity"], v) for k, v in drift.items() if dict(k)["subcloud"] == "s7"]
        whole = {"info": 5, "service": 5, "outage": 5} if level == 1 else {"outage": 15}
        assert dict(one) == whole, "nobody's outage is left out"
    if level >= 3:
        assert not of(found, PREFIX + "info")
    assert sum(of(found, "stxr_subclouds").values()) == 100


@looking(40)
@given(st.integers(0, 60), st.integers(60, 3_000))
def test_the_cap_holds_whatever_the_fleet_is(sites, cap):
    found = scraped(fleet(sites), max_series=cap)
    level = int(of(found, "stxr_metrics_truncated")[frozenset()])
    assert series(found) <= max(cap, 60) + 1
    assert bool(level) is (series(scraped(fleet(sites), max_series=10**9)) > cap + 1)


def test_no_sight_at_all_is_a_process_that_runs():
    text = Metrics(Sight()).render()
    assert b"stxr_build_info{" in text
    assert b"stxr_leader 1.0" in text
