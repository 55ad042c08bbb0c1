"""When a site is worth another visit: by what the last one brought, how often it failed in a row, and what is known of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.engine.backoff import Backoff
from reconciler.model.outcome import Outcome
from reconciler.model.verdict import Verdict
from reconciler.model.words import Result

AGAIN_S = 0.0
SOON_S = 1.0
ENDED_BADLY = frozenset({Result.FAILED, Result.UNREACHABLE, Result.CONFLICT})


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a site is read in full when nothing happens, and how many sites at a time."""

    observe_s: float = 600.0
    jitter: float = 0.1
    workers: int = 50
    backoff: Backoff = field(default_factory=Backoff)

    def next_s(self, chance: float) -> float:
        """The wait after a visit that found nothing to do."""
        return self.observe_s * (1 + self.jitter * (2 * chance - 1))


class Now(Protocol):
    def now(self) -> float: ...


class Mark(Protocol):
    """Moves a site into or out of the lane of those that fail."""

    def __call__(self, site: str, *, failing: bool) -> None: ...


class Due:
    """Seconds until each site's next visit. Belongs to one event loop; all times spread, so that sites do not meet."""

    def __init__(self, schedule: Schedule, mark: Mark, clock: Now) -> None:
        self._schedule, self._mark, self._clock = schedule, mark, clock
        self._chance: Callable[[], float] = random.Random(0).random  # noqa: S311 - spreads load, guards nothing
        self._failures: dict[str, int] = {}
        self._done: dict[str, set[str]] = {}  # plans that ended well since the site last had nothing to do

    def in_turn(self) -> float:
        """The next full reading of a site of which nobody expects anything."""
        return self._schedule.next_s(self._chance())

    def within(self, over_s: float) -> float:
        """Some time in this span."""
        return over_s * self._chance()

    def of(self, known: Verdict | None, key: str | None) -> float:
        """By the last verdict; 0 where that does not hold for what Git says now. key: of what Git says."""
        is_in_order = known and known.is_in_sync and not known.holds and not known.open_windows
        if known is None or not is_in_order or known.input_key != key:
            return 0.0
        since_s = max(0.0, self._clock.now() - known.judged_at)
        return max(SOON_S, self.in_turn() - since_s)

    def after(self, name: str, outcome: Outcome) -> float:
        """After a plan has ended: soon where it is worth it, at once where all went well.

        A host that we locked does not wait for the next full reading.
        """
        done = self._done.setdefault(name, set())
        if outcome.result in ENDED_BADLY or outcome.plan_id in done or outcome.open_windows:
            return self.failed(name)
        self._failures.pop(name, None)
        self._mark(name, failing=False)
        if outcome.result is Result.DONE:  # what came of it is looked at at once
            done.add(outcome.plan_id)
            return AGAIN_S
        done.clear()
        return min([self.in_turn(), *self._openings_s(outcome)])

    def failed(self, name: str) -> float:
        """To leave the site alone, longer with each failure in a row."""
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        self._mark(name, failing=True)
        return self._schedule.backoff.wait_s(failures, self._chance())

    def forget(self, names: Iterable[str]) -> None:
        """These sites are not visited any more."""
        for name in names:
            self._failures.pop(name, None)
            self._done.pop(name, None)

    @property
    def breakers_open(self) -> int:
        """Sites that failed so often in a row that they are not expected to answer. May be asked from any thread."""
        return sum(map(self._schedule.backoff.is_open, self._failures.copy().values()))

    def _openings_s(self, outcome: Outcome) -> Iterator[float]:
        """Until the gates that hold it may be open."""
        now = self._clock.now()
        return (max(hold.until - now, SOON_S) for hold in outcome.holds if hold.until is not None)
