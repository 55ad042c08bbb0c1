"""Which alarms are suppressed, by their id and for the whole system (fm-rest-api event_suppression.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator import views
from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Response, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.fm.catalogue import ALARMS
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("event_suppression")
TABLE = "event_suppression"
SUPPRESSIONS = family.collection(
    Collection(
        TABLE,
        columns="uuid alarm_id description suppression_status",
        filters="alarm_id suppression_status",
        noun="Event_suppression",
    )
)
WORDS = ("suppressed", "unsuppressed")


def fill(system: System) -> None:
    """One row for each alarm that there can be; the texts are this simulator's own."""
    if not system.tables.rows(TABLE):
        for alarm in sorted(ALARMS):
            system.insert(TABLE, alarm_id=alarm, description=f"Alarm {alarm}", suppression_status=WORDS[1])


def is_suppressed(system: System, alarm: str) -> bool:
    return system.tables.first(TABLE, alarm_id=alarm, suppression_status=WORDS[0]) is not None


@family.on("PATCH", "/event_suppression/{uuid}")
def change(system: System, call: Call) -> Response:
    """Only whether it is suppressed can be changed; the answer has the number, which lists have not."""
    row = views.one(system, SUPPRESSIONS, uuid_argument("uuid", call["uuid"]))
    for item in call.body:
        _check(item["path"].removeprefix("/"), item["value"])
    changed = system.update(TABLE, row["uuid"], suppression_status=call.body[-1]["value"])
    shown: Row = views.shown(system, SUPPRESSIONS, changed, call)
    return Response(200, {"id": changed["id"], **shown})


def _check(name: str, value: object) -> None:
    if name in ("alarm_id", "description"):
        raise refuse(f"event_suppression parameter {name} is not allowed to be updated.")
    if name != "suppression_status":
        raise refuse("event_suppression invalid parameter.")
    if value not in WORDS:
        text = "Invalid event_suppression parameter suppression_status values. Valid values are: "
        raise refuse(text + ", ".join(WORDS))
