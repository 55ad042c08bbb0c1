"""Many jobs, so many at a time."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from reconciler.engine.in_turn import in_turn


async def test_no_more_than_so_many_are_under_way_and_all_end():
    under_way, most = 0, 0

    async def job(name: str) -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return name.upper()

    found = [result async for result in in_turn("abcdefgh", job, at_once=3)]
    assert (sorted(found), most) == (list("ABCDEFGH"), 3)


async def test_the_first_to_end_is_told_first():
    later = asyncio.Event()

    async def job(name: str) -> str:
        if name == "slow":
            await later.wait()
        return name

    order = []
    async for result in in_turn(["slow", "quick"], job):
        order.append(result)
        later.set()
    assert order == ["quick", "slow"]


async def test_who_stops_listening_ends_what_is_under_way():
    ended = []

    async def job(name: str) -> str:
        if name == "quick":
            return name
        try:
            return await asyncio.Event().wait()
        finally:
            ended.append(name)

    async with aclosing(in_turn(["quick", "endless"], job)) as results:
        assert await anext(results) == "quick"
    assert ended == ["endless"]
