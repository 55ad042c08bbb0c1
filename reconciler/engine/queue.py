"""Whose turn it is: lane by lane those that are due longest, one visit a site, nobody held up by who fails or is slow."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from itertools import islice
from statistics import median
from typing import Protocol

Visit = Callable[[str], Awaitable[float]]
SPARE = 100  # entries of a heap that may be out of date before it is made anew


class Lane(StrEnum):
    """Who comes before whom, in this order."""

    NEW = "new"  # something moved: a commit does not wait behind the fleet's round
    HEALTHY = "healthy"  # its time has come
    SLOW = "slow"  # its last visit lasted long
    FAILING = "failing"  # its last visit ended badly


class Crowd(StrEnum):
    """Sites that share workers. Those that are slow or fail have some of their own, and take none from the others."""

    WELL = "well"
    SLOW = "slow"
    FAILING = "failing"


class Timer(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Lingering:
    """When a visit has lasted long: so many times what one of the last ones took in the middle, within bounds.

    at_once: so many times as many visits as there are workers may make room; they wait, and cost a socket or two.

    Its site is a slow one only if it lasted `most_s`: a site of many hosts is not to stand in line behind slow ones.
    """

    times: float = 2.0
    least_s: float = 0.5
    most_s: float = 10.0
    first_s: float = 2.0
    of_last: int = 50
    at_once: int = 6

    def after_s(self, took_s: Collection[float]) -> float:
        """Seconds, by what the last visits took; half of them are those of well sites even if a tenth is dark."""
        return min(max(self.times * median(took_s), self.least_s), self.most_s) if took_s else self.first_s


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit under way, and whose workers it takes."""

    crowd: Crowd
    at: float


