"""Backups of sites: when Git wants one, and what the central cloud says of the last.

States and times are dcmanager's (starlingx/distcloud dcmanager/common/consts.py BACKUP_STATE_*); its time of a backup moves
when one went well, and only then (dcmanager/manager/subcloud_manager.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from reconciler.model.central import BACKING_UP, Subcloud
from reconciler.model.maintenance import Duration, MaintenanceWindow, closes_at, seconds
from reconciler.model.subcloud_policy import SecretPlace

MOST, LIMIT = (
    20,
    250,
)  # at a time: unless fleet.yaml says otherwise, and as many as dcmanager makes (subcloud_manager.py)
FAILED = frozenset({"validate-failed", "backup-prep-failed", "failed"})
_EVERY = re.compile(r"^every ((?:\d+d)?(?:\d+h)?(?:\d+m)?)( in window)?$")
SCHEDULE_IN_WORDS = (
    "must be `every 24h`, `every 24h in window`, or the five fields of crontab, minute hour day month weekday"
)


class Keep(StrEnum):
    """Where a backup is kept."""

    LOCAL = "local"  # on the site
    CENTRAL = "central"  # on the system controller


def _is_schedule(text: str) -> str:
    if (every := _EVERY.match(text)) is not None and seconds(every[1]):
        return text
    try:
        MaintenanceWindow(cron=text, duration="1m")
    except ValidationError:
        raise ValueError(SCHEDULE_IN_WORDS) from None
    return text


class BackupPolicy(BaseModel):
    """When a site is backed up, and where to."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)

    schedule: Annotated[str, AfterValidator(_is_schedule)] = Field(
        description="`every 24h` since the last that went well, `every 24h in window` while a window of the site is open, or "
        "five fields of crontab."
    )
    timezone: str = Field(default="UTC", description="Time zone of five fields of crontab.")
    within: Duration = Field(
        default="6h",
        description="So long after a moment that crontab names one may begin; then the next moment counts.",
    )
    keep: Keep = Field(default=Keep.CENTRAL, description="Where it is kept: `local` on the site, or `central`.")
    registry_images: bool = Field(
        default=False, description="Whether images of the site's registry are in it: local only."
    )
    sysadmin: SecretPlace | None = Field(
        default=None, description="Password of the site's user sysadmin; that of `subcloud` without."
    )

    @model_validator(mode="after")
    def _fits(self) -> BackupPolicy:
        if self.registry_images and self.keep is not Keep.LOCAL:
            raise ValueError("registryImages goes with keep: local alone: dcmanager takes no images to the centre")
        try:
            MaintenanceWindow(cron="0 0 * * *", duration=self.within, timezone=self.timezone)
        except ValidationError:
            raise ValueError("timezone must be one of the tz database, as Europe/Berlin is") from None
        return self

    @property
    def every_s(self) -> float | None:
        """Seconds from one that went well to the next; None where crontab says the moments."""
        every = _EVERY.match(self.schedule)
        return seconds(every[1]) if every else None

    def is_due(self, good_at: float | None, windows: Iterable[MaintenanceWindow], now: float) -> bool:
        """Whether one is to be begun. good_at: Unix seconds of the last that went well; None where there is none.

        windows: the maintenance windows of the site; in one that has none any time is good.
        """
        if (every_s := self.every_s) is not None:
            if good_at is not None and now - good_at < every_s:
                return False
            windows = tuple(windows) if self.schedule.endswith(" in window") else ()
            return not windows or closes_at(windows, now) is not None
        end = self._moments.closes_at(now)
        began = None if end is None else end - seconds(self.within)
        return began is not None and (good_at is None or good_at < began)

    def late_at(self, good_at: float) -> float:
        """From when on one is late that follows this one."""
        if (every_s := self.every_s) is not None:
            return good_at + 2 * every_s
        return self._moments.opens_at(good_at) + seconds(self.within)

    @property
    def _moments(self) -> MaintenanceWindow:
        return MaintenanceWindow(cron=self.schedule, duration=self.within, timezone=self.timezone)


@dataclass(frozen=True, slots=True)
class BackupSight:
    """What is known of a site's backups. Times are Unix seconds.

    status: dcmanager's word. good_at: of the last that went well. late_at: from when on one is late; None where Git wants
    none. error: why the last did not go well.
    """

    status: str = ""
    good_at: float | None = None
    late_at: float | None = None
    error: str = ""

    def is_late(self, now: float) -> bool:
        return self.late_at is not None and now >= self.late_at


def good_at(row: Subcloud) -> float | None:
    """When the last backup went well, by the row of dcmanager's list; None where there is none, or of an unknown form."""
    try:
        return datetime.fromisoformat(row.backup_at).replace(tzinfo=UTC).timestamp() if row.backup_at else None
    except ValueError:
        return None


def sight(
    row: Subcloud | None, policy: BackupPolicy | None, before: BackupSight | None, now: float
) -> BackupSight | None:
    """Of a site as it was listed last. before: what was known, for since when a first backup is waited for.

    None where nobody wants one and none was ever made.
    """
    if row is None or not (policy or row.backup_status or row.backup_at):
        return before if row is None else None
    at = good_at(row)
    error = row.error if row.backup_status in FAILED else ""
    late_at = _late_at(policy, at, before, now) if policy else None
    return BackupSight(row.backup_status, at, late_at, error)


def _late_at(policy: BackupPolicy, at: float | None, before: BackupSight | None, now: float) -> float:
    """A first one is waited for from the time on at which somebody knew that it is wanted."""
    if at is not None:
        return policy.late_at(at)
    waited = before.late_at if before and before.good_at is None else None
    return waited if waited is not None else policy.late_at(now)


def under_way(rows: Iterable[Subcloud]) -> int:
    """How many backups dcmanager is making, whoever asked for them."""
    return sum(row.backup_status in BACKING_UP for row in rows)
