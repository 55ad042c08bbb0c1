"""Keeps the system controller's alarms as the drift of the fleet is. One writer: only the leader runs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from reconciler.engine.sinks.drift_alarms import ALARM, Moves, moves, wanted
from reconciler.model.alarm import Alarm
from reconciler.model.verdict import Verdict


class AlarmService(Protocol):
    async def alarms_of(self, alarm_id: str) -> tuple[Alarm, ...]: ...

    async def raise_alarm(self, alarm: Alarm) -> None: ...

    async def clear(self, uuid: str) -> None: ...


async def follow(verdicts: Iterable[Verdict], service: AlarmService) -> Moves:
    """Look, then clear, then raise; what was done. May be called again at any time, also after it was cut off.

    Raises what the service raises. Nothing is remembered: what stands is what the service says.
    """
    todo = moves(wanted(verdicts), await service.alarms_of(ALARM))
    for alarm in todo.clear:
        await service.clear(alarm.uuid)
    for alarm in todo.set:
        await service.raise_alarm(alarm)
    return todo
