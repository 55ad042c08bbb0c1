"""When to look at the repository again: polls, webhooks and edits ring one bell, and a burst of them is one look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]  # uniform in [0, 1), as random.random


@dataclass(frozen=True, slots=True)
class Poll:
    """How often the remote is asked. Jitter keeps many controllers from asking one server at once."""

    interval_s: float = 60.0
    jitter: float = 0.1  # share of the interval, to both sides

    def wait_s(self, chance: float) -> float:
        """The wait before the next poll, for a chance in [0, 1)."""
        return self.interval_s * (1 + self.jitter * (2 * chance - 1))


class Bell:
    """Rung by whoever learns that Git may have moved; answered by the one who looks. Belongs to one event loop."""

    def __init__(self) -> None:
        self._reasons: set[str] = set()
        self._rung = asyncio.Event()

    def ring(self, reason: str) -> None:
        """Ask for a look. Rings before the look begins are one; a ring during a look asks for one more."""
        self._reasons.add(reason)
        self._rung.set()

    async def answered(self, settle_s: float, sleep: Sleep) -> frozenset[str]:
        """Wait for a ring, let a burst settle, and take all reasons so far: a look for them may begin."""
        await self._rung.wait()
        await sleep(settle_s)
        reasons, self._reasons = frozenset(self._reasons), set()
        self._rung.clear()
        return reasons


async def poll(bell: Bell, every: Poll, sleep: Sleep, chance: Chance) -> None:
    """Ring at once, then at every interval, for ever; cancel it to end it."""
    while True:
        bell.ring("poll")
        await sleep(every.wait_s(chance()))


async def looks(bell: Bell, settle_s: float, sleep: Sleep) -> AsyncIterator[frozenset[str]]:
    """The reasons of each look to make, one look at a time: the next is given when the last is done."""
    while True:
        yield await bell.answered(settle_s, sleep)
