"""How long acts take: noted as each plan is sent, and told to whoever judges the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model.durations import NOTHING, Durations
from reconciler.model.forecast import Act, Took, like
from reconciler.model.host import SystemState

FRESH_S = 60.0  # for so long what was read last is believed: others measure, too
OURS_S = 1.0  # and for so long where something was measured here since


class Lasting(Protocol):
    """What this fleet has measured; the store keeps it."""

    def durations(self) -> Durations: ...

    def took(self, took: Iterable[Took], at: float) -> None:
        """Learn from this. Never raises, never in the way."""
        ...


class Unmeasured:
    """Nothing is known, and nothing is learned."""

    def durations(self) -> Durations:
        return NOTHING

    def took(self, took: Iterable[Took], at: float) -> None:
        """Nobody keeps it."""


class Now(Protocol):
    def now(self) -> float: ...


class Recent:
    """What was measured, read again once it is old: it is asked at every gate, and moves slowly."""

    def __init__(self, kept: Lasting, clock: Now) -> None:
        self._kept, self._clock = kept, clock
        self._known, self._read_at, self._lasts_s = NOTHING, float("-inf"), FRESH_S

    def durations(self) -> Durations:
        now = self._clock.now()
        if not self._read_at <= now < self._read_at + self._lasts_s:  # a clock that was set back knows nothing either
            self._known, self._read_at, self._lasts_s = self._kept.durations(), now, FRESH_S
        return self._known

    def took(self, took: Iterable[Took], at: float) -> None:
        self._kept.took(took, at)
        self._lasts_s = OURS_S


@dataclass(slots=True)
class Stopwatch:
    """What the acts of one sending took; `apply.work.Measures`.

    A sending that another process takes over begins anew: of what was measured before its death nothing is kept.
    """

    acts: list[tuple[Act, str, float, str]] = field(default_factory=list)

    def __call__(self, act: Act, host: str, seconds: float, kind: str = "") -> None:
        self.acts.append((act, host, seconds, kind))

    def took(self, system: SystemState, read_s: float) -> tuple[Took, ...]:
        """Everything, by what the hosts are like. read_s: how long the last full reading of the site took."""
        acts = tuple(Took(act, like(system, host), seconds, kind) for act, host, seconds, kind in self.acts)
        return (Took(Act.READ, like(system), read_s), *acts) if read_s and acts else acts
