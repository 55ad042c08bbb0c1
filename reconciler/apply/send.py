"""Send a plan, one stage after another. The seam that a durable engine takes over: values in, an Outcome out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reconciler.apply.hosts import noted
from reconciler.apply.side_by_side import side_by_side
from reconciler.apply.step import call_once, failed, named, perform
from reconciler.apply.swact import move_activity
from reconciler.apply.window import window
from reconciler.apply.work import Work
from reconciler.model.errors import Conflict, Held, ReconcilerError, Stuck, Unreachable
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Opening, Plan, Stage, StageType, locking, run_of
from reconciler.model.unsaid import no_host
from reconciler.model.words import Result


async def send(plan: Plan, work: Work, *, is_asked: bool = False) -> Outcome:
    """Everything the plan says, or as much as holds; it never raises for what a site does.

    is_asked: the gates are asked before the first stage too, because time has passed since they were.
    Stops at the first stage that does not hold. May be called again with a plan made afresh.
    """
    entries: list[Entry] = []
    try:
        left = plan.stages
        while left:
            work.stage = len(plan.stages) - len(left)
            if not work.stage and is_asked and not _takes_out(left[0]):
                await work.deed(f"{left[0].host} gates", left[0].host, partial(work.ask_gates, left))
            number = run_of(left)
            more, errors = await _stages(left, number, work, plan.id)
            entries += more
            if errors:
                return _ended(plan, entries, errors, work)
            left = left[number:]
    except ReconcilerError as error:
        return _ended(plan, entries, (error,), work)
    return Outcome(plan.id, Result.DONE, tuple(entries), _open(work))


def _takes_out(stage: Stage) -> bool:
    """One more host, or the active one, leaves service."""
    return stage.type is StageType.SWACT or stage.opening is Opening.LOCK


async def _stages(
    left: tuple[Stage, ...], number: int, work: Work, plan_id: str
) -> tuple[tuple[Entry, ...], tuple[ReconcilerError, ...]]:
    """So many of the stages that are left, side by side where they are more than one."""
    if number > 1:
        return await side_by_side(left, number, work, plan_id)
    entries, error = await _stage(left, work, plan_id)
    return entries, (error,) if error else ()


async def _stage(left: tuple[Stage, ...], work: Work, plan_id: str) -> tuple[tuple[Entry, ...], ReconcilerError | None]:
    """The first of the stages that are left."""
    stage = left[0]
    if stage.type is StageType.WINDOW:
        return await window(left, work, plan_id)
    if stage.type is StageType.SWACT:
        locks = locking(left, stage.host)
        moving = partial(noted, partial(move_activity, left, work), work, work.digest(locks) if locks else "")
        await work.deed(f"{stage.host} swact", stage.host, moving)
        return (), None
    return await _online(left, work)


async def _online(left: tuple[Stage, ...], work: Work) -> tuple[tuple[Entry, ...], ReconcilerError | None]:
    stage, entries = left[0], list[Entry]()
    for number, step in enumerate(stage.steps):
        ahead = (replace(stage, steps=stage.steps[number:]), *left[1:])
        try:
            entries.append(await work.deed(named(step), step.host, partial(perform, step, work, ahead)))
        except ReconcilerError as error:
            return (*entries, failed(step, error)), error
        if entries[-1].result is StepResult.UNVERIFIED and work.kinds[step.kind].settles is not no_host:
            what = f"{work.site}: {step.kind}: stored without an answer, and no host knows of it"
            return tuple(entries), Conflict(f"{what}; planned afresh, before hosts are locked for it")
    for call in stage.last:
        await work.deed(f"{call.method} {call.path}", stage.host, partial(call_once, call, work, stage.host))
    return tuple(entries), None


def _ended(plan: Plan, entries: list[Entry], errors: tuple[ReconcilerError, ...], work: Work) -> Outcome:
    """The first error is the one to tell."""
    error, *others = errors
    ends = {Conflict: Result.CONFLICT, Held: Result.HELD, Unreachable: Result.UNREACHABLE}
    result = next((r for cls, r in ends.items() if isinstance(error, cls)), Result.FAILED)
    stuck = tuple(work.condition(e) for e in errors if isinstance(e, Stuck))
    told = f"{error} (and {len(others)} more)" if others else str(error)
    return Outcome(plan.id, result, tuple(entries), _open(work), told, conditions=stuck)


def _open(work: Work) -> tuple[str, ...]:
    return tuple(sorted(work.windows))
