"""Whose turn it is: sites by the time at which they are due, one worker a site, failing sites in a lane of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

Visit = Callable[[str], Awaitable[float]]


class Timer(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Queue:
    """Keyed by site: putting a site twice is one visit, putting it while it is visited is one more afterwards.

    A visit looks at what is newest when it begins, so the newest commit wins without being passed along.
    Belongs to one event loop.
    """

    def __init__(self, timer: Timer, workers: int) -> None:
        self._timer, self._workers = timer, workers
        self._due: dict[str, float] = {}
        self._running: dict[str, bool] = {}  # site -> it is a failing one
        self._again: set[str] = set()
        self._failing: set[str] = set()
        self._moved = asyncio.Event()

    def put(self, site: str, delay_s: float = 0.0) -> None:
        """The site is due after this delay, or sooner if it is already."""
        if site in self._running and delay_s <= 0:
            self._again.add(site)
            return
        at = self._timer.now() + delay_s
        self._due[site] = min(at, self._due.get(site, at))
        self._moved.set()

    def drop(self, site: str) -> None:
        """The site is not visited any more; a visit under way ends by itself."""
        self._due.pop(site, None)
        self._again.discard(site)
        self._failing.discard(site)

    def mark(self, site: str, *, failing: bool) -> None:
        """Move the site into or out of the lane of those that fail: they use half of the workers at the most."""
        (self._failing.add if failing else self._failing.discard)(site)

    @property
    def depth(self) -> int:
        """Sites that are due now."""
        now = self._timer.now()
        return sum(at <= now for at in self._due.values())

    async def run(self, visit: Visit) -> None:
        """Visit sites as they come due, for ever; cancel it to end it. `visit` returns seconds until the next."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work(visit))

    async def _work(self, visit: Visit) -> None:
        while True:
            site = await self._next()
            self._running[site] = site in self._failing
            try:
                delay_s = await visit(site)
            finally:
                del self._running[site]
            self._put_again(site, delay_s)

    def _put_again(self, site: str, delay_s: float) -> None:
        if site in self._again:
            self._again.discard(site)
            delay_s = 0.0
        if delay_s >= 0:
            self.put(site, delay_s)
        self._moved.set()

    async def _next(self) -> str:
        while True:
            self._moved.clear()
            site, wait_s = self._pick()
            if site is not None:
                del self._due[site]
                return site
            await self._pause(wait_s)

    def _pick(self) -> tuple[str | None, float | None]:
        """The site that has been due longest and may run, or how long until one is due (None: nothing waits)."""
        now = self._timer.now()
        is_lane_full = sum(self._running.values()) >= max(1, self._workers // 2)
        ready = [s for s in self._due if s not in self._running and not (is_lane_full and s in self._failing)]
        if not ready:
            return None, None
        site = min(ready, key=lambda s: (s in self._failing and self._due[s] <= now, self._due[s]))
        return (site, 0.0) if self._due[site] <= now else (None, self._due[site] - now)

    async def _pause(self, wait_s: float | None) -> None:
        """Until something is put or done, or the next site is due."""
        if wait_s is None:
            await self._moved.wait()
            return
        waits = [asyncio.create_task(self._moved.wait()), asyncio.create_task(self._timer.sleep(wait_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
