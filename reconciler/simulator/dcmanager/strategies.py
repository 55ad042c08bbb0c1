"""The one strategy of a central cloud: made, applied, aborted, deleted, and its steps read.

dcmanager/api/controllers/v1/sw_update_strategy.py, dcmanager/orchestrator/orchestrator_manager.py and validators. How its
steps go on is `orchestration`. Recorded: a second strategy of any type is refused while one is there, ended or not;
booleans go as text; nothing to do is a 422.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import orchestration, strategy_options, subcloud_work, subclouds
from reconciler.simulator.dcmanager.answers import refuse, remote, time
from reconciler.simulator.dcmanager.orchestration import STEPS, TABLE
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("strategies")
COLUMNS = ("id", "type", "subcloud-apply-type", "max-parallel-subclouds", "stop-on-failure", "state")
STEP = ("id", "cloud", "stage", "state", "details", "started-at", "finished-at")
ENDED = ("initial", "complete", "failed", "aborted")


@family.on("GET", "/sw-update-strategy")
def show(system: System, call: Call) -> Row:
    wanted = call.query.get("type")
    row = _of(system, wanted)
    if row is None:
        raise refuse(f"Strategy of type '{wanted}' not found" if wanted else "Strategy not found", 404)
    return shown(row)


@family.on("GET", "/sw-update-strategy/steps")
def steps(system: System, call: Call) -> Row:  # noqa: ARG001
    return {"strategy-steps": [_step(row) for row in system.tables.rows(STEPS)]}


@family.on("GET", "/sw-update-strategy/steps/{cloud}")
def step(system: System, call: Call) -> Row:
    """Unverified for a subcloud without a step."""
    row = system.tables.first(STEPS, cloud=call["cloud"])
    if row is None:
        raise refuse("Strategy step not found", 404)
    return _step(row)


@family.on("POST", "/sw-update-strategy")
def create(system: System, call: Call) -> Row:
    payload = strategy_options.checked(system, call.body or {})
    try:
        row = _created(system, payload)
    except _BadRequestError as error:
        kind = payload["type"]
        raise remote(f"Unable to create strategy of type '{kind}': Bad strategy request: {error}") from None
    return shown(row)


@family.on("POST", "/sw-update-strategy/actions")
def act(system: System, call: Call) -> Row:
    body = call.body or {}
    if not body:
        raise refuse("Body required")
    action, wanted = body.get("action"), call.query.get("type")
    if not action:
        raise refuse("action required")
    if action not in _ACTIONS:
        return {}
    must, state, word, begin = _ACTIONS[action]
    row = _present(system, wanted, action)
    if row["state"] != must:
        raise _not_now(action, wanted, f"Strategy in state {row['state']} cannot be {word}")
    new = system.update(TABLE, row["uuid"], state=state)
    begin(system, new)
    return shown(new)


@family.on("DELETE", "/sw-update-strategy")
def delete(system: System, call: Call) -> Row:
    """It goes when its steps have; until then it is `deleting`, and in the place of another."""
    wanted = call.query.get("type")
    row = _present(system, wanted, "delete")
    if row["state"] not in ENDED:
        raise _not_now("delete", wanted, f"Strategy in state {row['state']} cannot be deleted")
    new = system.update(TABLE, row["uuid"], state="deleting")
    orchestration.delete(system, new)
    return shown(new)


def shown(row: Row) -> Row:
    own = {name: row.get(name) for name in COLUMNS}
    return {**own, **_times(row), "extra-args": row.get("extra-args") or {}}


_ACTIONS = {
    "apply": ("initial", "applying", "applied", orchestration.apply),
    "abort": ("applying", "abort requested", "aborted", orchestration.abort),
}


class _BadRequestError(Exception):
    """What the orchestrator refuses, in its words."""


def _created(system: System, payload: Row) -> Row:
    """create_sw_update_strategy."""
    if there := _of(system, None):
        raise _BadRequestError(f"Strategy of type: '{there['type']}' already exists")
    kind, extra = payload["type"], strategy_options.extra_args(payload)
    rows = _in_scope(system, payload)
    endpoint = strategy_options.ENDPOINTS[kind]
    if payload.get("cloud_name"):
        _check_one(rows, payload, endpoint)
    managed = [row for row in rows if row["management-state"] == "managed" and row["availability-status"] == "online"]
    if kind != "prestage" and any(row["sync"][endpoint] == subclouds.UNKNOWN for row in managed):
        raise _BadRequestError(f"{endpoint} sync status is unknown for one or more subclouds")
    members = [row for row in managed if strategy_options.wants(row, payload, endpoint)]
    if not members:
        raise _BadRequestError("Strategy has no steps to apply")
    return orchestration.insert(system, payload, extra, members)


def _in_scope(system: System, payload: Row) -> list[Row]:
    if payload.get("group_id"):
        return system.tables.rows(subclouds.TABLE, group_id=payload["group_id"])
    if name := payload.get("cloud_name"):
        found = system.tables.rows(subclouds.TABLE, name=name)
        if not found:
            raise _BadRequestError(f"Subcloud {name} does not exist")
        return found
    return system.tables.rows(subclouds.TABLE)


def _check_one(rows: list[Row], payload: Row, endpoint: str) -> None:
    """A single subcloud that needs nothing is told so (validate_strategy_requirements)."""
    [row] = rows
    if payload["type"] == "prestage" or payload.get("with_prestage"):
        if why := subcloud_work.not_prestaged(row):
            raise _BadRequestError(f"Prestage skipped '{row['name']}': {why}")
        return
    is_forced = payload["type"] == "kube-rootca-update" and payload.get("force") == "true"
    if not is_forced and row["sync"][endpoint] == subclouds.IN_SYNC:
        raise _BadRequestError(f"Subcloud {row['name']} does not require {endpoint} update")


def _of(system: System, kind: str | None) -> Row | None:
    return system.tables.first(TABLE, **({"type": kind} if kind else {}))


def _present(system: System, kind: str | None, action: str) -> Row:
    row = _of(system, kind)
    if row is None:
        text = f"Strategy with type {kind} doesn't exist."
        raise remote(f"Unable to {action} strategy of type '{kind}': {text}")
    return row


def _not_now(action: str, kind: str | None, text: str) -> Exception:
    return remote(f"Unable to {action} strategy of type '{kind}': Bad strategy request: {text}")


def _step(row: Row) -> Row:
    times = {name: time(row.get(name)) for name in ("started-at", "finished-at")}
    return {**{n: row.get(n) for n in STEP}, **times, "details": row.get("details") or "", **_times(row)}


def _times(row: Row) -> Row:
    return {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
