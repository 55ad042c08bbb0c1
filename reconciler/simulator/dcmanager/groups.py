"""Subcloud groups (dcmanager/api/controllers/v1/subcloud_group.py): read, made, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import subclouds
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.names import is_plain
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("subcloud groups")
TABLE = "subcloud_groups"
DEFAULT, DEFAULT_ID = "Default", 1
COLUMNS = ("name", "description", "update_apply_type", "max_parallel_subclouds")
MOST = 5000
LONGEST = 255


def fill(system: System) -> None:
    """The group that is always there; it has no times (recorded)."""
    said = {"description": "Default Subcloud Group", "update_apply_type": "parallel", "max_parallel_subclouds": 2}
    system.insert(TABLE, name=DEFAULT, created_at=None, **said)


@family.on("GET", "/subcloud-groups")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    rows = system.tables.rows(TABLE)
    return {"subcloud_groups": [{**_shown(r), "subcloud_count": len(_members(system, r))} for r in rows]}


@family.on("GET", "/subcloud-groups/{ref}")
def one(system: System, call: Call) -> Row:
    return _shown(_found(system, call["ref"]))


@family.on("GET", "/subcloud-groups/{ref}/subclouds")
def members(system: System, call: Call) -> Row:
    """Rows without the states of their endpoints (recorded)."""
    return {"subclouds": [subclouds.shown(row) for row in _members(system, _found(system, call["ref"]))]}


@family.on("POST", "/subcloud-groups")
def post(system: System, call: Call) -> Row:
    body = _said(call)
    for name in COLUMNS:
        _check(name, body.get(name))
    _refuse_taken(system, body["name"])
    return _shown(system.insert(TABLE, **{name: body[name] for name in COLUMNS}))


@family.on("PATCH", "/subcloud-groups/{ref}")
def patch(system: System, call: Call) -> Row:
    """What says nothing new touches nothing, not the time either (recorded)."""
    row, body = _found(system, call["ref"]), _said(call)
    changes = {name: body[name] for name in COLUMNS if name in body}
    for name, value in changes.items():
        _check(name, value)
    if changes.get("name", row["name"]) != row["name"]:
        _refuse_taken(system, changes["name"])
    changed = {name: value for name, value in changes.items() if value != row[name]}
    return _shown(system.update(TABLE, row["uuid"], **changed) if changed else row)


@family.on("DELETE", "/subcloud-groups/{ref}")
def delete(system: System, call: Call) -> None:
    row = _found(system, call["ref"])
    if row["name"] == DEFAULT:
        raise refuse("Default Subcloud Group may not be deleted")
    if _members(system, row):
        raise refuse("Subcloud Group not empty")
    system.tables.delete(TABLE, row["uuid"])


def _said(call: Call) -> Mapping[str, Any]:
    if not call.body:
        raise refuse("Body required")
    return dict(call.body)


def _refuse_taken(system: System, name: str) -> None:
    if system.tables.first(TABLE, name=name):
        raise refuse("A subcloud group with this name already exists")


def _is_number(value: Any) -> bool:
    return str(value).isdigit() and 1 <= int(value) <= MOST


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "name": lambda value: is_plain(value, DEFAULT),
    "description": lambda value: bool(value) and len(value) < LONGEST,
    "update_apply_type": lambda value: value in ("parallel", "serial"),
    "max_parallel_subclouds": _is_number,
}


def _check(name: str, value: Any) -> None:
    if not _FITS[name](value):
        raise refuse(f"Invalid group {name}")


def _found(system: System, ref: str) -> Row:
    row = system.tables.first(TABLE, **({"id": int(ref)} if ref.isdigit() else {"name": ref}))
    if row is None:
        raise refuse("Subcloud Group not found", 404)
    return row


def _members(system: System, row: Row) -> list[Row]:
    return system.tables.rows(subclouds.TABLE, group_id=row["id"])


def _shown(row: Row) -> Row:
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {"id": row["id"], **{name: row[name] for name in COLUMNS}, **times}
