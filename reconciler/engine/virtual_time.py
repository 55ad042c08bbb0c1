"""Time that passes only when nothing is left to do: hours of a simulated site in a second of ours.

Who sleeps beside another sleeps at the same time, so windows that are open together take as long as the longest.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StandstillError(RuntimeError):
    """Everybody waits, and nobody for a time: nothing would ever happen again."""


class _Skipping(selectors.DefaultSelector):
    """Nothing comes from outside, so instead of waiting for it the time is said to have passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if ready := super().select(0):
            return ready
        if timeout is None:
            raise StandstillError("everybody waits, and nothing is due")
        self.passed += timeout
        return []


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.passed


class VirtualClock:
    """The time of the running virtual loop; `apply.Clock`. start: Unix seconds at its zero."""

    def __init__(self, start: float = 0.0) -> None:
        self._start = start

    def now(self) -> float:
        return self._start + self.elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the loop began."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(main: Coroutine[Any, Any, T]) -> T:
    """What comes of it, in virtual time. In any thread that has no loop. Raises StandstillError."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(main)
