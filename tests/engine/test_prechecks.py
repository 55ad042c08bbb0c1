"""What services say beforehand: asked once in a while, told in their words."""

from __future__ import annotations

import pytest

from reconciler.engine.prechecks import FRESH_S, Prechecks
from reconciler.model.condition import Condition
from reconciler.model.errors import Failure, Refused, Unreachable
from reconciler.model.plan import Call, Errand, Plan, Stage, StageType, Step
from reconciler.model.words import Service
from tests.apply.fakes import FakeClock

ASKS = Call("POST", "/v1/deploy/precheck", {"releases": ["starlingx-26.10.1"]}, service=Service.USM)
REFUSED = Refused("usm", "POST", "/v1/deploy/precheck", 406, "Disk space: [Fail]")


def plan(asks=ASKS):
    errand = Errand((("controller-0",),), Condition.DEPLOY_FAILED, asks=asks)
    step = Step("software-release", "", (), (Call("POST", "/actions", errand=errand),))
    return Plan("p", "ottawa", (Stage(StageType.ONLINE, steps=(step,)),))


class Usm:
    """Answers with what is said, and counts how often it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def send(self, method, path, body, service):
        self.asked.append((service, method, path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_refusal_is_told_in_the_services_own_words():
    usm = Usm(REFUSED)
    assert await Prechecks(FakeClock()).of(plan(), usm.send) == ("usm refuses it: Disk space: [Fail]",)
    assert usm.asked == [(Service.USM, "POST", ASKS.path, ASKS.body)]


@pytest.mark.parametrize(("answer", "told"), [({"error": ""}, ()), (REFUSED, ("usm refuses it: Disk space: [Fail]",))])
async def test_it_is_asked_again_after_a_while_and_not_before(answer, told):
    clock, usm = FakeClock(), Usm(answer, {"error": ""})
    prechecks = Prechecks(clock)
    for _ in range(3):
        assert await prechecks.of(plan(), usm.send) == told
    assert len(usm.asked) == 1
    await clock.sleep(FRESH_S)
    assert await prechecks.of(plan(), usm.send) == ()
    assert len(usm.asked) == 2


async def test_who_does_not_answer_holds_nothing_and_is_asked_at_the_next_visit():
    usm = Usm(Unreachable("usm", "POST", "/", Failure.TIMEOUT, "no answer", sent=True), REFUSED)
    prechecks = Prechecks(FakeClock())
    assert await prechecks.of(plan(), usm.send) == ()
    assert await prechecks.of(plan(), usm.send) != ()


async def test_a_plan_that_asks_nobody_asks_nobody():
    usm = Usm()
    assert await Prechecks(FakeClock()).of(plan(None), usm.send) == ()
    assert await Prechecks(FakeClock()).of(Plan("p", "ottawa"), usm.send) == ()
