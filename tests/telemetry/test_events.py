"""A log line is news: what was said before is not repeated."""

from __future__ import annotations

import json
from dataclasses import replace

from structlog.testing import CapturingLogger

from reconciler.model.words import State
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
