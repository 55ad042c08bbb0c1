"""The real command, killed where it hurts most, and started again."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from tests.e2e.ottawa import OTTAWA, OWN, TWO_STEPS, state
from tests.e2e.world import running

STXR = (sys.executable, "-W", "error", "-c", "from reconciler.cli import main; main()")


async def apply(world):
    """`stxr apply`, begun."""
    where = ("--repo", world.root, "--endpoints", world.endpoints, "--state", world.state)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*STXR, "apply", OTTAWA, "--yes", *map(str, where), stderr=pipe)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["PATCH /v1/iinterfaces", '"value":"unlock"'], ids=["in-the-window", "at-its-end"])
async def test_an_apply_that_was_killed_is_finished_by_the_next_one(in_service, moment):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        killed = await apply(world)
        world.at(OTTAWA, moment, killed.kill)
        await killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        assert world.windows(OTTAWA) == {"controller-0"}

        again = await apply(world)
        _, told = await again.communicate()
        assert (again.returncode, world.windows(OTTAWA)) == (0, frozenset()), told.decode()
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert await world.is_in_sync(OTTAWA)
