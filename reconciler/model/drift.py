"""Drift: a field of a site that is not as Git says, from the first look that showed it to how it ended.

A verdict says what differs now. Drift is the same with its past: since when, why, how often, and what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from reconciler.model.alarm import Noted
from reconciler.model.outcome import StepResult
from reconciler.model.verdict import Difference
from reconciler.model.words import Cause

Place = tuple[str, str]  # resource, attribute


class DriftCause(StrEnum):
    """Why a field is not as Git says."""

    OUT_OF_BAND = "out-of-band"  # the site moved, Git has not
    PENDING = "pending"  # Git moved, the site has not followed
    UNMANAGED = "unmanaged"  # on the site, and not in Git
    FAILED_APPLY = "failed-apply"  # it was sent, and did not go through
    UNVERIFIED = "unverified"  # the API has stored it, and it is not known to be applied


class Resolution(StrEnum):
    """How drift ended."""

    APPLIED = "applied"  # the site followed Git
    HEALED = "healed"  # what the site changed was set back, by us
    ACCEPTED = "accepted"  # Git says now what the site showed
    IGNORED = "ignored"  # a rule says that it does not count
    VANISHED = "vanished"  # it went without our doing: set back at the site, or taken back in Git


@dataclass(frozen=True, slots=True)
class Drift:
    """One field of one site.

    difference: as the last look that could tell showed it; its `since` is the first of this episode.
    last_seen: the last look that showed it. commit: what Git was at then.
    onsets: the looks at which it came lately, this episode's own the last.
    is_flapping: it comes and goes, and is one drift all the while. absent_since: the look from which it is away now.
    clues: what Fault Management noted at the site between the last look without it and the first with it.
    """

    difference: Difference
    why: DriftCause
    last_seen: float
    commit: str = ""
    onsets: tuple[float, ...] = ()
    is_flapping: bool = False
    absent_since: float | None = None
    clues: tuple[Noted, ...] = ()

    @property
    def place(self) -> Place:
        return self.difference.place

    @property
    def first_seen(self) -> float:
        return self.difference.since

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.difference)


@dataclass(frozen=True, slots=True)
class SiteDrift:
    """What is known of one site. looked_at: the reading that it rests on. rested: when fields came that are gone now."""

    site: str
    looked_at: float | None = None
    open: Mapping[Place, Drift] = field(default_factory=dict)
    rested: Mapping[Place, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.rested)


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of the last step that was to change a resource."""

    at: float
    result: StepResult


Deeds = Mapping[str, Deed]  # by resource


class Turning(StrEnum):
    """What may happen to drift."""

    BEGAN = "began"
    FLAPS = "flaps"  # told once, when it has come and gone too often
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DriftEvent:
    """Something happened to a field of a site; how it ended is said of what ended."""

    turning: Turning
    site: str
    drift: Drift
    at: float
    resolution: Resolution | None = None


def fingerprint(difference: Difference) -> str:
    """Ten hex digits, equal wherever the same became the same: on which site and host does not count.

    An equal change on many sites has one cause, and is one thing to mend.
    """
    resource = difference.resource.removeprefix(f"{difference.host}/") if difference.host else difference.resource
    return _digest(resource, difference.attribute, difference.action, difference.observed, difference.desired)


@lru_cache(maxsize=65_536)  # a wave of equal drifts is digested once, at each scrape and each list
def _digest(*said: str) -> str:
    return sha256("\0".join(said).encode()).hexdigest()[:10]


def why(difference: Difference, deed: Deed | None) -> DriftCause:
    """The cause of a difference. deed: what became of the step that was to end it, since it came."""
    if difference.cause is Cause.UNMANAGED:
        return DriftCause.UNMANAGED
    if deed and deed.result is StepResult.FAILED:
        return DriftCause.FAILED_APPLY
    if deed and deed.result is StepResult.UNVERIFIED:
        return DriftCause.UNVERIFIED
    return DriftCause.PENDING if difference.cause is Cause.PENDING else DriftCause.OUT_OF_BAND


def by_place(drifts: Iterable[Drift]) -> dict[Place, Drift]:
    return {drift.place: drift for drift in drifts}
