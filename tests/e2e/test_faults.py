"""Calls without an answer, tokens that end, and what the platform refuses."""

from __future__ import annotations

import pytest

from reconciler.model.outcome import StepResult
from reconciler.model.words import Result
from reconciler.simulator.interference import Interference, Rule, Trouble
from tests.e2e.ottawa import MORE_CORES, ONE_MORE, OTTAWA, OWN, TWO_STEPS, state, writes
from tests.e2e.world import SHORT


class Lossy(Interference):
    """A line that loses the answer to every write, or every other write itself."""

    def __init__(self, answers: bool) -> None:
        super().__init__()
        self._answers, self._asked = answers, 0

    def rule_for(self, method, path):
        if method == "GET" or path.startswith("/identity"):
            return None
        self._asked += 1
        if self._answers:
            return Rule(Trouble.RESET_AFTER)
        return Rule(Trouble.RESET) if self._asked % 2 else None


@pytest.mark.parametrize(
    ("trouble", "sends"),
    [(Trouble.HANG_AFTER, 1), (Trouble.RESET_AFTER, 1), (Trouble.HANG_BEFORE, 1), (Trouble.RESET, 1)],
)
async def test_a_call_without_an_answer_takes_effect_once(in_service, trouble, sends):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        before, world.limits = writes(world, "POST /v1/datanetworks"), SHORT
        rule = Rule(trouble, "POST", ".*/datanetworks")
        world.site(OTTAWA).interference.rules.append(rule)
        assert (await world.applied(OTTAWA)).is_done
        assert rule.count == 0
        assert writes(world, "POST /v1/datanetworks") == before + sends
        assert await world.is_in_sync(OTTAWA)


@pytest.mark.parametrize("trouble", [Trouble.RESET_AFTER, Trouble.RESET])
@pytest.mark.parametrize("action", [1, 2], ids=["lock", "unlock"])
async def test_a_host_action_without_an_answer_takes_effect_once(in_service, trouble, action):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        rules = world.site(OTTAWA).interference.rules
        rules.extend(Rule(t, "PATCH", ".*/ihosts/[^/]*") for t in (Trouble.DELAY, trouble)[-action:])
        assert (await world.applied(OTTAWA)).is_done
        assert {rule.count for rule in rules} == {0}
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)


@pytest.mark.parametrize("name", [OTTAWA, "yard-west"])
@pytest.mark.parametrize("lost", ["every answer", "every other call"])
async def test_a_line_that_loses_much_makes_no_call_take_effect_twice(git, opened, name, lost):
    async with opened(git(name)) as world:
        world.site(name).interference = Lossy(lost == "every answer")
        assert (await world.applied(name)).is_done
        taken = [(w.method, w.path, w.body) for w in world.writes(name) if w.status < 400]
        assert len(taken) == len(set(taken))
        assert await world.is_in_sync(name)


async def test_tokens_that_end_in_the_middle_are_asked_for_anew(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        site = world.site(OTTAWA)
        given = site.keystone.given
        world.at(OTTAWA, "PATCH /v1/iinterfaces", site.keystone.expire)
        assert (await world.applied(OTTAWA)).is_done
        assert site.keystone.given == given + 2  # the run's first, and one more
        assert world.count(OTTAWA, "lock") == 1
        assert await world.is_in_sync(OTTAWA)


async def test_a_lock_that_the_vim_refuses_leaves_the_host_in_service_and_says_why(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("vim-refuses:instance cannot be migrated")
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.FAILED
        assert "instance cannot be migrated" in ended.message
        assert (state(world), world.windows(OTTAWA)) == ("unlocked-enabled", frozenset())

        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_an_unlock_that_is_refused_while_configuration_is_pending_is_waited_for(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: MORE_CORES})
        assert (await world.applied(OTTAWA)).is_done
        assert any("waiting to unlock" in text and "is pending" in text for text in world.said)
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)


async def test_an_unlock_that_is_refused_is_told_and_tried_again_by_the_next_run(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("mtce-refuses:no power")
        ended = await world.applied(OTTAWA)
        assert (ended.result, ended.open_windows) == (Result.FAILED, ("controller-0",))
        assert "no power" in ended.message
        assert [entry.result for entry in ended.entries] == [StepResult.DONE, StepResult.DONE]
        assert state(world) == "locked-disabled"

        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), world.windows(OTTAWA)) == (1, frozenset())
        assert await world.is_in_sync(OTTAWA)


async def test_a_change_that_is_refused_inside_a_window_closes_the_window(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        rule = Rule(Trouble.REFUSE, "PATCH", ".*/iinterfaces/.*", status=400, text="MTU is too large")
        world.site(OTTAWA).interference.rules.append(rule)
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.FAILED
        assert "MTU is too large" in ended.message
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()
