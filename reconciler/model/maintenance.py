"""When a site may be disturbed: windows that open by a cron expression, in the site's own time zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

DURATION_FORM = r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"
_PARTS = re.compile(r"(\d+)([dhms])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
SET_BACK_S = 3600  # the most that any zone's clock is, at a time
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def seconds(text: str) -> int:
    """The seconds of a duration as Prometheus and Kubernetes write it: `4h`, `1h30m`, `45m`."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PARTS.findall(text))


def told(duration_s: float) -> str:
    """A duration for a person, in two units at the most: `1h30m`, `45m`, `20s`."""
    left, parts = round(duration_s), []
    for unit, size in _SECONDS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2]) or "0s"


def _long_enough(text: str) -> str:
    if not seconds(text):
        raise ValueError("must be a duration as 4h, 1h30m or 45m, and more than nothing")
    return text


def _opens(text: str) -> str:
    try:
        CronSim(text, _ANY_DAY)
    except CronSimError as error:
        raise ValueError(f"must have the five fields of crontab, minute hour day month weekday ({error})") from None
    return text


def _is_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise ValueError("must be a time zone of the tz database, as Europe/Berlin is") from None
    return text


Duration = Annotated[str, Field(pattern=DURATION_FORM), AfterValidator(_long_enough)]


class MaintenanceWindow(BaseModel):
    """From each moment that `cron` names, in its time zone, for `duration` of real time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cron: Annotated[str, AfterValidator(_opens)] = Field(
        description="When it opens, in the five fields of crontab: minute hour day-of-month month weekday."
    )
    duration: Duration = Field(description="How long it stays open: 4h, 1h30m.")
    timezone: Annotated[str, AfterValidator(_is_zone)] = Field(
        default="UTC", description="Time zone of the cron expression, by its name in the tz database."
    )

    def closes_at(self, now: float) -> float | None:
        """Unix seconds of its end where it is open, else None. A moment named twice by the clock opens it once."""
        # from an hour on: what began before the clock was set back is ahead of it for that hour
        begun = (at.timestamp() for at in CronSim(self.cron, self._local(now + SET_BACK_S + 1), reverse=True))
        began = next((at for at in begun if at <= now), now - seconds(self.duration))
        end = began + seconds(self.duration)
        return end if end > now else None

    def opens_at(self, now: float) -> float:
        """Unix seconds of its next opening after now."""
        return next(CronSim(self.cron, self._local(now))).timestamp()

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, ZoneInfo(self.timezone))


def closes_at(windows: Iterable[MaintenanceWindow], now: float) -> float | None:
    """The latest end of those that are open; None where none is. Windows that follow on one another are not joined."""
    return max((end for window in windows if (end := window.closes_at(now))), default=None)


def opens_for(windows: Iterable[MaintenanceWindow], now: float, needed_s: float) -> float | None:
    """The next opening of a window that is long enough; None where none ever is."""
    fitting = (
        w.opens_at(now) for w in windows if timedelta(seconds=needed_s) <= timedelta(seconds=seconds(w.duration))
    )
    return min(fitting, default=None)
