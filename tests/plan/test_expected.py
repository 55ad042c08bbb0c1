"""How long a plan takes before anything was measured."""

from dataclasses import replace

import pytest

from reconciler.model.host import SystemState
from reconciler.model.plan import Call, Opening, Plan, Stage, StageType, Step, Until
from reconciler.plan.expected import CALL_S, LOCK_S, SWACT_S, UNLOCK_ALL_IN_ONE_S, UNLOCK_S, expected_s

STANDARD, ALL_IN_ONE = SystemState(type="Standard"), SystemState(type="All-in-one")


def step(*calls):
    return Step("route", "worker-0", (), calls)


def window(opening=Opening.LOCK, *, unlocks=True):
    return Stage(StageType.WINDOW, "worker-0", (step(Call("POST", "/v1/addresses")),), opening, unlocks)


def plan(*stages):
    return Plan("p", "sc-0412", stages)


def test_what_locks_nothing_takes_its_calls_and_their_waits():
    online = Stage(StageType.ONLINE, steps=(step(Call("POST", "/v1/routes"), Call("POST", "/v1/routes")),))
    assert expected_s(plan(online), STANDARD) == 2 * CALL_S
    waiting = Call("POST", "/v1/partitions", until=Until("/v1/partitions/1", "status", (0,), limit_s=300.0))
    assert expected_s(plan(Stage(StageType.ONLINE, steps=(step(waiting),))), STANDARD) == CALL_S + 300.0


def test_a_window_takes_a_lock_its_calls_and_an_unlock():
    assert expected_s(plan(window()), STANDARD) == LOCK_S + CALL_S + UNLOCK_S
    assert expected_s(plan(window()), ALL_IN_ONE) == LOCK_S + CALL_S + UNLOCK_ALL_IN_ONE_S


def test_a_host_that_is_locked_already_is_not_locked_again():
    assert expected_s(plan(window(Opening.ADOPT)), STANDARD) == CALL_S + UNLOCK_S
    assert expected_s(plan(window(unlocks=False)), STANDARD) == LOCK_S + CALL_S


def test_windows_come_one_after_another():
    pair = plan(window(), Stage(StageType.SWACT, "controller-0"), window())
    assert expected_s(pair, ALL_IN_ONE) == 2 * (LOCK_S + CALL_S + UNLOCK_ALL_IN_ONE_S) + SWACT_S


@pytest.mark.parametrize(("workers", "at_once", "turns"), [(2, 2, 1), (3, 2, 2), (4, 2, 2), (5, 2, 3), (5, 5, 1)])
def test_windows_that_are_open_together_share_their_time(workers, at_once, turns):
    run = [replace(window(), at_once=at_once) for _ in range(workers)]
    assert expected_s(plan(*run), STANDARD) == turns * (LOCK_S + CALL_S + UNLOCK_S)
    alone = [Stage(StageType.SWACT, "controller-0"), *run, window()]
    assert expected_s(plan(*alone), STANDARD) == SWACT_S + (turns + 1) * (LOCK_S + CALL_S + UNLOCK_S)


def test_a_next_one_is_opened_as_soon_as_one_has_ended():
    short, long = replace(window(unlocks=False), at_once=2), replace(window(), at_once=2)
    assert expected_s(plan(long, short, short, short), STANDARD) == LOCK_S + CALL_S + UNLOCK_S


def test_an_empty_plan_takes_no_time():
    assert expected_s(plan(), ALL_IN_ONE) == 0.0
