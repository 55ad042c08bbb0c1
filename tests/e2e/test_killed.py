"""The real command, killed where it hurts most, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from reconciler.model.history import Deed
from reconciler.store import sendings_of
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


@asynccontextmanager
async def controller(world):
    """`stxr run`, at work; stopped at the end if it is still there."""
    where = ("--repo", world.root, "--endpoints", world.endpoints, "--state", world.state, "--listen", "127.0.0.1:0")
    environment = os.environ | {"STXR_API_TOKEN": "token"}
    devnull = asyncio.subprocess.DEVNULL
    with (world.state.parent / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *STXR, "run", *map(str, where), env=environment, stdout=devnull, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def until(told, world, seconds=60):
    """Wait for real processes, a look every 50 ms."""
    for _ in range(seconds * 20):
        if told():
            return
        await asyncio.sleep(0.05)
    raise AssertionError((world.state.parent / "log").read_text()[-3000:])


def counted(world):
    return [world.count(OTTAWA, what) for what in ("lock", "unlock", "reboot")]


WITH_EVERY_TEST = ("at-its-first-step",)
MOMENTS = {
    "at-the-lock": '"value":"lock"',
    "at-its-first-step": "PATCH /v1/iinterfaces",
    "at-its-last-step": "POST /v1/labels",
    "at-its-end": '"value":"unlock"',
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "end"),
    [
        pytest.param(pattern, end, id=f"{name}-{end.name}", marks=() if name in WITH_EVERY_TEST else pytest.mark.full)
        for name, pattern in MOMENTS.items()
        for end in (signal.SIGKILL, signal.SIGTERM)
    ],
)
async def test_a_controller_that_ended_in_a_window_goes_on_with_it(in_service, moment, end):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        sent, before, begun = len(world.writes(OTTAWA)), counted(world), time.time()
        async with controller(world) as first:
            world.at(OTTAWA, moment, lambda: first.send_signal(end))
            await asyncio.wait_for(first.wait(), 60)
        async with controller(world):
            await until(lambda: counted(world) == [n + 1 for n in before] and state(world) == "unlocked-enabled", world)
            await until(lambda: world.windows_beside(OTTAWA) == frozenset(), world)
            await until(lambda: sendings_of(world.state, OTTAWA)[0].end, world)
        assert counted(world) == [n + 1 for n in before]
        done = [(w.method, w.path, w.body) for w in world.writes(OTTAWA, sent) if w.status < 300]
        assert len(done) == len(set(done)), done
        [sending] = [s for s in sendings_of(world.state, OTTAWA) if s.happenings[0].at > begun]
        deeds = Counter(happening.deed for happening in sending.happenings)
        # the call of the moment; a process that is asked to stop may still hear its answer
        unanswered = {1} if end is signal.SIGKILL else {0, 1}
        assert deeds[Deed.SENT] - deeds[Deed.ANSWERED] in unanswered, sending
        assert (deeds[Deed.ENDED], sending.end.text) == (1, "done")
        assert await world.is_in_sync(OTTAWA)
