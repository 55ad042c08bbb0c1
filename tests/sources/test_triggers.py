"""Polls, webhooks and edits become looks; time is the test's."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.sources.triggers import Bell, Poll, looks, poll


class Clock:
    """Sleeps that last until the test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._gate = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        gate = self._gate
        await gate.wait()

    async def wake(self) -> None:
        gate, self._gate = self._gate, asyncio.Event()
        gate.set()
        await idle()


async def idle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def at_once(_seconds: float) -> None:
    return


@pytest.mark.parametrize(("chance", "wait_s"), [(0.0, 54.0), (0.5, 60.0), (0.999_999, 66.0)])
def test_jitter_spreads_polls_to_both_sides(chance, wait_s):
    assert Poll(60, 0.1).wait_s(chance) == pytest.approx(wait_s, abs=0.001)


async def test_a_poll_rings_at_once_and_at_every_interval():
    bell, clock = Bell(), Clock()
    task = asyncio.create_task(poll(bell, Poll(60, 0), clock.sleep, lambda: 0.5))
    for _ in range(3):
        assert await bell.answered(0, at_once) == {"poll"}
        await idle()
        await clock.wake()
    task.cancel()
    assert clock.asked == [60, 60, 60, 60]


async def test_a_burst_is_one_look_with_all_its_reasons():
    bell, clock = Bell(), Clock()
    bell.ring("webhook")
    answered = asyncio.create_task(bell.answered(2.5, clock.sleep))
    await idle()
    bell.ring("webhook")
    bell.ring("edit")
    assert not answered.done()
    await clock.wake()
    assert await answered == {"webhook", "edit"}
    assert clock.asked == [2.5]


async def test_a_ring_during_a_look_asks_for_exactly_one_more():
    bell = Bell()
    bell.ring("poll")
    passes = looks(bell, 0, at_once)
    assert await anext(passes) == {"poll"}
    for _ in range(5):
        bell.ring("webhook")
    assert await anext(passes) == {"webhook"}
    another = asyncio.ensure_future(anext(passes))
    await idle()
    assert not another.done()
    bell.ring("edit")
    assert await another == {"edit"}


async def test_nothing_is_looked_at_before_somebody_rings():
    bell = Bell()
    answered = asyncio.create_task(bell.answered(0, at_once))
    await idle()
    assert not answered.done()
    answered.cancel()
