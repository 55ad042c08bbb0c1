"""Reads that are asked again. Only reads: a write without an answer is resolved by looking, never by repeating."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from reconciler.clients.clock import Clock
from reconciler.model.errors import Failure, Unreachable

T = TypeVar("T")

# What fails at once may work at once. A time-out has had its time, and TLS and a wrong service do not mend themselves.
QUICK = frozenset({Failure.DNS, Failure.REFUSED, Failure.NO_ROUTE, Failure.BROKEN, Failure.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Patience:
    """Attempts and the pauses between them: doubling, bounded, with full jitter, so that sites do not beat in time."""

    attempts: int = 3
    first_s: float = 0.5
    longest_s: float = 5.0
    chance: Callable[[], float] = random.random

    def pauses(self) -> Iterator[float]:
        for attempt in range(self.attempts - 1):
            yield min(self.first_s * 2**attempt, self.longest_s) * self.chance()


async def again(ask: Callable[[], Awaitable[T]], patience: Patience, clock: Clock) -> T:
    """The first answer. Raises what the last attempt raised."""
    for pause in patience.pauses():
        try:
            return await ask()
        except Unreachable as error:
            if error.failure not in QUICK:
                raise
        await clock.sleep(pause)
    return await ask()
