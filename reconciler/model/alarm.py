"""What Fault Management says of a system: alarms that stand, and what was raised, cleared and logged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlarmSeverity(StrEnum):
    """Fault Management's own words, from the least to the worst."""

    WARNING = "warning"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(AlarmSeverity).index(self)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm that stands.

    id: of the catalogue (`200.001`). entity: `host=controller-0`, and what else it names, joined by dots.
    since: ISO time in UTC as the system says it; "" where whoever raised it gave none.
    affects_management: whether the platform counts it against an orchestrated change.
    """

    uuid: str
    id: str
    entity: str
    severity: AlarmSeverity
    reason: str = ""
    since: str = ""
    affects_management: bool = False

    @property
    def host(self) -> str:
        """The host that it is about; "" where it is about none."""
        parts = (part.partition("=") for part in self.entity.split("."))
        return next((value for name, _, value in parts if name == "host"), "")
