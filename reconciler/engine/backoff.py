"""How long to leave a site alone after failures in a row: longer each time, never in step with others. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds. A site that is dark costs one probe a `last_s`; it is called open from `opens_at` failures on."""

    first_s: float = 5.0
    last_s: float = 900.0
    opens_at: int = 3

    def wait_s(self, failures: int, chance: float) -> float:
        """The wait after so many failures in a row, for a chance in [0, 1): between half and all of the step."""
        step = min(self.last_s, self.first_s * 2.0 ** min(failures - 1, 30)) if failures > 0 else 0.0
        return step * (0.5 + chance / 2)

    def is_open(self, failures: int) -> bool:
        """The breaker: this site is not expected to answer."""
        return failures >= self.opens_at
