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


TEXT_LIMIT = 255  # of every text column (starlingx/fault fm-rest-api db/sqlalchemy/models.py)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm that stands.

    id: of the catalogue (`200.001`). entity: `host=controller-0`, and what else it names, joined by dots.
    since: ISO time in UTC as the system says it; "" where whoever raised it gave none.
    affects_management: whether the platform counts it against an orchestrated change.
    repair: what to do about it; said only of alarms that we raise, lists do not show it.
    """

    uuid: str
    id: str
    entity: str
    severity: AlarmSeverity
    reason: str = ""
    since: str = ""
    affects_management: bool = False
    repair: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What the platform takes for the same alarm; its API does not keep it from standing twice."""
        return self.id, self.entity

    @property
    def host(self) -> str:
        """The host that it is about; "" where it is about none."""
        return host_of(self.entity)


@dataclass(frozen=True, slots=True)
class Noted:
    """One row of the event log: an alarm that was set or cleared, or something that was only logged.

    It tells what the platform saw, never who was the cause. at: Unix seconds. state: set, clear, log or msg.
    """

    at: float
    id: str
    state: str
    entity: str
    severity: str = ""
    reason: str = ""

    @property
    def host(self) -> str:
        """The host that it is about; "" where it is about none."""
        return host_of(self.entity)


def host_of(entity: str) -> str:
    """The host of an `entity_instance_id`; "" where it names none."""
    parts = (part.partition("=") for part in entity.split("."))
    return next((value for name, _, value in parts if name == "host"), "")
