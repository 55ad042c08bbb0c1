"""What Prometheus reads: names, labels and values are an interface."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.model.alarming import Alarming
from reconciler.model.budget import Bounded
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.words import Area, Cause, Disruption, Severity, State
from reconciler.telemetry import Metrics, Sight
from reconciler.telemetry.metrics import STAGES
from tests.model.verdicts import difference, verdict

PENDING = difference("vid", cause=Cause.PENDING, disruption=Disruption.LOCK)
SITES = [
    verdict("ottawa", State.IN_SYNC, mode="apply", system_mode="simplex", release="24.09"),
    verdict(
        "gatineau",
        State.DRIFTED,
        differences=(
            difference("mtu"),
            difference("type"),
            difference("contact", area=Area.SYSTEM, severity=Severity.INFO),
            PENDING,
        ),
    ),
    verdict(
        "dark",
        State.UNREACHABLE,
        group="rail",
        reachable=False,
        differences=(PENDING, replace(PENDING, attribute="mtu")),
    ),
    verdict("new", State.UNKNOWN, group="rail", observed_at=None, reachable=None),
]


def watching(verdicts, **sight):
    """A fleet whose drift is what its verdicts say."""
    told = {
        "verdicts": lambda: verdicts,
        "drift": lambda: {v.site: step(SiteDrift(v.site), v)[0] for v in verdicts},
        "now": lambda: 1_100.0,
    }
    return Sight(**told | sight)


def scraped(verdicts, work=lambda metrics: None, **sight):
    """{(name, labels): value} as Prometheus would take it."""
    metrics = Metrics(watching(verdicts, **sight))
    work(metrics)
    families = text_string_to_metric_families(metrics.render().decode())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def of(found, name):
    """The samples of one name: {labels: value}."""
    return {labels: value for (n, labels), value in found.items() if n == name}


def labels(**named):
    return frozenset(named.items())


OTTAWA, GATINEAU = labels(subcloud="ottawa", group="ran"), labels(subcloud="gatineau", group="ran")
DARK = labels(subcloud="dark", group="rail")


def test_a_site_is_in_sync_or_not_and_a_site_never_read_is_neither():
    assert of(scraped(SITES), "stxr_subcloud_in_sync") == {OTTAWA: 1, GATINEAU: 0, DARK: 0}


def test_a_site_answers_or_not_and_a_site_never_tried_is_neither():
    assert of(scraped(SITES), "stxr_subcloud_reachable") == {OTTAWA: 1, GATINEAU: 1, DARK: 0}


def test_the_time_of_the_last_reading_gives_every_verdict_its_age():
    times = of(scraped(SITES), "stxr_subcloud_observation_timestamp_seconds")
    assert times == dict.fromkeys((OTTAWA, GATINEAU, DARK), 1_000.0)


def test_drift_is_counted_by_area_and_severity_where_there_is_any():
    assert of(scraped(SITES), "stxr_subcloud_drift_fields") == {
        GATINEAU | labels(area="network", severity="service"): 2,
        GATINEAU | labels(area="system", severity="info"): 1,
    }


def test_what_git_waits_for_is_counted_by_area_and_disruption():
    assert of(scraped(SITES), "stxr_subcloud_pending_changes") == {
        GATINEAU | labels(area="network", disruption="lock"): 1,
        DARK | labels(area="network", disruption="lock"): 2,
    }


def test_what_a_site_is_stands_in_labels_of_one_series():
    info = of(scraped(SITES), "stxr_subcloud_info")
    assert len(info) == len(SITES)
    assert info[OTTAWA | labels(mode="apply", system_mode="simplex", release="24.09")] == 1


def test_sites_are_counted_by_group_and_state_with_a_zero_for_every_other_state():
    counted = of(scraped(SITES), "stxr_subclouds")
    assert len(counted) == 2 * len(State)
    assert {tuple(sorted(dict(k).values())): v for k, v in counted.items() if v} == {
        ("in_sync", "ran"): 1,
        ("drifted", "ran"): 1,
        ("rail", "unreachable"): 1,
        ("rail", "unknown"): 1,
    }


def test_a_site_that_is_gone_leaves_no_series():
    sites = list(SITES)
    metrics = Metrics(watching(sites))
    assert b'"gatineau"' in metrics.render()
    del sites[1]
    assert b'"gatineau"' not in metrics.render()


def test_a_fleet_without_a_site_has_no_series_of_sites():
    assert not [name for name, _ in scraped([]) if name.startswith("stxr_sub")]


def test_every_stage_has_a_duration_before_it_ran():
    counts = of(scraped([]), "stxr_reconcile_duration_seconds_count")
    assert counts == {labels(stage=stage): 0 for stage in STAGES}


def test_stages_and_requests_are_counted_as_they_happen():
    def work(metrics):
        metrics.stage("observe", 0.2)
        metrics.stage("observe", 3.0)
        metrics.observer("platform", "GET", "2xx", 0.1)
        metrics.observer("platform", "GET", "2xx", 0.1)
        metrics.observer("platform", "PATCH", "timeout", 10.0)

    found = scraped([], work)
    assert of(found, "stxr_reconcile_duration_seconds_count")[labels(stage="observe")] == 2
    assert of(found, "stxr_reconcile_duration_seconds_sum")[labels(stage="observe")] == pytest.approx(3.2)
    bucket = of(found, "stxr_reconcile_duration_seconds_bucket")
    assert bucket[labels(stage="observe", le="0.25")] == 1
    requests = of(found, "stxr_remote_requests_total")
    assert requests[labels(service="platform", verb="GET", code_class="2xx")] == 2
    assert of(found, "stxr_remote_request_duration_seconds_sum")[labels(service="platform", verb="PATCH")] == 10.0
    assert requests[labels(service="platform", verb="PATCH", code_class="timeout")] == 1


def test_nothing_of_the_process_s_libraries_leaks_in():
    assert {name for name, _ in scraped(SITES) if not name.startswith("stxr_")} == set()


def test_no_label_holds_what_grows_without_end_or_is_secret():
    told = verdict(
        "ottawa",
        State.FAILED,
        commit="c0ffee",
        plan_id="p1a2b3",
        message="controller-0 refused",
        hosts={"controller-0": "unlocked"},
        differences=(difference(host="controller-0", origin="a.yaml:3"),),
    )
    text = Metrics(watching([told])).render()
    assert not [word for word in (b"c0ffee", b"p1a2b3", b"controller-0", b"9000") if word in text]


@pytest.mark.parametrize("odd", ['a"b', "a\\b", "a\nb", "größe", ""])
def test_odd_text_in_a_label_stays_one_sample(odd):
    [found] = of(scraped([verdict("ottawa", group=odd)]), "stxr_subcloud_in_sync")
    assert dict(found)["group"] == odd


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (package prometheus) is not installed")
def test_promtool_finds_nothing_to_complain_of():
    def work(metrics):
        metrics.observer("platform", "GET", "2xx", 0.1)

    metrics = Metrics(watching(SITES))
    work(metrics)
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics.render(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_host_that_is_stuck_has_a_series_by_its_condition_and_those_that_we_locked_are_counted():
    stuck = (HostCondition(Condition.FAILED, "w-0", "", 90.0), HostCondition(Condition.FAILED, "w-1", "", 70.0))
    found = scraped(
        [verdict("ottawa", conditions=stuck, due={"w-2": 500.0, "w-3": 400.0}), verdict("dark", group="rail")]
    )
    assert of(found, "stxr_subcloud_condition_timestamp_seconds") == {OTTAWA | labels(condition="failed"): 70.0}
    assert of(found, "stxr_subcloud_locked_hosts") == {OTTAWA: 2}
    assert of(found, "stxr_subcloud_window_deadline_timestamp_seconds") == {OTTAWA: 400.0}


def test_what_bounds_the_fleet_and_its_groups_is_told_where_anything_does():
    bounds = {"": Bounded(5, 12), "ran": Bounded(2, None, failed=5, opened=900.0), "rail": Bounded(0)}
    found = scraped([], lambda metrics: metrics.bounded(bounds))
    fleet, ran, rail = (labels(group=name) for name in bounds)
    assert of(found, "stxr_hosts_out") == {fleet: 5, ran: 2, rail: 0}
    assert of(found, "stxr_hosts_out_max") == {fleet: 12}
    assert of(found, "stxr_breaker_failures") == {fleet: 0, ran: 5, rail: 0}
    assert of(found, "stxr_breaker_opened_timestamp_seconds") == {ran: 900}


def test_our_own_alarms_are_told_of_where_they_are_wanted_and_since_when_they_are_not_kept():
    stand, failing = "stxr_drift_alarms", "stxr_drift_alarms_failing_timestamp_seconds"
    kept = scraped([], lambda metrics: metrics.alarming(Alarming(may_stand=True)))
    lost = scraped([], lambda metrics: metrics.alarming(Alarming(may_stand=True, stand=2, failing_since=900.0)))
    assert [(of(found, stand), of(found, failing)) for found in (scraped([]), kept, lost)] == [
        ({}, {}),
        ({frozenset(): 0}, {}),
        ({frozenset(): 2}, {frozenset(): 900}),
    ]
