"""A pull request that is followed: how it was last read, what was shown of it, and who said yes to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.model.pull import Pull
from reconciler.model.words import Disruption

SHOWN = 50  # reviews that are remembered of a pull request


@dataclass(frozen=True, slots=True)
class Shown:
    """A review as people could read it below the pull request.

    review: its id. head: the newest commit of the pull request then. at: when it stood there, by the forge's own clock.
    changes: fingerprint -> the worst that a site feels of it.
    """

    review: str
    head: str
    at: float
    changes: Mapping[str, Disruption] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Yes:
    """Somebody approved a change, up to what it cost when he read of it. where: how he said it."""

    change: str
    ceiling: Disruption
    by: str
    at: float
    where: str

    def covers(self, change: str, cost: Disruption) -> bool:
        return self.change == change and cost <= self.ceiling


@dataclass(frozen=True, slots=True)
class Followed:
    """pull: as the forge told of it last. shown: the newest last. heard: the number of the last comment that was heeded.

    granted: changes whose yes is kept as an approval, since it was merged. is_over: nothing more is done for it. trouble: why it could not be reviewed, or shown; "" if it could.
    """

    pull: Pull
    shown: tuple[Shown, ...] = ()
    yeses: tuple[Yes, ...] = ()
    heard: int = 0
    granted: tuple[str, ...] = ()
    is_over: bool = False
    trouble: str = ""

    @property
    def last(self) -> Shown | None:
        return self.shown[-1] if self.shown else None

    def showing(self, shown: Shown) -> Followed:
        """After one more review was shown. What is said anew of the same changes stood there before, too."""
        last = self.last
        if last and (last.review, last.head, last.changes) == (shown.review, shown.head, shown.changes):
            return replace(self, trouble="")
        return replace(self, shown=(*self.shown, shown)[-SHOWN:], trouble="")

    def seen_at(self, at: float) -> Shown | None:
        """What stood there at a time, by the forge's clock: what somebody who spoke then had before his eyes."""
        return next((shown for shown in reversed(self.shown) if shown.at <= at), None)
