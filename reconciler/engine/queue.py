"""Whose turn it is: lane by lane those that are due longest, one visit a site, failing sites in nobody's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

Visit = Callable[[str], Awaitable[float]]


class Lane(StrEnum):
    """Who comes before whom, in this order."""

    NEW = "new"  # something moved: a commit does not wait behind the fleet's round
    HEALTHY = "healthy"  # its time has come
    FAILING = "failing"  # its last visit ended badly; the lane has half of the workers at the most


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
        self._new: set[str] = set()
        self._failing: set[str] = set()
        self._moved = asyncio.Event()

    def put(self, site: str, delay_s: float = 0.0) -> None:
        """The site is due after this delay, or sooner if it is already. Without one, something moved: it is new."""
        self._dropped.discard(site)
        if delay_s <= 0:
            self._new.add(site)
        if site in self._running and delay_s <= 0:
            self._again.add(site)
        else:
            self._put(site, delay_s)

    def _put(self, site: str, delay_s: float) -> None:
        at = self._timer.now() + delay_s
        self._due[site] = min(at, self._due.get(site, at))
        self._moved.set()

    def drop(self, site: str) -> None:
        """The site is not visited any more; a visit under way ends by itself."""
        self._due.pop(site, None)
        for known in (self._again, self._new, self._failing):
            known.discard(site)
        if site in self._running:
            self._dropped.add(site)

    def mark(self, site: str, *, failing: bool) -> None:
        """Move the site into or out of the lane of those that fail, also where it is new."""
        (self._failing.add if failing else self._failing.discard)(site)
        self._moved.set()

    @property
    def depth(self) -> int:
        """How many sites are due now and wait."""
        return sum(self.depths().values())

    def depths(self) -> dict[Lane, int]:
        """The same by lane."""
        now = self._timer.now()
        waiting = Counter(self._lane(site) for site, at in self._due.items() if at <= now)
        return {lane: waiting[lane] for lane in Lane}

    def _lane(self, site: str) -> Lane:
        if site in self._failing:
            return Lane.FAILING
        return Lane.NEW if site in self._new else Lane.HEALTHY

    async def run(self, visit: Visit) -> None:
        """Visit sites as they come due, for ever; cancel it to end it.

        `visit` returns seconds until the site is due again. What it raises ends everything.
        """
        async with asyncio.TaskGroup() as group:
            while True:
                self._moved.clear()
                while (site := self._next()) is not None:
                    del self._due[site]
                    self._new.discard(site)
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
            self._put(site, 0.0 if site in self._again else delay_s)
        self._again.discard(site)
        self._moved.set()

    def _next(self) -> str | None:
        """The site whose turn it is now: of the first lane, due longest; None if nobody's."""
        now = self._timer.now()
        due = (site for site in self._startable() if self._due[site] <= now)
        return min(due, key=lambda site: (site in self._failing, site not in self._new, self._due[site]), default=None)

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
