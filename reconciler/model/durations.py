"""What this fleet took for each act, by what hosts are alike, and from how many times on that is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

from reconciler.model.forecast import Act, Basis, Like, Measured, Span

ENOUGH = 10  # measurements from which a percentile means something
KEPT = 200  # of each key, the last: an older release, or another firmware, took its own time


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What is measured apart. kind: of the resources, of calls."""

    act: Act
    like: Like
    kind: str = ""

    @property
    def rough(self) -> Key:
        """The same on whatever hardware."""
        return Key(self.act, self.like.rough, self.kind)


@dataclass(frozen=True)
class Durations:
    """The last measurements of each key, in seconds."""

    lasted: Mapping[Key, Sequence[float]] = field(default_factory=dict)

    def span(self, act: Act, like: Like, default_s: float, kind: str = "") -> Span:
        """How long one takes: as measured on what is alike, else whatever it is made of, else the default."""
        key = Key(act, like, kind)
        if (found := self._exact.get(key)) and found.count >= ENOUGH:
            return Span(found.mean_s, found.p95_s, Basis.MEASURED, found.count)
        if (found := self._rough.get(key.rough)) and found.count >= ENOUGH:
            return Span(found.mean_s, found.p95_s, Basis.SIMILAR, found.count)
        return Span(default_s, default_s, Basis.DEFAULT)

    def measured(self) -> tuple[Measured, ...]:
        """Everything, in order."""
        return tuple(self._exact[key] for key in sorted(self._exact))

    @cached_property
    def _exact(self) -> Mapping[Key, Measured]:
        return {key: summary(key, seconds) for key, seconds in self.lasted.items() if seconds}

    @cached_property
    def _rough(self) -> Mapping[Key, Measured]:
        together: dict[Key, list[float]] = {}
        for key, seconds in self.lasted.items():
            together.setdefault(key.rough, []).extend(seconds)
        return {key: summary(key, seconds) for key, seconds in together.items() if seconds}


NOTHING = Durations()


def summary(key: Key, seconds: Iterable[float]) -> Measured:
    """What so many measurements say together; at least one."""
    ordered = sorted(seconds)
    shares = (_share(ordered, percent) for percent in (50, 90, 95))
    return Measured(key.act, key.like, key.kind, len(ordered), sum(ordered) / len(ordered), *shares)


def _share(ordered: Sequence[float], percent: int) -> float:
    """The nearest rank: what so many of a hundred did not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]
