"""A strategy's rows: itself, and the steps of its phases, by stage (nfv_common/strategy)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE, STEPS = "vim_strategy", "vim_steps"
PHASES = ("build", "apply", "abort")
INITIAL, WAITS, DONE, FAILED, LATE = "initial", "wait", "success", "failed", "timed-out"
Plan = Iterable[tuple[str, Iterable[tuple[str, tuple[str, ...]]]]]
"""Stages by name, with their steps: name, and hosts."""


def current(system: System) -> Row | None:
    return system.tables.first(TABLE)


def steps(system: System, row: Row, phase: str, stage: int | None = None) -> list[Row]:
    """Of a phase, in their order; of one of its stages, where that is said."""
    of_stage = {} if stage is None else {"stage": stage}
    return system.tables.rows(STEPS, strategy=row["uuid"], phase=phase, **of_stage)


def add(system: System, row: Row, phase: str, stages: Plan) -> None:
    """More stages behind those that the phase has."""
    number = len({step["stage"] for step in steps(system, row, phase)})
    for stage, (name, members) in enumerate(stages, start=number):
        for step, (step_name, hosts) in enumerate(members):
            said = {"strategy": row["uuid"], "phase": phase, "stage": stage, "stage_name": name, "number": step}
            system.insert(STEPS, **said, name=step_name, hosts=hosts, result=INITIAL, reason="", begun=None, tries=0)


def due(system: System, row: Row, phase: str) -> Row | None:
    """The step that runs, or the next one; None behind the last."""
    return next((step for step in steps(system, row, phase) if step["result"] in (INITIAL, WAITS)), None)


def delete(system: System, row: Row) -> None:
    for step in system.tables.rows(STEPS, strategy=row["uuid"]):
        system.tables.delete(STEPS, step["uuid"])
    system.tables.delete(TABLE, row["uuid"])


def stage_now(system: System, row: Row, phase: str) -> int:
    step = due(system, row, phase)
    return int(step["stage"]) if step else len({each["stage"] for each in steps(system, row, phase)})


def percentage(system: System, row: Row, phase: str) -> int:
    all_of = steps(system, row, phase)
    return 100 * sum(step["result"] == DONE for step in all_of) // len(all_of) if all_of else 0


def phase(system: System, row: Row, name: str) -> dict[str, Any]:
    """SwUpdateStrategyPhaseData."""
    all_of = steps(system, row, name)
    stages = [_stage(number, list(members)) for number, members in groupby(all_of, key=lambda step: step["stage"])]
    return {
        "phase-name": name,
        "timeout": sum(stage["timeout"] for stage in stages),
        "total-stages": len(stages),
        "current-stage": stage_now(system, row, name),
        "stop-at-stage": row.get("stop_at") or len(stages),
        "stages": stages,
        "inprogress": row.get("phase") == name and row["state"] in ("building", "applying", "aborting"),
        "completion-percentage": percentage(system, row, name),
        "result": row.get(f"{name}_result", INITIAL),
        "reason": row.get(f"{name}_reason", ""),
        "response": row.get(f"{name}_response", ""),
        "start-date-time": "",
        "end-date-time": "",
    }


def _stage(number: int, members: list[Row]) -> dict[str, Any]:
    ended = sum(step["result"] not in (INITIAL, WAITS) for step in members)
    bad = next((step for step in members if step["result"] in (FAILED, LATE)), None)
    return {
        "stage-id": number,
        "stage-name": members[0]["stage_name"],
        "timeout": 900 * len(members),
        "total-steps": len(members),
        "current-step": ended,
        "steps": [_step(step) for step in members],
        "inprogress": any(step["result"] == WAITS for step in members),
        "result": bad["result"] if bad else (DONE if ended == len(members) else INITIAL),
        "reason": bad["reason"] if bad else "",
    }


def _step(step: Row) -> dict[str, Any]:
    return {
        "step-id": step["number"],
        "step-name": step["name"],
        "timeout": 900,
        "entity-type": "hosts" if step["hosts"] else "",
        "entity-names": list(step["hosts"]),
        "entity-uuids": [],
        "result": step["result"],
        "reason": step["reason"],
    }
