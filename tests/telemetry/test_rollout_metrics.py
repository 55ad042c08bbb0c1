"""Rollouts in Prometheus: how far their sites are, why nobody goes, and never more series than a few rollouts have."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.model.forecast import Forecast
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.rollout_stop import Stop, stop_of
from reconciler.model.waves import Strategy
from reconciler.telemetry.rollout_metrics import MOST, RolloutStates

SAID = Said("night-shift", 1_000.0, "storm")
MEMBERS = {
    "a": Member("a", 0, state=MemberState.DONE),
    "b": Member("b", 0, state=MemberState.GOING),
    "c": Member("c", 1),
    "d": Member("d", 1),
}
GOING = Rollout("7c1f00aa", "c0ffee", Strategy(), MEMBERS, 900.0)
FAILED = replace(GOING, members=MEMBERS | {"b": Member("b", 0, state=MemberState.FAILED)})


def exposed(*live):
    registry = CollectorRegistry(auto_describe=True)
    registry.register(RolloutStates(lambda: live))
    return generate_latest(registry)


def scraped(*live):
    families = text_string_to_metric_families(exposed(*live).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_its_sites_are_counted_by_state_also_those_that_are_none():
    found = scraped(GOING)
    states = {key[2]: value for key, value in found.items() if key[0] == "stxr_rollout_sites"}
    assert states == {"waiting": 2, "going": 1, "done": 1, "failed": 0, "late": 0, "gone": 0}
    assert found["stxr_rollout_wave", "7c1f00aa"] == 1
    assert found["stxr_rollout_started_timestamp_seconds", "7c1f00aa"] == 900.0


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (GOING, None),
        (replace(GOING, words=Words(paused=SAID)), "paused"),
        (replace(GOING, words=Words(aborted=SAID, paused=SAID)), "aborted"),
        (replace(GOING, mass="changes 4 of 4 sites", words=Words(paused=SAID)), "mass"),
        (replace(GOING, mass="changes 4 of 4 sites", words=Words(approved=SAID)), None),
        (replace(GOING, is_weighed=False), "mass"),
        (FAILED, "failures"),
        (replace(FAILED, halted="1 failed, and 0 may", members=MEMBERS), "failures"),
    ],
)
def test_why_nobody_further_goes_is_one_word_where_a_person_is_told_more(one, why):
    held = {key[2]: value for key, value in scraped(one).items() if key[0] == "stxr_rollout_held"}
    assert held == {stop: float(stop == why) for stop in Stop}
    assert bool(one.stopped) is (stop_of(one) is not None)


def test_when_it_may_end_is_told_until_it_is_stopped():
    told = replace(GOING, expected=Forecast(900.0, waves_end=4_500.0))
    assert scraped(told)["stxr_rollout_expected_end_timestamp_seconds", "7c1f00aa"] == 4_500.0
    stopped = replace(told, words=Words(paused=SAID))
    assert ("stxr_rollout_expected_end_timestamp_seconds", "7c1f00aa") not in scraped(stopped)


def test_how_far_the_last_forecast_was_off_is_told_once_a_rollout_has_ended():
    registry = CollectorRegistry(auto_describe=True)
    registry.register(RolloutStates(lambda: (), lambda: 0.25))
    assert b"stxr_forecast_error_ratio 0.25" in generate_latest(registry)


def test_without_a_rollout_none_is_active_and_nothing_else_is_told():
    assert scraped() == {("stxr_rollouts_active",): 0.0}


def test_only_the_newest_are_told_and_all_are_counted():
    live = [replace(GOING, id=f"r{number}", started=float(number)) for number in range(MOST + 5)]
    found = scraped(*live)
    assert found["stxr_rollouts_active",] == MOST + 5
    assert {key[1] for key in found if len(key) > 1} == {f"r{number}" for number in range(5, MOST + 5)}
    assert len(found) == 1 + MOST * (len(MemberState) + len(Stop) + 2)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (package prometheus)")
def test_promtool_has_nothing_to_say_against_it():
    checked = subprocess.run(["promtool", "check", "metrics"], input=exposed(GOING), capture_output=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
