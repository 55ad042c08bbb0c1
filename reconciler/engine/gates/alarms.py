"""Alarms that stand hold a plan that locks a host, as they hold VIM's own orchestration.

Those that the platform tolerates are passed over, and those that the fleet's file says. Not passed over by anybody's
word are alarms of storage, and of the host that would have to take over: a lock would turn them into an outage.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.gates.redundancy import partner
from reconciler.model.alarm import Alarm
from reconciler.model.gate import TOLERATED, AlarmRestriction, Case, GateName, Hold
from reconciler.model.words import Service

STORAGE = "800."  # the group of storage alarms (starlingx/fault fm-doc/fm_doc/events.yaml)
MOST_TOLD = 3


def judge(case: Case) -> Hold | None:
    if not case.locks:
        return None
    if Service.FAULT in case.surroundings.unread:
        return Hold(GateName.ALARMS, f"alarms could not be read: {case.surroundings.unread[Service.FAULT]}")
    standing = sorted(_holding(case), key=lambda alarm: (-alarm.severity.rank, alarm.id, alarm.entity))
    if not standing:
        return None
    told = ", ".join(f"{alarm.id} {alarm.severity} on {alarm.entity}" for alarm in standing[:MOST_TOLD])
    more = f" and {len(standing) - MOST_TOLD} more" if len(standing) > MOST_TOLD else ""
    return Hold(GateName.ALARMS, f"alarms stand: {told}{more}")


def _holding(case: Case) -> Iterator[Alarm]:
    tolerated = (*TOLERATED, *(alarm_id for errand in case.plan.errands for alarm_id in errand.tolerates))
    partners = {other.name for host in case.plan.locked_hosts if (other := partner(host, case.system))}
    for alarm in case.surroundings.alarms:
        if alarm.host in case.out and not alarm.id.startswith(STORAGE):
            continue  # of a host that we have out of service right now: it comes back beside this one
        guarded = alarm.affects_management and (alarm.id.startswith(STORAGE) or alarm.host in partners)
        ignored = tolerated if guarded else (*tolerated, *case.alarm_policy.ignore)
        if alarm.id not in ignored and _counts(alarm, case):
            yield alarm


def _counts(alarm: Alarm, case: Case) -> bool:
    return alarm.affects_management or case.alarm_policy.restriction is AlarmRestriction.STRICT
