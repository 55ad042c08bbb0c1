"""A deployment that somebody ends: dcmanager is asked once, nothing further is begun, and it goes on by a new yes."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.aborting import Abort
from reconciler.model.words import Result, State
from reconciler.store import Store, speaking
from tests.e2e.lifecycle import NEW, approve, asked, asked_for, entered, racked, row
from tests.faults.controlled import controlled, until, visited

pytestmark = pytest.mark.xdist_group("dbos")
WORD = Abort(NEW, "night-shift", "wrong rack")


@pytest.fixture
def clone(git, tmp_path):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="apply: auto\n")
    return clone


async def ended_in(world, state):
    """What came of a deployment that somebody ends as soon as its row shows a state."""
    approve(world, (await world.judged(NEW)).plan.id)

    async with controlled(world) as it:
        entered(world, state, lambda: it.store.aborts.say(WORD))
        await visited(it, NEW)
        [last] = [outcome for _, _, outcome in it.store.outcomes(NEW)][:1]
        assert it.store.aborts.of(NEW) is None  # it is over with the plan
        return last


@pytest.mark.parametrize(
    ("state", "left", "kind"),
    [
        ("installing", "install-aborted", "subcloud-install"),
        ("bootstrapping", "bootstrap-aborted", "subcloud-bootstrap"),
    ],
)
async def test_a_phase_that_dcmanager_aborts_ends_the_plan_and_goes_on_once_that_is_approved(
    clone, opened, state, left, kind
):
    async with opened(clone, racked) as world:
        outcome = await ended_in(world, state)
        assert (outcome.result, outcome.message) == (
            Result.HELD,
            f"{NEW}: deploy-status is {left}: aborted by night-shift: wrong rack",
        )
        assert len(asked(world, path="/abort")) == 1
        plan = (await world.judged(NEW)).plan
        assert plan.stages[0].steps[0].kind == kind

        async with controlled(world) as it:
            await visited(it, NEW)
            assert (it.verdicts[NEW].state, row(world)["deploy-status"]) == (State.HELD, left)
        approve(world, plan.id)
        async with controlled(world) as it:
            for _ in range(4):
                await visited(it, NEW)
            assert it.verdicts[NEW].state is State.IN_SYNC, it.verdicts[NEW].message


async def test_what_dcmanager_does_not_abort_comes_to_its_end_and_nothing_follows_it(clone, opened):
    async with opened(clone, racked) as world:
        outcome = await ended_in(world, "create-complete")
        assert (outcome.result, outcome.message) == (
            Result.HELD,
            f"{NEW}: deploy-status is create-complete: aborted by night-shift: wrong rack",
        )
        assert asked(world) == ["POST /v1.0/phased-subcloud-deploy"]


async def test_the_plan_that_was_aborted_needs_another_yes_though_it_is_the_same(clone, opened):
    """The second time it is the plan that was approved, to the letter."""
    async with opened(clone, racked) as world:
        await ended_in(world, "installing")
        await ended_in(world, "installing")
        async with controlled(world) as it:
            await visited(it, NEW)
            assert "waits for approval of this very plan" in it.verdicts[NEW].message
        assert row(world)["deploy-status"] == "install-aborted"


async def test_a_controller_that_ends_while_it_waits_for_that_heeds_the_word_when_it_is_back(
    clone, opened, monkeypatch
):
    async with opened(clone, racked) as world:
        approve(world, (await world.judged(NEW)).plan.id)
        reached = asyncio.Event()

        async def stands(_seconds):
            await asyncio.Event().wait()

        def stopped():
            reached.set()
            monkeypatch.setattr(world.clock, "sleep", stands)  # or it may be through before the controller has ended

        entered(world, "installing", stopped)
        async with controlled(world) as it:
            await it.visit(NEW)
            await until(reached.is_set)
        monkeypatch.undo()
        with speaking(world.state, "abort") as store:
            store.aborts.say(WORD)
        async with controlled(world) as it:
            await visited(it, NEW)
        assert row(world)["deploy-status"] == "install-aborted"
        assert len(asked(world, path="/abort")) == 1


async def test_a_word_of_before_ends_no_later_plan(clone, opened):
    async with opened(clone, racked) as world:
        with Store.open(world.state) as store:
            store.aborts.say(WORD)
        plan = (await world.judged(NEW)).plan
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
