"""What Fault Management says of a system: alarms that stand, and what was raised, cleared and logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
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


MOST_TOLD = 20  # alarms of one site
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


class Teller(StrEnum):
    """Who told of a site's alarms."""

    SITE = "site"
    DCMANAGER = "dcmanager"  # which only counts them


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that stands at a site, as people are shown it: without its uuid, which is another at each raising."""

    id: str
    severity: AlarmSeverity
    entity: str
    since: str
    affects_management: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SiteAlarms:
    """The alarms of one site, as they were told last.

    at: Unix seconds of that. counts: how many stand of each severity, those that are suppressed left out.
    worst: the worst of them, so many as are told; none where dcmanager told. affecting: how many the platform counts
    against an orchestrated change; None where nobody said.
    """

    told_by: Teller
    at: float
    counts: Mapping[AlarmSeverity, int]
    affecting: int | None = None
    worst: tuple[Standing, ...] = ()

    @classmethod
    def read(cls, alarms: Collection[Alarm], at: float) -> SiteAlarms:
        """As the site itself says them."""
        ranked = sorted(alarms, key=lambda a: (not a.affects_management, -a.severity.rank, a.since, a.id, a.entity))
        affecting = sum(alarm.affects_management for alarm in alarms)
        counts = Counter(alarm.severity for alarm in alarms)
        return cls(Teller.SITE, at, counts, affecting, tuple(map(_standing, ranked[:MOST_TOLD])))

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def _standing(alarm: Alarm) -> Standing:
    return Standing(alarm.id, alarm.severity, alarm.entity, alarm.since, alarm.affects_management, alarm.reason)


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
