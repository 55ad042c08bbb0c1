"""Simulated time of one system: what is still to happen, and when.

An effect is a module-level function and plain arguments, not a closure, so that a system can be copied whole.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """What happens at ``due`` (simulated seconds). ``tag`` names it for whoever wants to cancel it."""

    due: float
    number: int
    run: Callable[..., None] = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    tag: str = field(compare=False, default="")


class Timeline:
    """A clock that only ``advance`` moves, and the effects that wait for it."""

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self.now = 0.0
        self._waiting: list[Effect] = []
        self._count = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Timeline:
        """A copy shares the effects, which are values."""
        twin = Timeline(self.start)
        twin.now, twin._waiting, twin._count = self.now, list(self._waiting), self._count
        return twin

    def after(self, seconds: float, run: Callable[..., None], *arguments: Any, tag: str = "") -> None:
        """Have ``run(system, *arguments)`` happen once so many simulated seconds have passed."""
        self._count += 1
        heapq.heappush(self._waiting, Effect(self.now + seconds, self._count, run, arguments, tag))

    def cancel(self, tag: str) -> None:
        self._waiting = [effect for effect in self._waiting if effect.tag != tag]
        heapq.heapify(self._waiting)

    def waits(self, tag: str) -> bool:
        return any(effect.tag == tag for effect in self._waiting)

    def next_due(self) -> float | None:
        return self._waiting[0].due if self._waiting else None

    def pop(self, until: float) -> Effect | None:
        """The next effect that is due by then, with the clock set to its time; None when there is no such."""
        if not self._waiting or self._waiting[0].due > until:
            self.now = max(self.now, until)
            return None
        effect = heapq.heappop(self._waiting)
        self.now = max(self.now, effect.due)
        return effect

    def mark(self) -> list[Effect]:
        return list(self._waiting)

    def back_to(self, mark: list[Effect]) -> None:
        self._waiting = list(mark)

    def clock(self) -> datetime:
        """Now, as a time of day."""
        return self.start + timedelta(seconds=self.now)

    def stamp(self) -> str:
        """Now, as sysinv writes times."""
        return self.clock().isoformat(timespec="microseconds")
