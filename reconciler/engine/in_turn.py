"""One job for each of many sites, so many of them at a time; what they give comes as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 50  # sites in work at a time; each has its own few connections


async def in_turn(
    names: Iterable[str], job: Callable[[str], Awaitable[T]], at_once: int = AT_ONCE
) -> AsyncGenerator[T, None]:
    """The jobs' results, in the order in which they end. Whoever stops listening ends those under way."""
    turn = asyncio.Semaphore(at_once)

    async def waited(name: str) -> T:
        async with turn:
            return await job(name)

    tasks = [asyncio.create_task(waited(name)) for name in names]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for pending in tasks:
            pending.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
