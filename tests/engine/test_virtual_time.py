"""Time that passes when nothing is left to do."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.virtual_time import StandstillError, VirtualClock, run


def test_a_day_of_waiting_is_over_at_once_and_has_passed():
    async def wait():
        clock = VirtualClock(1000.0)
        await clock.sleep(86_400.0)
        return clock.now(), clock.elapsed

    assert run(wait()) == (87_400.0, 86_400.0)


def test_who_waits_beside_others_waits_at_the_same_time():
    async def wait():
        clock, woke = VirtualClock(), []

        async def one(seconds):
            await clock.sleep(seconds)
            woke.append((seconds, clock.now()))

        await asyncio.gather(one(30.0), one(10.0), one(20.0))
        return woke

    assert run(wait()) == [(10.0, 10.0), (20.0, 20.0), (30.0, 30.0)]


def test_each_run_begins_at_its_own_zero():
    async def now():
        await asyncio.sleep(5.0)
        return VirtualClock().now()

    assert [run(now()), run(now())] == [5.0, 5.0]


def test_what_nobody_will_ever_end_is_an_error_and_no_hang():
    async def wait():
        await asyncio.Event().wait()

    with pytest.raises(StandstillError, match="nothing is due"):
        run(wait())
