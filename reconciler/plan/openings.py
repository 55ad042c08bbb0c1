"""When the maintenance windows of a site let something begin that takes so long: asked thousands of times, read once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from math import inf
from zoneinfo import ZoneInfo

from cronsim import CronSim

from reconciler.model.maintenance import MaintenanceWindow, seconds

AHEAD_S = 400 * 86_400.0  # an opening further away than a year and a month is none


class Openings:
    """The moments at which one window opens, from one moment on, in order; each is asked of cron once."""

    def __init__(self, window: MaintenanceWindow, since: float) -> None:
        self.lasts_s = float(seconds(window.duration))
        # one that is open already, and to the second: cron names what comes after
        self._since = since - self.lasts_s - 1.0
        self._coming = self._named(window)
        self._found: list[float] = []

    def _named(self, window: MaintenanceWindow) -> Iterator[float]:
        local = datetime.fromtimestamp(self._since, ZoneInfo(window.timezone))
        return (moment.timestamp() for moment in CronSim(window.cron, local))

    def closes_at(self, now: float) -> float | None:
        """When it closes, if it is open."""
        self._read_beyond(now)
        before = bisect_right(self._found, now)
        end = self._found[before - 1] + self.lasts_s if before else now
        return end if end > now else None

    def next_after(self, now: float) -> float:
        """Its next opening; never where that is more than a year away."""
        self._read_beyond(now)
        later = bisect_right(self._found, now)
        return self._found[later] if later < len(self._found) and self._found[later] < now + AHEAD_S else inf

    def _read_beyond(self, now: float) -> None:
        while not self._found or self._found[-1] <= now:
            self._found.append(next(self._coming, inf))


class Hours:
    """When something that needs so long may begin. windows: none for at any time. not_before: infinity for never."""

    def __init__(self, windows: Iterable[Openings], needed_s: float, not_before: float = -inf) -> None:
        self._windows, self._needed_s, self._not_before = tuple(windows), needed_s, not_before

    @cached_property
    def _fitting(self) -> tuple[Openings, ...]:
        return tuple(window for window in self._windows if window.lasts_s >= self._needed_s)

    @property
    def is_never(self) -> bool:
        return self._not_before == inf or (bool(self._windows) and not self._fitting)

    def until(self, now: float) -> float:
        """The last moment at which it may begin, if it may now; else a moment that is over."""
        if self.is_never or now < self._not_before:
            return -inf
        if not self._windows:
            return inf
        ends = (window.closes_at(now) or -inf for window in self._windows)
        return max(ends) - self._needed_s

    def opens_after(self, now: float) -> float:
        """The next moment from which it may begin, if it may not now; infinity if it never may."""
        if now < self._not_before < inf:
            first = self._not_before
            return first if self.until(first) >= first else self.opens_after(first)
        return min((window.next_after(now) for window in self._fitting), default=inf)
