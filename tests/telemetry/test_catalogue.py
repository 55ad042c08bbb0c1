"""What is served is what the catalogue says, word for word; the page is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.cli.metric_uses import uses
from reconciler.model.alarm import Alarm, AlarmSeverity, SiteAlarms
from reconciler.model.alarming import Alarming
from reconciler.model.backup import BackupSight
from reconciler.model.batch import BatchSight
from reconciler.model.board import Health, Power
from reconciler.model.budget import Bounded
from reconciler.model.change import Change
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.dark import HostSight
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.expiry import Expiry
from reconciler.model.forecast import Forecast
from reconciler.model.gate import GateName, Hold
from reconciler.model.host import HostHealth, health
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Opening, Plan, Stage, StageType, Step
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.verdict import Ignored
from reconciler.model.waves import Strategy
from reconciler.model.words import Action, Area, Cause, Disruption, Result, State
from reconciler.telemetry import Load, Metrics, RolloutStates
from reconciler.telemetry.catalogue import FAMILIES, KNOWN, Of, Type
from reconciler.telemetry.page import WORDS, metrics_page
from tests.model.verdicts import difference, verdict
from tests.telemetry.test_metrics import watching
from tests.worlds import Net

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
KEY = ResourceKey("net", "a")
CHANGE = Change(KEY, Action.UPDATE, Resource(KEY, Net(name="a")), None, area=Area.NETWORK)
LOCKED = Stage(
    StageType.WINDOW,
    "controller-0",
    (Step("net", "controller-0", (CHANGE,), (), Disruption.LOCK),),
    Opening.LOCK,
    disruption=Disruption.LOCK,
)
DONE = Outcome("p1", Result.DONE, (Entry("net", "controller-0", (KEY,), StepResult.DONE),))
MTU = difference(host="controller-0", kind="ethernet")
FULL = verdict(
    "ottawa",
    differences=(MTU, difference("vid", cause=Cause.PENDING, disruption=Disruption.LOCK)),
    holds=(Hold(GateName.WINDOW, "outside", since=900.0),),
    open_windows=("controller-0",),
    due={"controller-0": 3_000.0},
    conditions=(HostCondition(Condition.FAILED, "controller-0", "", 90.0),),
    ignored=(Ignored(difference("x"), "known", "fleet.yaml:7", 2_000.0),),
    lapsed=("fleet.yaml:9: over",),
    hosts={"controller-0": "unlocked-enabled-available"},
    converged="c1",
    coverage={"network": (1, 4)},
    alarms=SiteAlarms.read(
        [Alarm("u", "200.001", "host=controller-0", AlarmSeverity.WARNING, affects_management=True)], 0.0
    ),
    backup=BackupSight("failed", 500.0, 900.0, "no room"),
    certificates=(Expiry("ssl", "ssl_1", 950.0, 900.0),),
    ailing=(HostSight("controller-0", 900.0, Power.ON, Health.CRITICAL),),
    release="24.09",
    system_mode="simplex",
)
DARK = verdict("dark", State.UNREACHABLE, boards=(HostSight("controller-0", 900.0, Power.OFF),))
SITES = [FULL, verdict("busy", State.APPLYING, differences=(MTU,)), DARK]
GOING = Rollout("7f3a", "c1", Strategy(), {"busy": Member("busy", 0, state=MemberState.GOING)}, 900.0)
ROLLOUT = replace(GOING, expected=Forecast(900.0, waves_end=1_800.0))


def full():
    """Metrics of which every family has a sample."""
    from reconciler.model.quiet import Silence

    load = Load({"new": 1}, {"new": 2.0}, {"well": 1}, 3)
    sight = watching(
        SITES,
        load=lambda: load,
        head=lambda: "c1",
        authored_at=lambda _commit: 500.0,
        silence=lambda: Silence(lambda site: site == "busy"),
    )
    metrics = Metrics(sight)
    metrics.registry.register(RolloutStates(lambda: [ROLLOUT], lambda: 0.25))
    metrics.observer("platform", "GET", "2xx", 0.1)
    metrics.delivery("github", "accepted")
    metrics.alarming(Alarming(may_stand=True, stand=2, failing_since=900.0))
    metrics.batched(BatchSight("sw-deploy", 2, 3, 900.0))
    metrics.bounded({"ran": Bounded(2, 3, 1, 900.0)})
    metrics.notified("noc", "sent", 1)
    metrics.begins("ottawa")
    metrics.ended(Plan("p1", "ottawa", (LOCKED,)), DONE)
    metrics.visited(State.DRIFTED)
    metrics.fetched("ok", 0.2)
    known, began = step(SiteDrift("ottawa"), FULL)
    _, over = step(known, verdict("ottawa", judged_at=9_000.0))
    for event in (*began, *over):
        metrics.drift(event)
    return metrics


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text.decode())}


SERVED = families(full().render()) | families(full().hosts("ran"))
EMPTY = {"subcloud_drift_flapping", "subcloud_failed_fields", "subcloud_unverified_fields"}  # test_states has them


def test_everything_that_is_served_is_in_the_catalogue_and_the_other_way_round():
    assert {name.removeprefix("stxr_") for name in SERVED} == KNOWN.keys()


@pytest.mark.parametrize("known", FAMILIES, ids=lambda f: f.name)
def test_each_has_the_labels_the_type_and_the_words_of_the_catalogue(known):
    served = SERVED[known.full_name]
    assert (served.type, served.documentation) == (known.type, known.text)
    assert bool(served.samples) is (known.name not in EMPTY)
    for sample in served.samples:
        labels = dict(sample.labels)
        labels.pop("le", None)
        assert labels.keys() == set(known.labels)
        for label, value in labels.items():
            if label in WORDS:
                assert value in {str(word) for enum in WORDS[label] for word in enum}


@pytest.mark.parametrize("known", FAMILIES, ids=lambda f: f.name)
def test_names_say_their_unit(known):
    assert not known.name.endswith(("_total", "_count", "_bucket", "_sum", "_created"))
    assert known.name.endswith(f"_{known.unit}") if known.unit else not known.name.endswith(("_seconds", "_ratio"))
    assert known.type is Type.GAUGE or known.of is Of.PROCESS


def test_the_page_says_what_is_served():
    assert PAGE.read_text() == metrics_page(uses())
    for known in FAMILIES:
        assert f"`{known.full_name}{'_total' if known.type is Type.COUNTER else ''}`" in metrics_page(uses())


def test_work_is_counted_by_what_became_of_it():
    def value(name, **labels):
        return next(s.value for s in SERVED[name].samples if s.labels == labels)

    assert value("stxr_applies", result="done") == 1
    assert value("stxr_apply_steps", area="network", action="update", result="done") == 1
    assert value("stxr_host_disruptions", disruption="lock") == 1
    assert value("stxr_host_disruptions", disruption="reboot") == 0
    assert value("stxr_drift_detected", area="network", severity="service") == 1
    assert value("stxr_drift_resolved", area="network", how="vanished") == 2
    assert value("stxr_git_last_fetch_timestamp_seconds") == 1_100
    counts = [s for s in SERVED["stxr_apply_duration_seconds"].samples if s.name.endswith("_count")]
    assert {s.labels["disruption"]: s.value for s in counts}["lock"] == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("unlocked-enabled-available", HostHealth.AVAILABLE),
        ("unlocked-enabled-degraded (Swacting)", HostHealth.DEGRADED),
        ("unlocked-disabled-failed", HostHealth.DISABLED),
        ("locked-disabled-online (Unlocking)", HostHealth.LOCKED),
        ("", HostHealth.UNKNOWN),
        ("unlocked", HostHealth.UNKNOWN),
    ],
)
def test_a_host_is_told_in_one_word(said, expected):
    assert health(said) is expected
