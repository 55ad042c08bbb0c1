"""Brings the alarms of the system controller to what they should be: looks, then clears and raises."""

from __future__ import annotations

from typing import Protocol

from reconciler.engine.sinks.drift_alarms import ALARM, OWN, Known, moves
from reconciler.model.alarm import Alarm


class AlarmService(Protocol):
    async def alarms_of(self, alarm_id: str) -> tuple[Alarm, ...]: ...

    async def raise_alarm(self, alarm: Alarm) -> None: ...

    async def clear(self, uuid: str) -> None: ...


async def follow(known: Known, service: AlarmService) -> int:
    """How many alarms of ours stand now. One writer: only the leader calls it.

    Raises what the service raises. Nothing is remembered: what stands is what the service says. So it may be cut off
    at any call, and called again by whoever comes next.
    """
    ours = [alarm for alarm in await service.alarms_of(ALARM) if alarm.entity.startswith(OWN)]
    stand = len(ours)
    for move in moves(known, ours):
        if move.raises:
            await service.raise_alarm(move.alarm)
        else:
            await service.clear(move.alarm.uuid)
        stand += 1 if move.raises else -1
    return stand
