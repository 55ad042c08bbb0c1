"""Fault Management of one system: the alarms that stand, and alarms of ours raised and cleared.

starlingx/fault fm-rest-api alarm.py. Recorded: `mgmt_affecting` is a text, suppressed alarms are left out unless asked
for, and one row of an unknown severity makes the whole list a 500, which is then said as it is. Posting twice makes
two alarms, no update works, and clearing by name fails where two stand: alarms are cleared by their uuid.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from reconciler.clients.platform import OwnerApi, Row
from reconciler.model.alarm import Alarm, AlarmSeverity, Noted
from reconciler.model.errors import Failure, Refused, Unreachable
from reconciler.model.words import Service

ALARMS = "/v1/alarms"
EVENTS = "/v1/event_log?limit=100"


class FaultClient:
    """One site's Fault Management. Methods raise what `PlatformClient` raises; reading changes nothing."""

    def __init__(self, service: OwnerApi) -> None:
        self._service = service

    async def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm that stands and is not suppressed, in the order of the site."""
        return await self._read(ALARMS)

    async def alarms_of(self, alarm_id: str) -> tuple[Alarm, ...]:
        """Every alarm of this id that stands, suppressed or not."""
        asked = {"q.field": "alarm_id", "q.op": "eq", "q.value": alarm_id, "include_suppress": "true"}
        # the filter takes every id that contains the text (fm-rest-api db/sqlalchemy/api.py alarm_get_all)
        return tuple(a for a in await self._read(f"{ALARMS}?{urlencode(asked)}") if a.id == alarm_id)

    async def noted(self) -> tuple[Noted, ...]:
        """The newest rows of the event log, the newest first; those of suppressed alarms are left out.

        One page is read: the list has no end, and names the next page for ever (recorded).
        """
        rows = (await self._service.get(EVENTS)).get("event_log", ())
        return tuple(_noted(row, self._service.site) for row in rows)

    async def raise_alarm(self, alarm: Alarm) -> None:
        """Raise it, whatever stands already: look first. A missing answer is Unreachable: look again before another."""
        await self._service.send("POST", ALARMS, _body(alarm))

    async def clear(self, uuid: str) -> None:
        """Clear one alarm. One that does not stand any more is cleared."""
        try:
            await self._service.send("DELETE", f"{ALARMS}/{uuid}")
        except Refused as error:
            if error.status != 404:
                raise

    async def _read(self, path: str) -> tuple[Alarm, ...]:
        return tuple(_alarm(row, self._service.site) for row in await self._service.list(path, "alarms"))


def _body(alarm: Alarm) -> dict[str, Any]:
    """`timestamp` stays empty unless it is sent (recorded). 260.002's own words: starlingx/fault events.yaml."""
    return {
        "alarm_id": alarm.id,
        "alarm_state": "set",
        "entity_type_id": "system.stx-reconciler",
        "entity_instance_id": alarm.entity,
        "timestamp": alarm.since,
        "severity": alarm.severity.value,
        "reason_text": alarm.reason,
        "alarm_type": "operational-violation",
        "probable_cause": "configuration-out-of-date",
        "proposed_repair_action": alarm.repair,
        "service_affecting": False,
        "suppression": True,
    }


def _noted(row: Row, site: str) -> Noted:
    try:
        return Noted(
            at=datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC).timestamp(),  # without a zone (recorded)
            id=row["event_log_id"],
            state=row["state"],
            entity=row["entity_instance_id"] or "",
            severity=row["severity"] or "",
            reason=row["reason_text"] or "",
        )
    except (KeyError, TypeError, ValueError) as error:
        detail = f"an event that this program cannot read: {error}"
        raise Unreachable(Service.FAULT.value, "GET", EVENTS, Failure.GARBLED, detail, False, site) from None


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
