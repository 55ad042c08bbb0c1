"""Alarms: listed, raised and cleared over the API, with its traps (fm-rest-api alarm.py; recorded)."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, require
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Response, refuse
from reconciler.simulator.family import Family
from reconciler.simulator.fm import events, pages
from reconciler.simulator.fm.catalogue import ALARMS, counts
from reconciler.simulator.fm.suppressions import is_suppressed
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("alarms")
TABLE = "alarms"
SHORT = (
    "uuid alarm_id entity_instance_id timestamp severity reason_text suppression_status mgmt_affecting"
    " degrade_affecting"
)
_SENT = (
    "uuid alarm_id alarm_state entity_type_id entity_instance_id timestamp severity reason_text alarm_type"
    " probable_cause proposed_repair_action service_affecting suppression"
)
ALL = f"{_SENT} suppression_status mgmt_affecting degrade_affecting"
_MANDATORY = ("alarm_id", "alarm_state", "entity_instance_id", "severity", "alarm_type", "probable_cause")
_ORDER = ("id", "asc")


def set_alarm(system: System, **values: Any) -> Row:
    """A new alarm and its event, whatever stands already."""
    row = system.insert(TABLE, **values)
    events.log(system, row, "set", row["uuid"])
    return row


def clear_alarm(system: System, row: Row) -> None:
    system.tables.delete(TABLE, row["uuid"])
    events.log(system, row, "clear")


@family.on("GET", "/alarms")
def listed(system: System, call: Call) -> Row:
    """By severity's text, entity and number; suppressed ones only where they are asked for."""
    rows = [row for row in _visible(system, call) if pages.fits(row, call)]
    ordered = sorted(rows, key=lambda row: (row["severity"], row["entity_instance_id"], row["id"]))
    columns = ALL if pages.is_asked(call, "expand") else SHORT
    page = pages.page(ordered, call, _ORDER)
    return pages.body("alarms", [_shown(system, row, columns) for row in page], call, _ORDER)


@family.on("GET", "/alarms/summary")
def summary(system: System, call: Call) -> Row:
    found = Counter(row["severity"] for row in _visible(system, call))
    status = "critical" if found["critical"] else "degraded" if found["major"] or found["minor"] else "OK"
    counted = {name: found[name] for name in ("critical", "major", "minor")}
    return {**counted, "warnings": found["warning"], "status": status}


@family.on("GET", "/alarms/detail")
def detail(system: System, call: Call) -> Row:  # noqa: ARG001
    """It asks for another path than its own (recorded)."""
    raise refuse("[HTTP 404] Resource could not be found.", 404)


@family.on("GET", "/alarms/{uuid}")
def one(system: System, call: Call) -> Row:
    return _shown(system, _one(system, call["uuid"]), ALL)


@family.on("POST", "/alarms")
def post(system: System, call: Call) -> Response:
    """`set` raises, `log` notes, `clear` ends the only alarm of that id and entity. The answer is JSON in a text."""
    body = attributes(call.body, "alarm_data", _SENT)
    require(body, *_MANDATORY)
    state = body["alarm_state"]
    if state == "set":
        return _raised(system, body)
    if state in ("log", "msg"):
        return _told(events.log(system, body, "log")["uuid"])
    if state == "clear":
        return _cleared(system, body)
    raise Fault(400, f"The alarm_state {state} does not support!")


@family.on("PUT", "/alarms/{uuid}")
def put(system: System, call: Call) -> Response:  # noqa: ARG001
    """No update works: it looks the alarm up by a number that it is not given (recorded)."""
    return _broken()


@family.on("DELETE", "/alarms/{uuid}")
def delete(system: System, call: Call) -> None:
    clear_alarm(system, _one(system, call["uuid"]))


def _raised(system: System, body: Row) -> Response:
    if body["alarm_id"] not in ALARMS:
        return _broken()  # the foreign key to event_suppression
    return _told(set_alarm(system, **{**body, "uuid": body.get("uuid") or system.uuid()})["uuid"])


def _cleared(system: System, body: Row) -> Response:
    same = {name: body[name] for name in ("alarm_id", "entity_instance_id")}
    if body.get("uuid"):
        same = {"uuid": body["uuid"]}
    rows = system.tables.rows(TABLE, **same)
    if len(rows) != 1:
        return _broken()  # none, or two of which the lookup wants one
    clear_alarm(system, rows[0])
    return _told(rows[0]["uuid"])


def _told(uuid: str) -> Response:
    return Response(200, json.dumps({"uuid": uuid}))


def _broken() -> Response:
    """An error that its handler returns, not raises, ends as the framework's plain text."""
    return Response(500, text="A server error occurred.  Please contact the administrator.")


def _visible(system: System, call: Call) -> list[Row]:
    rows = system.tables.rows(TABLE)
    if pages.is_asked(call, "include_suppress"):
        return rows
    return [row for row in rows if not is_suppressed(system, row["alarm_id"])]


def _one(system: System, uuid: str) -> Row:
    row = system.tables.find(TABLE, uuid)
    if row is None:
        raise refuse(f"[HTTP 404] Alarm {uuid} could not be found.", 404)
    return row


def _shown(system: System, row: Row, columns: str) -> Row:
    thresholds = ALARMS[row["alarm_id"]]
    derived = {
        "suppression_status": "suppressed" if is_suppressed(system, row["alarm_id"]) else "unsuppressed",
        "mgmt_affecting": str(counts(row["severity"], thresholds.management)),
        "degrade_affecting": str(counts(row["severity"], thresholds.degrade)),
    }
    return {name: derived[name] if name in derived else row.get(name) for name in columns.split()}
