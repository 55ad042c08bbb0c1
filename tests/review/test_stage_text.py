"""Stages in words: how long each takes is told where that was measured, and never guessed."""

from __future__ import annotations

import pytest

from reconciler.model.condition import Condition
from reconciler.model.forecast import Basis, Span, StageForecast
from reconciler.model.plan import Call, Errand, Opening, Stage, StageType, Step
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


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "controller-1, then controller-0: each locked and unlocked again"),
        ({"strategy": "sw-deploy"}, "by dcmanager's sw-deploy strategy, with other sites that want the same"),
        ({"why": "it is offline"}, "by the site's own VIM and not by dcmanager: it is offline"),
    ],
)
def test_by_whom_hosts_are_gone_through_is_told_and_why(facts, told):
    errand = Errand((("controller-1",), ("controller-0",)), Condition.DEPLOY_FAILED, locks=True, **facts)
    step = Step("software-release", "", (), (Call("POST", "/x", errand=errand),))
    assert list(stage_lines([Stage(StageType.ONLINE, steps=(step,))]))[-1].endswith(told)
