"""A timer that moves only when it is told to, and wakes who sleeps on it."""

from __future__ import annotations

import asyncio


class FakeTimer:
    def __init__(self) -> None:
        self.time = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.time + seconds, wakes))
        self._wake()
        await wakes

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self._wake()

    def to_next(self) -> None:
        """Straight to the moment at which the next sleeper wakes."""
        self.time = max(self.time, min(at for at, wakes in self._sleepers if not wakes.done()))
        self._wake()

    def _wake(self) -> None:
        for at, wakes in self._sleepers:
            if at <= self.time and not wakes.done():
                wakes.set_result(None)
        self._sleepers = [(at, wakes) for at, wakes in self._sleepers if not wakes.done()]


async def settled() -> None:
    """Let every task go on as far as it can without time passing."""
    for _ in range(20):
        await asyncio.sleep(0)