class Queue:
    """Keyed by site: putting a site twice is one visit, putting it while it is visited is one more afterwards.

    A visit looks at what is newest when it begins, so the newest commit wins without being passed along.
    workers: visits at a time of sites that are well. Those that are slow have half as many beside them, those that fail
    another half. A visit that turns out to linger, of a site that was well, makes room for another one.
    Belongs to one event loop.
    """

    def __init__(self, timer: Timer, workers: int, lingering: Lingering | None = None) -> None:
        self._timer, self._lingering = timer, lingering or Lingering()
        self._took_s: deque[float] = deque(maxlen=self._lingering.of_last)  # visits that did not fail
        half = max(1, workers // 2)
        self._room = {Crowd.WELL: workers, Crowd.SLOW: half, Crowd.FAILING: half}
        self._due: dict[str, float] = {}
        self._waiting: dict[Crowd, list[tuple[bool, float, str]]] = {crowd: [] for crowd in Crowd}  # heaps, see _first
        self._running: dict[str, Begun] = {}
        self._again: set[str] = set()
        self._dropped: set[str] = set()  # while they were visited
        self._new: set[str] = set()
        self._failing: set[str] = set()
        self._slow: set[str] = set()
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
        self._enter(site)

    def drop(self, site: str) -> None:
        """The site is not visited any more; a visit under way ends by itself."""
        self._due.pop(site, None)
        for known in (self._again, self._new, self._failing, self._slow):
            known.discard(site)
        if site in self._running:
            self._dropped.add(site)

    def mark(self, site: str, *, failing: bool) -> None:
        """Move the site into or out of the lane of those that fail, also where it is new."""
        (self._failing.add if failing else self._failing.discard)(site)
        if site in self._due:
            self._enter(site)

    @property
    def depth(self) -> int:
        """How many sites are due now and wait."""
        return sum(self.depths().values())

    def depths(self) -> dict[Lane, int]:
        """The same by lane. May be asked from any thread, as the two that follow."""
        now = self._timer.now()
        waiting = Counter(self._lane(site) for site, at in self._due.copy().items() if at <= now)
        return {lane: waiting[lane] for lane in Lane}

    def oldest_s(self) -> dict[Lane, float]:
        """For how long the first that waits in each lane has been due."""
        now, found = self._timer.now(), dict.fromkeys(Lane, 0.0)
        for site, at in self._due.copy().items():
            lane = self._lane(site)
            found[lane] = max(found[lane], now - at)
        return found

    def busy(self) -> dict[Crowd, int]:
        """Visits under way, by whose workers they take."""
        at_work = Counter(begun.crowd for begun in self._running.copy().values())
        return {crowd: at_work[crowd] for crowd in Crowd}

    def _lane(self, site: str) -> Lane:
        crowd = self._crowd(site)
        if crowd is Crowd.WELL:
            return Lane.NEW if site in self._new else Lane.HEALTHY
        return Lane.SLOW if crowd is Crowd.SLOW else Lane.FAILING

    def _crowd(self, site: str) -> Crowd:
        if site in self._failing:
            return Crowd.FAILING
        return Crowd.SLOW if site in self._slow else Crowd.WELL

    # ---- who waits, in order; 5,000 sites are not looked through at every turn

    def _enter(self, site: str) -> None:
        """Where it stands now in its crowd. Where it stood before stays behind, and counts no more."""
        heap = self._waiting[self._crowd(site)]
        heappush(heap, (site not in self._new, self._due[site], site))
        if len(heap) > 2 * len(self._due) + SPARE:
            heap[:] = {entry for entry in heap if self._holds(self._crowd(site), entry)}
            heapify(heap)
        self._moved.set()

    def _holds(self, crowd: Crowd, entry: tuple[bool, float, str]) -> bool:
        """Whether that is where the site stands. One that is visited stands nowhere until its visit ends."""
        is_old, at, site = entry
        is_here = self._due.get(site) == at and self._crowd(site) is crowd
        return is_here and is_old is (site not in self._new) and site not in self._running

    def _first(self, crowd: Crowd) -> tuple[float, str] | None:
        """(when it is due, site) of who is next; who is new, and so due already, before all others."""
        heap = self._waiting[crowd]
        while heap and not self._holds(crowd, heap[0]):
            heappop(heap)
        return heap[0][1:] if heap else None

    # ---- at work

    async def run(self, visit: Visit) -> None:
        """Visit sites as they come due, for ever; cancel it to end it.

        `visit` returns seconds until the site is due again. What it raises ends everything.
        """
        async with asyncio.TaskGroup() as group:
            while True:
                self._moved.clear()
                self._make_room()
                while (site := self._next()) is not None:
                    del self._due[site]
                    self._new.discard(site)
                    self._running[site] = Begun(self._crowd(site), self._timer.now())
                    group.create_task(self._visited(site, visit))
                await self._pause()

    async def _visited(self, site: str, visit: Visit) -> None:
        try:
            delay_s = await visit(site)
        finally:
            begun = self._running.pop(site)
        took_s = self._timer.now() - begun.at
        (self._slow.add if took_s >= self._lingering.most_s else self._slow.discard)(site)
        if site not in self._failing:
            self._took_s.append(took_s)
        if site in self._dropped:
            for known in (self._dropped, self._failing, self._slow):
                known.discard(site)
        else:
            self._put(site, 0.0 if site in self._again else delay_s)
        self._again.discard(site)
        self._moved.set()

    def _next(self) -> str | None:
        """The site whose turn it is now: of the first crowd that has a free worker; None if nobody's."""
        now = self._timer.now()
        firsts = (first for crowd in self._free() if (first := self._first(crowd)))
        return next((site for at, site in firsts if at <= now), None)

    def _free(self) -> Iterator[Crowd]:
        busy = Counter(begun.crowd for begun in self._running.values())
        return (crowd for crowd, room in self._room.items() if busy[crowd] < room)

    @property
    def _lingers_s(self) -> float:
        return self._lingering.after_s(self._took_s)

    def _make_room(self) -> None:
        """Visits that last longer than those of well sites do take no worker from these any more."""
        since = self._timer.now() - self._lingers_s
        for site in list(self._lasting()):
            if self._running[site].at <= since:
                self._running[site] = Begun(Crowd.SLOW, self._running[site].at)

    def _lasting(self) -> Iterator[str]:
        """Visits of well sites that may still make room, the longest first."""
        busy = Counter(begun.crowd for begun in self._running.values())
        left = max(0, self._lingering.at_once * self._room[Crowd.WELL] - busy[Crowd.SLOW])
        well = (site for site, begun in self._running.items() if begun.crowd is Crowd.WELL)
        return islice(well, left)

    async def _pause(self) -> None:
        """Until something is put or ends, the next site is due, or a visit makes room."""
        if (at := min(self._moments(), default=None)) is None:
            await self._moved.wait()
            return
        wait_s = max(0.0, at - self._timer.now())
        waits = [asyncio.create_task(self._moved.wait()), asyncio.create_task(self._timer.sleep(wait_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.wait(waits)  # awaited one by one, theirs could not be told from a cancellation of ours

    def _moments(self) -> Iterator[float]:
        free = set(self._free())
        yield from (first[0] for crowd in free if (first := self._first(crowd)))
        if Crowd.WELL not in free:
            yield from (self._running[site].at + self._lingers_s for site in islice(self._lasting(), 1))
