"""Sites that were read too long ago are read before a review rests on them; who does not answer is not waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.engine.review_making import Maker, Proposed
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import NotYetError


@dataclass(frozen=True, slots=True)
class Fresh:
    """How old a reading may be, and how long a review waits for newer ones, in seconds."""

    at_most_s: float = 1_200.0
    waits_s: float = 90.0
    asks_s: float = 5.0


@dataclass(frozen=True, slots=True)
class _Wait:
    """For readings since `since`, begun at `at`."""

    asked: Proposed
    since: float
    at: float


@dataclass(slots=True)
class Freshness:
    """By pull request, for what its readings are waited. Belongs to one event loop."""

    maker: Maker
    sites: Sites
    fresh: Fresh
    _waits: dict[int, _Wait] = field(default_factory=dict)

    def needs(self, number: int, asked: Proposed, now: float, *, anew: bool = False) -> None:
        """Raises NotYetError while what was asked to be read is not there. anew: somebody wants all of it read now."""
        wait = self._waits.get(number)
        if wait is None or anew or (wait.asked.base, wait.asked.head) != (asked.base, asked.head):
            wait = self._waits[number] = _Wait(asked, now if anew else now - self.fresh.at_most_s, now)
            if old := self.maker.unread(asked.names, wait.since):
                self.sites.read(old)
        old = self.maker.unread(asked.names, wait.since)
        if old and now < wait.at + self.fresh.waits_s:
            raise NotYetError(f"reading {len(old):,} of {len(asked.names):,} sites again", self.fresh.asks_s)

    def forget(self, number: int) -> None:
        """Nothing more is reviewed of it."""
        self._waits.pop(number, None)
