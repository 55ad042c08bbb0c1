"""Workers that are out of service together, as many as the site says: by a command, by a workflow, through a death."""

from __future__ import annotations

import asyncio
import signal

import pytest

from reconciler.cli.plan_text import plan_lines
from reconciler.model.condition import Condition
from reconciler.model.words import Result, State
from reconciler.simulator.interference import Connection
from tests.e2e.test_killed import controller, until
from tests.e2e.test_windows import PLANT, PLANT_MTU, actions, counts, own, states
from tests.e2e.world import running
from tests.faults.controlled import controlled
from tests.faults.controlled import until as looked

WORKERS = ("worker-0", "worker-1")
SETTINGS = f"subclouds/{PLANT}/site.yaml"


def say(clone, out):
    """A change of all workers, so many of which may be out at a time."""
    settings = (clone.folder / SETTINGS).read_text()
    clone.commit({own(PLANT): PLANT_MTU, SETTINGS: f"{settings}maxWorkersOut: {out}\n"})


def once_each(world):
    return [counts(world, PLANT, what, WORKERS) for what in ("lock", "unlock", "reboot")]


@pytest.mark.parametrize("out", ["2", "100%"])
async def test_workers_are_out_together_where_the_site_says_so_and_the_plan_tells_it(in_service, out):
    async with in_service(PLANT) as (world, clone):
        began, unlocks = len(actions(world, PLANT)), counts(world, PLANT, "unlock", WORKERS)
        say(clone, out)
        judged = await world.judged(PLANT)
        told = "\n".join(plan_lines(judged.plan, judged.found))
        assert "locks worker-0, worker-1, up to 2 at a time" in told
        assert "window on worker-0: lock, then unlock, 2 of these at a time [lock]" in told
        assert (await world.applied(PLANT, approved="")).is_done
        done = actions(world, PLANT)[began:]
        assert sorted(done[:2]) == [(worker, "lock") for worker in WORKERS]
        assert sorted(done[2:]) == [(worker, "unlock") for worker in WORKERS]
        assert counts(world, PLANT, "unlock", WORKERS) == [n + 1 for n in unlocks]
        assert await world.is_in_sync(PLANT)


async def test_one_that_does_not_come_back_leaves_the_other_well_and_is_not_locked_again(in_service):
    async with in_service(PLANT) as (world, clone):
        say(clone, 2)
        world.site(PLANT).system.marks.add("comes-up:failed")
        ended = await world.applied(PLANT, approved="")
        assert (ended.result, [c.name for c in ended.conditions]) == (Result.FAILED, [Condition.FAILED])
        await world.applied(PLANT, approved="")
        assert counts(world, PLANT, "lock", WORKERS) == [1, 1]
        assert states(world, PLANT, WORKERS) == {"unlocked-enabled", "unlocked-disabled"}


async def test_a_line_that_is_cut_while_both_are_out_is_finished_with_one_lock_each(in_service):
    async with in_service(PLANT) as (world, clone):
        say(clone, 2)
        world.at(PLANT, '"value":"unlock"', lambda: world.site(PLANT).connect(Connection.RESET))
        assert not (await world.applied(PLANT, approved="")).is_done
        world.site(PLANT).connect(Connection.UP)
        assert (await world.applied(PLANT, approved="")).is_done
        assert counts(world, PLANT, "lock", WORKERS) == [1, 1]
        assert states(world, PLANT, WORKERS) == {"unlocked-enabled"}
        assert world.windows(PLANT) == frozenset()
        assert await world.is_in_sync(PLANT)


@pytest.mark.xdist_group("dbos")
async def test_a_workflow_has_them_out_together(in_service):
    async with in_service(PLANT) as (world, clone):
        say(clone, 2)
        before = once_each(world)
        async with controlled(world) as it:
            await it.visit(PLANT)
            await looked(lambda: not it.is_under_way(PLANT))
            await it.visit(PLANT)
            assert it.verdicts[PLANT].state is State.IN_SYNC
        assert once_each(world) == [[n + 1 for n in some] for some in before]
        assert [a for _, a in actions(world, PLANT)[-4:]] == ["lock", "lock", "unlock", "unlock"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "nth"),
    [
        pytest.param('"value":"lock"', 2, id="at-the-second-lock"),
        pytest.param("PATCH /v1/iinterfaces", 1, id="in-the-first-window", marks=pytest.mark.full),
        pytest.param('"value":"unlock"', 1, id="at-the-first-unlock", marks=pytest.mark.full),
        pytest.param('"value":"unlock"', 2, id="at-the-second-unlock", marks=pytest.mark.full),
    ],
)
async def test_a_controller_that_was_killed_while_both_are_out_goes_on_with_both(in_service, moment, nth):
    """Each window has steps of its own, so that what one of them did is not taken for the other's."""
    async with in_service(PLANT, kind=running) as (world, clone):
        say(clone, 2)
        before, sent = once_each(world), len(world.writes(PLANT))
        async with controller(world) as first:
            world.at(PLANT, moment, lambda: first.send_signal(signal.SIGKILL), nth)
            await asyncio.wait_for(first.wait(), 120)
        async with controller(world):
            await until(lambda: once_each(world) == [[n + 1 for n in some] for some in before], world, 120)
            await until(lambda: states(world, PLANT, WORKERS) == {"unlocked-enabled"}, world, 120)
            await until(lambda: world.windows_beside(PLANT) == frozenset(), world)
        assert once_each(world) == [[n + 1 for n in some] for some in before]
        done = [(w.method, w.path, w.body) for w in world.writes(PLANT, sent) if w.status < 300]
        assert len(done) == len(set(done)), done
        assert await world.is_in_sync(PLANT)
