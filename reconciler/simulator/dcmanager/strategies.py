"""The one strategy of a central cloud and its steps, read (dcmanager/api/controllers/v1/sw_update_strategy.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("strategies")
TABLE, STEPS = "strategies", "strategy_steps"
COLUMNS = ("id", "type", "subcloud-apply-type", "max-parallel-subclouds", "stop-on-failure", "state")
STEP = ("id", "cloud", "stage", "state", "details", "started-at", "finished-at")


@family.on("GET", "/sw-update-strategy")
def shown(system: System, call: Call) -> Row:
    wanted = call.query.get("type")
    row = system.tables.first(TABLE, **({"type": wanted} if wanted else {}))
    if row is None:
        raise refuse(f"Strategy of type '{wanted}' not found" if wanted else "Strategy not found", 404)
    return {**{n: row.get(n) for n in COLUMNS}, **_times(row), "extra-args": row.get("extra-args") or {}}


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


def _step(row: Row) -> Row:
    return {**{n: row.get(n) for n in STEP}, "details": row.get("details") or "", **_times(row)}


def _times(row: Row) -> Row:
    return {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
