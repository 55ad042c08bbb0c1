"""What was raised, cleared and logged, newest first (fm-rest-api event_log.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Family
from reconciler.simulator.fm import pages
from reconciler.simulator.fm.suppressions import is_suppressed
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("event_log")
TABLE = "event_log"
SHORT = "uuid event_log_id state entity_instance_id timestamp severity reason_text suppression_status"
ALL = (
    "uuid event_log_id state entity_type_id entity_instance_id timestamp severity reason_text event_log_type"
    " probable_cause proposed_repair_action service_affecting suppression suppression_status"
)
_RENAMED = {"alarm_id": "event_log_id", "alarm_type": "event_log_type", "alarm_state": "state"}


def log(system: System, alarm: Row, state: str, uuid: str = "") -> Row:
    """Note what happened to an alarm. An event of a set alarm has the alarm's uuid, every other its own."""
    values = {_RENAMED.get(name, name): value for name, value in alarm.items() if name not in pages.OWN_COLUMNS}
    at = system.timeline.stamp().removesuffix("+00:00")
    when = at if state == "clear" else values.get("timestamp") or at
    return system.insert(TABLE, **{**values, "state": state, "timestamp": when, "uuid": uuid or system.uuid()})


@family.on("GET", "/event_log")
def listed(system: System, call: Call) -> Row:
    """`start` and `end` bound the time; `alarms` leaves logs out, `logs` alarms."""
    rows = [row for row in system.tables.rows(TABLE) if _is_wanted(system, row, call)]
    newest_first = sorted(rows, key=lambda row: (row["timestamp"], row["id"]), reverse=True)
    page = pages.page(newest_first, call, ("timestamp", "desc"))
    columns = ALL if pages.is_asked(call, "expand") else SHORT
    return pages.body("event_log", [_shown(system, row, columns) for row in page], call, ("timestamp", "desc"))


@family.on("GET", "/event_log/{uuid}")
def one(system: System, call: Call) -> Row:
    row = system.tables.find(TABLE, call["uuid"])
    if row is None:
        raise refuse(f"[HTTP 404] Event Log {call['uuid']} could not be found.", 404)
    return _shown(system, row, ALL)


def _is_wanted(system: System, row: Row, call: Call) -> bool:
    alarms, logs = pages.is_asked(call, "alarms"), pages.is_asked(call, "logs")
    is_log = row["state"] in ("log", "msg")
    if is_log and alarms and not logs:
        return False
    if not is_log and logs and not alarms:
        return False
    if is_suppressed(system, row["event_log_id"]) and not pages.is_asked(call, "include_suppress"):
        return False
    return pages.fits(row, call)


def _shown(system: System, row: Row, columns: str) -> dict[str, Any]:
    status = "suppressed" if is_suppressed(system, row["event_log_id"]) else "unsuppressed"
    return {name: status if name == "suppression_status" else row.get(name) for name in columns.split()}
