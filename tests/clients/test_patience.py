"""Pauses grow, are bounded, and differ from site to site."""

import pytest

from reconciler.clients.patience import QUICK, Patience, again
from reconciler.model.errors import Failure, Refused, Unreachable
from tests.clients.conftest import FakeClock


def lost(failure):
    return Unreachable("platform", "GET", "/v1/x", failure, "", sent=False)


async def test_pauses_double_up_to_a_bound(clock):
    patience = Patience(attempts=6, first_s=1.0, longest_s=5.0, chance=lambda: 1.0)
    assert list(patience.pauses()) == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_chance_spreads_the_pauses_over_the_whole_range():
    pauses = {pause for _ in range(200) for pause in Patience(attempts=2, first_s=1.0).pauses()}
    assert 0 <= min(pauses) < 0.2
    assert 0.8 < max(pauses) <= 1.0


@pytest.mark.parametrize("failure", Failure)
async def test_only_what_fails_at_once_is_asked_again(failure):
    asked, clock = [], FakeClock()

    async def ask():
        asked.append(failure)
        raise lost(failure)

    with pytest.raises(Unreachable):
        await again(ask, Patience(attempts=3), clock)
    assert len(asked) == (3 if failure in QUICK else 1)


async def test_a_refusal_is_an_answer(clock):
    async def ask():
        raise Refused("platform", "GET", "/v1/x", 400, "no")

    with pytest.raises(Refused):
        await again(ask, Patience(), clock)
    assert clock.slept == []


async def test_the_first_answer_ends_it(clock):
    ends = [lost(Failure.BROKEN), "answer"]

    async def ask():
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    assert await again(ask, Patience(chance=lambda: 1.0), clock) == "answer"
    assert clock.slept == [0.5]
