"""The strategy that is there: shown, applied, aborted, deleted (nfv_vim api orchestration/sw_update/_sw_update_strategy.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Response
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row
from reconciler.simulator.usm.versions import in_bodies
from reconciler.simulator.vim import rows, running

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("vim strategies")
CURRENT = "current-strategy"
TYPES = ("sw-upgrade", "kube-upgrade", "kube-rootca-update", "fw-update", "system-config-update")
AT_WORK = {"building": "built", "applying": "applied", "aborting": "aborted"}


@family.on("GET", f"/{CURRENT}/strategy")
def show_current(system: System, call: Call) -> Row:  # noqa: ARG001
    """Its name and state, whatever its type; null where there is none."""
    row = rows.current(system)
    return {"strategy": row and {name: row[name] for name in ("name", "state")}}


@family.on("GET", "/{name}/strategy")
def show(system: System, call: Call) -> Row:
    """The whole of it; null where there is none, or one of another type."""
    row = of_type(system, call)
    return {"strategy": row and shown(system, row)}


@family.on("GET", "/{name}/strategy/{uuid}")
def show_one(system: System, call: Call) -> Row:
    row = of_type(system, call)
    if row is None or row["uuid"] != call["uuid"]:
        raise Fault(404, "Not Found")
    return {"strategy": shown(system, row)}


@family.on("POST", "/{name}/strategy/actions")
def act(system: System, call: Call) -> Response:
    """What VIM does not take for an apply is a 500 without a reason; for an abort a 400 that has one."""
    action = (call.body or {}).get("action")
    if action not in ("apply-all", "apply-stage", "abort", "abort-stage"):
        value = "abort, abort-stage, apply-all, apply-stage"
        why = f"Invalid input for field/attribute action. Value: '{action}'. Value should be one of: {value}"
        raise Fault(400, why)
    if action.endswith("-stage") and (call.body or {}).get("stage-id") is None:
        raise Fault(400, "No stage-id received")
    row = of_type(system, call)
    if row is None:
        raise Fault(404, "Not Found")
    if action.startswith("apply"):
        _apply(system, row, call.body.get("stage-id"))
    else:
        _abort(system, row)
    return Response(202, {"strategy": shown(system, rows.current(system) or row)})


def _apply(system: System, row: Row, stage: int | None) -> None:
    stops = row.get("stop_at", 0)
    is_next = row["state"] == "applying" and stops and rows.stage_now(system, row, "apply") == stops
    if row["state"] != "ready-to-apply" and not is_next:
        raise Fault(500, "Internal Server Error")
    running.apply(system, row, None if stage is None else stage + 1)


def _abort(system: System, row: Row) -> None:
    if row["state"] != "applying":
        raise Fault(400, "Abort rejected: abort can only be executed when the strategy is applying")
    running.abort(system, row)


@family.on("DELETE", "/{name}/strategy")
def delete(system: System, call: Call) -> Response:
    row = of_type(system, call)
    if row is None:
        raise Fault(404, "Not Found")
    if row["state"] in AT_WORK and not (call.body or {}).get("force"):
        raise Fault(409, "Conflict")
    rows.delete(system, row)
    return Response(200, None)


def of_type(system: System, call: Call) -> Row | None:
    """get_sw_update_strategy: one of another type is none."""
    if call["name"] not in TYPES:
        raise Fault(404, "The resource could not be found.")
    row = rows.current(system)
    return row if row is not None and row["name"] == call["name"] else None


def shown(system: System, row: Row) -> Row:
    """SwUpdateStrategyData."""
    facts = {name: row.get(name.replace("-", "_")) for name in _FACTS}
    phase = row.get("phase", "initial")
    made = {"uuid": row["uuid"], "name": row["name"], "state": row["state"], "current-phase": phase}
    made["current-phase-completion-percentage"] = rows.percentage(system, row, phase)
    return made | _release(system, row) | facts | {f"{n}-phase": rows.phase(system, row, n) for n in rows.PHASES}


def _release(system: System, row: Row) -> dict[str, Any]:
    if row["name"] != "sw-upgrade":
        return {}
    asked = row.get("asked") or {}
    named = asked.get("release")
    one = {"release": named if not in_bodies(system) else (named or [])}
    return one | {"kube-version": asked.get("kube-upgrade")}


_FACTS = (
    "controller-apply-type",
    "storage-apply-type",
    "swift-apply-type",
    "worker-apply-type",
    "max-parallel-worker-hosts",
    "default-instance-action",
    "alarm-restrictions",
)
