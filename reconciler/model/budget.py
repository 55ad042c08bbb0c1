"""How many hosts we may take out of service at a time, in the fleet and in each group. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.waves import amount


@dataclass(frozen=True, slots=True)
class Budget:
    """scope: `the fleet`, or `group ran`. most: a number of hosts, or `5%` of them. used: by other sites.

    hosts: how many there are, as far as their sites were read.
    """

    scope: str
    most: int | str
    used: int = 0
    hosts: int = 0

    @property
    def limit(self) -> int:
        """A share is never nothing: else nothing could ever go."""
        return max(1, amount(self.most, self.hosts)) if isinstance(self.most, str) else self.most

    def holds(self, needed: int) -> str:
        """Why so many hosts more are not taken out of service; "" where they may be."""
        if self.used + needed <= self.limit:
            return ""
        if needed > self.limit:
            return f"takes {needed} hosts out of service at a time: {self.scope} may have {self.limit}"
        return f"{self.used} hosts of {self.scope} are out of service already, of {self.limit} at a time"


@dataclass(frozen=True, slots=True)
class Bounded:
    """The fleet, or a group, beside what bounds it.

    out: hosts that are out of service for our plans, or may be at any moment. limit: how many may be; None where nothing
    is said. failed: sites that failed one after another since a plan went well. opened: since when its breaker is open.
    """

    out: int
    limit: int | None = None
    failed: int = 0
    opened: float | None = None
