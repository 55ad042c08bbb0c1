"""Counts of the subclouds' alarms (dcmanager/api/controllers/v1/alarm_manager.py).

Of a site that is not managed or not online, or before its first audit, they are not known: -1, and the cloud is `disabled` (recorded). The newest
subcloud comes first. Despite its key, `region_name` holds the subcloud's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import subclouds
from reconciler.simulator.dcmanager.beyond import Beyond
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("alarms")
SEVERITIES = {"critical_alarms": "critical", "major_alarms": "major", "minor_alarms": "minor", "warnings": "warning"}
UNKNOWN = -1


def count(system: System, beyond: Beyond) -> None:
    """Note how many alarms stand at the subclouds that are managed and online."""
    for row in system.tables.rows(subclouds.TABLE):
        is_seen = row["management-state"] == "managed" and row["availability-status"] == "online"
        system.tables.update(subclouds.TABLE, row["uuid"], {"alarms": beyond.alarms(row) if is_seen else None})


@family.on("GET", "/alarms")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    """As they were last counted."""
    return {"alarm_summary": [_summary(row) for row in reversed(system.tables.rows(subclouds.TABLE))]}


def _summary(row: Row) -> Row:
    found = row.get("alarms")
    counts = {key: UNKNOWN if found is None else found.get(severity, 0) for key, severity in SEVERITIES.items()}
    own = {"region_name": row["name"], "uuid": row["uuid"]}
    return {**own, **counts, "cloud_status": "disabled" if found is None else _status(counts)}


def _status(counts: Row) -> str:
    """dcmanager/audit/alarm_aggregation.py."""
    if counts["critical_alarms"] > 0:
        return "critical"
    return "degraded" if counts["major_alarms"] > 0 or counts["minor_alarms"] > 0 else "OK"
