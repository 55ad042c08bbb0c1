"""Stages in words: how long each takes is told where that was measured, and never guessed."""

from __future__ import annotations

from reconciler.model.forecast import Basis, Span, StageForecast
from reconciler.model.plan import Opening, Stage, StageType
from reconciler.model.words import Disruption
from reconciler.review.stage_text import stage_lines

WINDOW = Stage(StageType.WINDOW, "controller-0", (), Opening.LOCK, unlocks=True, disruption=Disruption.LOCK)
LINE = "1. window on controller-0: lock, then unlock [lock]"


def lasting(basis, likely_s=640.0):
    return [StageForecast(0, StageType.WINDOW, "controller-0", Span(likely_s, 2 * likely_s, basis, 40))]


def test_a_stage_says_how_long_it_took_on_such_hosts():
    assert list(stage_lines([WINDOW], lasting(Basis.MEASURED))) == [f"{LINE}, about 10m40s (21m20s in one of twenty)"]
    assert list(stage_lines([WINDOW], lasting(Basis.SIMILAR))) == [f"{LINE}, about 10m40s (21m20s in one of twenty)"]


def test_what_was_not_measured_or_takes_no_time_is_not_told():
    assert list(stage_lines([WINDOW], lasting(Basis.DEFAULT))) == [LINE]
    assert list(stage_lines([WINDOW], lasting(Basis.MEASURED, 0.4))) == [LINE]
    assert list(stage_lines([WINDOW])) == [LINE]
