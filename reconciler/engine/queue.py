"""Whose turn it is: sites by the time at which they are due, one visit a site, failing sites in a lane of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
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
        self._running: dict[str, bool] = {}  # site -> it was a failing one when its visit began
        self._again: set[str] = set()
        self._dropped: set[str] = set()  # while they were visited
        self._failing: set[str] = set()
        self._moved = asyncio.Event()

    def put(self, site: str, delay_s: float = 0.0) -> None:
        """The site is due after this delay, or sooner if it is already."""
        self._dropped.discard(site)
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
        if site in self._running:
            self._dropped.add(site)

    def mark(self, site: str, *, failing: bool) -> None:
        """Move the site into or out of the lane of those that fail: they use half of the workers at the most."""
        (self._failing.add if failing else self._failing.discard)(site)
        self._moved.set()

    @property
    def depth(self) -> int:
        """Sites that are due now."""
        now = self._timer.now()
        return sum(at <= now for at in self._due.values())

    async def run(self, visit: Visit) -> None:
        """Visit sites as they come due, for ever; cancel it to end it.

        `visit` returns seconds until the site is due again. What it raises ends everything.
        """
        async with asyncio.TaskGroup() as group:
            while True:
                self._moved.clear()
                while (site := self._next()) is not None:
                    del self._due[site]
                    self._running[site] = site in self._failing
                    group.create_task(self._visited(site, visit))
                await self._pause()

    async def _visited(self, site: str, visit: Visit) -> None:
        try:
            delay_s = await visit(site)
        finally:
            del self._running[site]
        if site in self._dropped:
            self._dropped.discard(site)
            self._failing.discard(site)
        else:
            self.put(site, 0.0 if site in self._again else delay_s)
        self._again.discard(site)
        self._moved.set()

    def _next(self) -> str | None:
        """The site whose turn it is now: due longest, those that fail after the others; None if nobody's."""
        now = self._timer.now()
        due = (site for site in self._startable() if self._due[site] <= now)
        return min(due, key=lambda site: (site in self._failing, self._due[site]), default=None)

    def _startable(self) -> Iterator[str]:
        """Sites for which there is a worker, due or not."""
        if len(self._running) >= self._workers:
            return
        is_lane_full = sum(self._running.values()) >= max(1, self._workers // 2)
        for site in self._due:
            if site not in self._running and not (is_lane_full and site in self._failing):
                yield site

    async def _pause(self) -> None:
        """Until something is put or ends, or the next site is due."""
        if (at := min((self._due[site] for site in self._startable()), default=None)) is None:
            await self._moved.wait()
            return
        wait_s = max(0.0, at - self._timer.now())
        waits = [asyncio.create_task(self._moved.wait()), asyncio.create_task(self._timer.sleep(wait_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
