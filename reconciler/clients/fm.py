"""Fault Management of one site, to read: the alarms that stand.

starlingx/fault fm-rest-api alarm.py. Recorded: `mgmt_affecting` is a text, suppressed alarms are left out unless asked
for, and one row of an unknown severity makes the whole list a 500, which is then said as it is.
"""

from __future__ import annotations

from reconciler.clients.platform import PlatformClient, Row
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.errors import Failure, Unreachable
from reconciler.model.words import Service

ALARMS = "/v1/alarms"


class FaultClient:
    """One site's Fault Management. Methods raise what `PlatformClient` raises; reading changes nothing."""

    def __init__(self, service: PlatformClient) -> None:
        self._service = service

    async def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm that stands and is not suppressed, in the order of the site."""
        return tuple(_alarm(row, self._service.site) for row in await self._service.list(ALARMS, "alarms"))


def _alarm(row: Row, site: str) -> Alarm:
    try:
        return Alarm(
            uuid=row["uuid"],
            id=row["alarm_id"],
            entity=row["entity_instance_id"] or "",
            severity=AlarmSeverity(row["severity"]),
            reason=row["reason_text"] or "",
            since=row["timestamp"] or "",
            affects_management=row["mgmt_affecting"] == "True",
        )
    except (KeyError, ValueError) as error:
        detail = f"an alarm that this program cannot read: {error}"
        raise Unreachable(Service.FAULT.value, "GET", ALARMS, Failure.GARBLED, detail, False, site) from None
