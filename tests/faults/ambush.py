"""A site's line that does something at one boundary of a plan, once."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.simulator.interference import Interference, Rule
from tests.faults.boundary import At, Boundary

PLATFORM = "/platform"
Strike = Callable[[Interference], Rule | None]


class Ambush(Interference):
    """Counts the calls of the platform as the rehearsal did. strike: what happens at the boundary, and to its call."""

    def __init__(self, boundary: Boundary, strike: Strike) -> None:
        super().__init__()
        self._boundary, self._strike = boundary, strike
        self._written = 0
        self.struck = False

    def rule_for(self, method: str, path: str) -> Rule | None:
        if self._is_here(method, path):
            self.struck = True
            return self._strike(self)
        return super().rule_for(method, path)

    def _is_here(self, method: str, path: str) -> bool:
        if self.struck or not path.startswith(PLATFORM) or self._boundary.at is At.DEED:
            return False
        told = f"{method} {path.removeprefix(PLATFORM)}"
        if method == "GET":
            here = self._boundary
            return here.at is At.READ and (here.number, here.what) == (self._written, told)
        self._written += 1
        is_here = self._boundary.at is At.WRITE and self._boundary.number == self._written
        assert not is_here or told == self._boundary.what, f"{told} came, and {self._boundary.what} was rehearsed"
        return is_here
