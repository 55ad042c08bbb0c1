"""One measured figure and what it may be at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure of this run. `limit` is in the same unit; None where there is nothing to hold it to."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def is_within(self) -> bool:
        """Not above its limit."""
        return self.limit is None or self.value <= self.limit

    def __str__(self) -> str:
        return f"{self.name} {self.value:.4g} {self.unit}"
