"""Runs and windows that end in the middle, and what the next run makes of them."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.simulator.interference import Connection
from tests.e2e.ottawa import CALLS_OF_OTTAWA, LOCKED, OTTAWA, OWN, TWO_STEPS, UNLOCKED, accepted, state


@pytest.mark.parametrize("nth", range(1, CALLS_OF_OTTAWA + 1))
async def test_a_first_run_that_ends_after_any_of_its_calls_is_finished_by_the_next(git, opened, nth):
    async with opened(git(OTTAWA)) as world:
        run = asyncio.create_task(world.applied(OTTAWA))
        world.at(OTTAWA, "", run.cancel, nth)
        with pytest.raises(asyncio.CancelledError):
            await run
        await world.converge(OTTAWA)
        assert accepted(world) == CALLS_OF_OTTAWA
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (0, 1)
        assert await world.is_in_sync(OTTAWA)


MOMENTS = pytest.mark.parametrize(
    "moment",
    [
        pytest.param(LOCKED, id="while-the-host-locks"),
        pytest.param("PATCH /v1/iinterfaces", id="after-the-first-step"),
        pytest.param("POST /v1/labels", id="after-the-last-step"),
        pytest.param(UNLOCKED, id="while-the-host-unlocks"),
    ],
)


@MOMENTS
async def test_a_window_that_the_link_cut_is_finished_by_the_next_run(in_service, moment):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, moment, lambda: world.site(OTTAWA).connect(Connection.RESET))
        cut = await world.applied(OTTAWA)
        assert (cut.is_done, cut.open_windows) == (False, ("controller-0",))
        assert world.windows(OTTAWA) == {"controller-0"}

        world.site(OTTAWA).connect(Connection.UP)
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()
        assert await world.is_in_sync(OTTAWA)


@MOMENTS
async def test_a_window_that_our_end_cut_is_finished_by_the_next_run(in_service, moment):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        run = asyncio.create_task(world.applied(OTTAWA))
        world.at(OTTAWA, moment, run.cancel)
        with pytest.raises(asyncio.CancelledError):
            await run
        assert world.windows(OTTAWA) == {"controller-0"}

        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()
        assert await world.is_in_sync(OTTAWA)


async def test_a_window_is_finished_though_git_took_its_changes_back(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LOCKED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        world.site(OTTAWA).settle()

        clone.commit({OWN: None})
        sent = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert [w.path.split("/")[2] for w in world.writes(OTTAWA, sent)] == ["ihosts"]  # the unlock
        assert await world.is_in_sync(OTTAWA)


async def test_a_site_that_is_not_to_be_heard_while_its_only_host_reboots_is_waited_for(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        site = world.site(OTTAWA)

        def reboots():
            site.connect(Connection.RESET)
            world.after(700, lambda: site.connect(Connection.UP))

        world.at(OTTAWA, UNLOCKED, reboots)
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)
