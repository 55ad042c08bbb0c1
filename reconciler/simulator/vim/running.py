"""A strategy going on: built, applied, aborted, one step after another (nfv_common strategy/_strategy.py phase_complete)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.tables import Row
from reconciler.simulator.vim import rows, stages, steps

if TYPE_CHECKING:
    from reconciler.simulator.system import System

AT_WORK = {"building": "build", "applying": "apply", "aborting": "abort"}
ENDS = {"build": "ready-to-apply", "apply": "applied", "abort": "aborted"}


def build(system: System, row: Row) -> None:
    """What is asked against itself fails at once; the rest when it has been looked at."""
    if why := stages.nonsense(row):
        _end(system, row, "build", rows.FAILED, why)
        return
    rows.add(system, row, "build", stages.building(row))
    system.after(system.durations.vim_build, go_on, row["uuid"], tag=tag(row))


def apply(system: System, row: Row, stop_at: int | None = None) -> None:
    """stop_at: behind so many stages it waits for another word."""
    row = system.update(rows.TABLE, row["uuid"], state="applying", phase="apply", stop_at=stop_at or 0)
    system.after(system.durations.vim_round, go_on, row["uuid"], tag=tag(row))


def abort(system: System, row: Row) -> None:
    """The step that runs is left, and what the steps before it did to hosts is undone."""
    undone = list(stages.undoing(rows.steps(system, row, "apply")))
    row = system.update(rows.TABLE, row["uuid"], state="aborting", phase="abort")
    rows.add(system, row, "abort", undone)
    system.timeline.cancel(tag(row))
    system.after(system.durations.vim_round, go_on, row["uuid"], tag=tag(row))


def tag(row: Row) -> str:
    return f"vim {row['uuid']}"


def go_on(system: System, uuid: str) -> None:
    """One look at the step that is due: it begins, it has ended, or it is waited for."""
    row = system.tables.find(rows.TABLE, uuid)
    if row is None or row["state"] not in AT_WORK:
        return
    phase = AT_WORK[row["state"]]
    step = rows.due(system, row, phase)
    if step is None:
        _over(system, row, phase)
        return
    if row.get("stop_at") and phase == "apply" and step["stage"] >= row["stop_at"]:
        return
    outcome = steps.look(system, row, step)
    if outcome is None:
        system.after(system.durations.vim_round, go_on, uuid, tag=tag(row))
        return
    system.update(rows.STEPS, step["uuid"], result=outcome.result, reason=outcome.reason)
    if outcome.result == rows.DONE:
        go_on(system, uuid)
    else:
        _end(system, row, phase, outcome.result, outcome.reason)


def _over(system: System, row: Row, phase: str) -> None:
    """Every step has ended well; of a build that means that what is to be done can be said, if anything is."""
    if phase == "build":
        found = stages.applying(system, row)
        if isinstance(found, str):
            _end(system, row, phase, rows.FAILED, found)
            return
        rows.add(system, row, "apply", found)
    _end(system, row, phase, rows.DONE, "")


def _end(system: System, row: Row, phase: str, result: str, reason: str) -> None:
    state = ENDS[phase]
    if result != rows.DONE:
        state = f"{phase}-{'timeout' if result == rows.LATE else 'failed'}"
    facts = {f"{phase}_result": result, f"{phase}_reason": reason}
    if result != rows.DONE:
        facts[f"{phase}_response"] = f"{{'completed': False, 'error-message': {reason.splitlines()}}}"
    row = system.update(rows.TABLE, row["uuid"], state=state, phase=phase, **facts)
    if phase == "apply" and result != rows.DONE:
        abort(system, row)
