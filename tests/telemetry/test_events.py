"""A log line is news: what was said before is not repeated."""

from __future__ import annotations

import json
from dataclasses import replace

from structlog.testing import CapturingLogger

from reconciler.model.condition import Condition, HostCondition
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.words import Cause, State
from reconciler.telemetry import Events, events
from tests.model.verdicts import difference, verdict


def said(*verdicts):
    """(state, differences) of each line that is written for these verdicts in a row."""
    logger = CapturingLogger()
    told = Events(logger)
    for one in verdicts:
        told.verdict(one)
    return [(call.kwargs["site"], call.kwargs["state"], call.kwargs["differences"]) for call in logger.calls]


SEEN = verdict(state=State.DRIFTED, differences=(difference(),))


def test_a_verdict_that_says_the_same_is_told_once():
    assert said(SEEN, replace(SEEN, judged_at=9_000.0, observed_at=9_000.0)) == [("ottawa-001", "drifted", 1)]


def test_each_move_of_state_reason_or_number_of_differences_is_told():
    more = replace(SEEN, differences=(difference(), difference("vid")))
    failed = replace(more, state=State.FAILED, message="refused")
    other = replace(failed, message="timed out")
    assert [state for _, state, _ in said(SEEN, more, failed, other, SEEN)] == [
        "drifted",
        "drifted",
        "failed",
        "failed",
        "drifted",
    ]


def test_sites_are_told_apart():
    assert len(said(SEEN, replace(SEEN, site="gatineau"))) == 2


def test_lines_are_json_where_nobody_watches(capsys):
    events().verdict(replace(SEEN, commit="c0ffee" * 6, plan_id="p1", message="why"))
    line = json.loads(capsys.readouterr().err)
    assert {k: line[k] for k in ("event", "site", "state", "commit", "plan", "said", "level")} == {
        "event": "verdict",
        "site": "ottawa-001",
        "state": "drifted",
        "commit": "c0ffeec0ffee",
        "plan": "p1",
        "said": "why",
        "level": "info",
    }


def test_a_rule_that_has_ended_is_told_once_however_many_sites_have_it():
    logger = CapturingLogger()
    told = Events(logger)
    for site in ("ottawa", "gatineau", "ottawa"):
        told.verdict(replace(SEEN, site=site, lapsed=("fleet.yaml:7: ignore tag (known) has ended",)))
    assert [c.kwargs["said"] for c in logger.calls if c.method_name == "warning"] == [
        "fleet.yaml:7: ignore tag (known) has ended"
    ]


def test_drift_is_told_as_it_begins_and_ends_and_what_is_unmanaged_is_not():
    logger = CapturingLogger()
    told = Events(logger)
    stranger = difference("", resource="label/x", cause=Cause.UNMANAGED)
    known, began = step(SiteDrift("ottawa"), verdict("ottawa", differences=(difference(),), strangers=(stranger,)))
    _, ended = step(known, verdict("ottawa", judged_at=9_000.0))
    for event in (*began, *ended):
        told.drift(event)
    assert [(c.kwargs["turning"], c.kwargs["resolution"], c.kwargs["field"]) for c in logger.calls] == [
        ("began", "", "controller-0/ethernet/data0 mtu"),
        ("ended", "vanished", "controller-0/ethernet/data0 mtu"),
    ]


def test_a_host_that_is_stuck_is_told_once_with_what_comes_next_and_once_when_it_is_over():
    logger = CapturingLogger()
    told = Events(logger)
    stuck = replace(SEEN, conditions=(HostCondition(Condition.OFFLINE, "worker-0", "it is offline", 900.0),))
    for one in (stuck, replace(stuck, judged_at=2_000.0), SEEN):
        told.verdict(one)
    lines = [(c.method_name, c.args[0], c.kwargs["host"]) for c in logger.calls if "host" in c.kwargs]
    assert lines == [("warning", "host_stuck", "worker-0"), ("info", "host_not_stuck", "worker-0")]
    [first] = [c.kwargs for c in logger.calls if c.args[0] == "host_stuck"]
    assert first["condition"] == "offline"
    assert "system host-lock --force worker-0" in first["next"]
