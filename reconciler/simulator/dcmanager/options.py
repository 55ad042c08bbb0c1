"""How the VIMs of sites go through their hosts, as dcmanager tells them (dcmanager/api/controllers/v1/sw_update_options.py).

Recorded: a body without one of the five keys is a traceback. The real server evaluates the body as Python, so that JSON's
true, false and null break it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import subclouds
from reconciler.simulator.dcmanager.answers import crash, refuse, time
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("options of updates")
TABLE, DEFAULTS = "sw_update_options", "sw_update_options_default"
CENTRES = ("SystemController", "RegionOne")
DEFAULT = "all clouds default"
KEYS = (
    *("storage-apply-type", "worker-apply-type", "max-parallel-workers"),
    *("alarm-restriction-type", "default-instance-action"),
)
USUAL = {
    "storage-apply-type": "parallel",
    "worker-apply-type": "parallel",
    "max-parallel-workers": 10,
    "alarm-restriction-type": "relaxed",
    "default-instance-action": "migrate",
}
NOT_PYTHON = {True: "true", False: "false", None: "null"}


def fill(system: System) -> None:
    system.insert(DEFAULTS, created_at=None, **USUAL)


@family.on("GET", "/sw-update-options")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    rows = [*system.tables.rows(DEFAULTS), *system.tables.rows(TABLE)]
    return {"sw-update-options": [_shown(system, row) for row in rows]}


@family.on("GET", "/sw-update-options/{ref}")
def one(system: System, call: Call) -> Row:
    """Those of a subcloud without its own are refused, in the words of the database."""
    row = _of(system, call["ref"])
    if row is None:
        number = subclouds.found(system, call["ref"])["id"]
        raise refuse(f"No options found for Subcloud with id {number}, defaults will be used.", 404)
    return _shown(system, row)


@family.on("POST", "/sw-update-options/{ref}")
def put(system: System, call: Call) -> Row:
    values = _read(call.body)
    row = _of(system, call["ref"])
    if row is None:
        site = subclouds.found(system, call["ref"])
        return _shown(system, system.insert(TABLE, subcloud=site["uuid"], **values))
    return _shown(system, system.update(_table(row), row["uuid"], **values))


@family.on("DELETE", "/sw-update-options/{ref}")
def delete(system: System, call: Call) -> None:
    """The usual ones come back where those for all clouds are deleted."""
    row = _of(system, call["ref"])
    if row is None:
        raise refuse("Subcloud patch options not found", 404)
    if _table(row) is DEFAULTS:
        system.update(DEFAULTS, row["uuid"], **USUAL)
    else:
        system.tables.delete(TABLE, row["uuid"])


def of(system: System, subcloud: Row) -> Row:
    """Those that count for a subcloud: its own, or else those for all."""
    own = system.tables.first(TABLE, subcloud=subcloud["uuid"])
    return own or system.tables.rows(DEFAULTS)[0]


def _read(body: object) -> Row:
    if not body:
        raise refuse("Body required")
    said = body if isinstance(body, dict) else {}
    for value in said.values():
        if value is None or isinstance(value, bool):
            raise crash(f"NameError: name '{NOT_PYTHON[value]}' is not defined")
    for key in KEYS:
        if key not in said:
            raise crash(f"KeyError: '{key}'")
    return {key: said[key] for key in KEYS}


def _of(system: System, ref: str) -> Row | None:
    if ref in CENTRES:
        return system.tables.first(DEFAULTS)
    return system.tables.first(TABLE, subcloud=subclouds.found(system, ref)["uuid"])


def _table(row: Row) -> str:
    return TABLE if "subcloud" in row else DEFAULTS


def _shown(system: System, row: Row) -> Row:
    site = system.tables.find(subclouds.TABLE, row.get("subcloud"))
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    own = {"id": row["id"], "name": site["name"] if site else DEFAULT, "subcloud-id": site["id"] if site else None}
    return {**own, **{key: row[key] for key in KEYS}, **times}
