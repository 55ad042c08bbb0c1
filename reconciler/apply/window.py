"""One host, locked for its changes. Whoever opens a window closes it, whatever happens inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reconciler.apply.hosts import Goal, ask, found, noted, wait
from reconciler.apply.step import call_once, failed, named, perform, supersedes
from reconciler.apply.unlock import bring_back
from reconciler.apply.work import Work
from reconciler.model.condition import Condition
from reconciler.model.errors import Busy, Conflict, Held, NotReady, ReconcilerError, Refused, Stuck, Unreachable
from reconciler.model.forecast import Act
from reconciler.model.history import Deed
from reconciler.model.host import HostState, SystemState
from reconciler.model.outcome import Entry, StepResult
from reconciler.model.plan import Opening, Stage

INSIDE = (Conflict, Refused, Busy, NotReady)  # what ends the steps of a window, and not the window
AGED = (
    "."  # the conductor's audit marks reasons of VIM with two, then drops them (sysinv conductor _audit_ihost_action)
)


async def window(left: tuple[Stage, ...], work: Work, plan_id: str) -> tuple[tuple[Entry, ...], ReconcilerError | None]:
    """The entries of the first stage that is left, and the error that ended it early, if one did.

    Raises what made the window impossible to open. A lost site leaves it open and journaled: the next plan adopts it.
    """
    stage = left[0]
    steps = [s for s in stage.steps if s.calls]
    await work.deed(f"{stage.host} is as planned", stage.host, partial(supersedes, steps, work))
    opening = partial(noted, partial(_open, left, work, plan_id), work, work.digest(stage))
    was = await work.deed(f"{stage.host} opens", stage.host, opening)
    try:
        entries, error = await _steps(stage, work)
    except Exception:  # a fault of ours: the host is not left locked for it
        await _ended(stage, was, work)
        raise
    if error and not isinstance(error, INSIDE):
        return entries, error
    return entries, await _ended(stage, was, work) or error


def deeds_of(stage: Stage) -> int:
    """How many deeds its window has at most."""
    return 3 + sum(bool(s.calls) for s in stage.steps) + len(stage.last)


async def _ended(stage: Stage, was: str, work: Work) -> ReconcilerError | None:
    """Close the window, if the plan does; what kept it open."""
    try:
        if stage.unlocks:
            closing = partial(noted, partial(bring_back, stage.host, was, work), work)
            await work.deed(f"{stage.host} closes", stage.host, closing)
    except ReconcilerError as error:
        return error
    return None


async def _steps(stage: Stage, work: Work) -> tuple[tuple[Entry, ...], ReconcilerError | None]:
    """The entries of the steps, and the error that made it leave out the rest."""
    entries: list[Entry] = []
    steps = [s for s in stage.steps if s.calls]
    for index, step in enumerate(steps):
        try:
            entries.append(await work.deed(named(step), step.host, partial(perform, step, work)))
        except ReconcilerError as error:
            work.say(f"{stage.host}: {error}; the rest of this window is left out")
            dropped = [Entry(s.kind, s.host, s.keys, StepResult.DROPPED) for s in steps[index + 1 :]]
            return (*entries, failed(step, error), *dropped), error
    try:
        for call in stage.last:
            await work.deed(f"{call.method} {call.path}", stage.host, partial(call_once, call, work, stage.host))
    except ReconcilerError as error:
        return tuple(entries), error
    return tuple(entries), None


async def _open(left: tuple[Stage, ...], work: Work, plan_id: str) -> str:
    """The availability that the host had before it was locked; "" where that is not known."""
    stage = left[0]
    host, system = await found(stage.host, work)
    work.tell(Deed.SEEN, f"{host.name} is {host.in_words}")
    if stage.opening is not Opening.LOCK:
        _take_over(stage, host, system, work, plan_id)
        return ""
    if host.name in work.windows and not host.is_unlocked:
        await wait(host.name, _locked(lambda now: now.is_locked, work), work)
        return ""  # this plan locked it, and the process that did is gone
    if host.is_locked:
        raise Held(f"{work.site} {host.name}: locked-by-operator: it was locked by somebody else since the plan")
    if not host.is_unlocked:
        raise Conflict(f"{work.site} {host.name} is {host.in_words}: it must be at rest to be locked")
    await work.ask_gates(left)
    work.opens(stage, system, plan_id)
    await _lock(host, work)
    work.over(host.name)
    return host.availability


def _take_over(stage: Stage, host: HostState, system: SystemState, work: Work, plan_id: str) -> None:
    """A host that is locked already; the window of one that is ours is late when it was to be."""
    if not host.is_locked:
        raise Conflict(f"{work.site} {host.name} is {host.in_words}, and the plan found it locked; planned afresh")
    if stage.unlocks and host.name not in work.windows:
        work.opens(stage, system, plan_id)


async def _lock(host: HostState, work: Work) -> None:
    """Lock and wait. VIM may refuse later, and says why in vim_progress_status (sysinv host.py; recorded).

    A lock that VIM gave no answer to may still come (sysinv host.py _patch): it stays noted as ours, until the next
    visit finds the host in service.
    """
    work.say(f"{host.name}: locking")
    began = work.clock.now()
    try:
        await ask(host, "lock", lambda now: now.is_unlocked, work)
    except Busy as error:
        raise Stuck(Condition.LOCK_REFUSED, host.name, error.fault, work.site) from error
    except ReconcilerError as error:
        if not (isinstance(error, Unreachable) and error.sent):
            work.closed(host.name)  # it certainly was not locked, and a later lock is not ours
        if isinstance(error, Refused):
            raise Stuck(Condition.LOCK_REFUSED, host.name, error.fault, work.site) from error
        raise
    await wait(host.name, _locked(_lock_ended(host, work), work), work)
    work.measures(Act.LOCK, host.name, work.clock.now() - began)


def _locked(done: Callable[[HostState], bool], work: Work) -> Goal:
    return Goal("locked", done, work.pace.lock_limit_s, lambda now: Condition.LOCK_STUCK if now else None)


def _lock_ended(before: HostState, work: Work) -> Callable[[HostState], bool]:
    """Whether the lock has ended well. It ends badly when the task is over and the host is still in service.

    The reason of an earlier refusal stays in vim_progress_status, so a word that was there before proves nothing
    unless the task was seen to run. Where there is no reason, VIM never ended it, and the conductor gave up.
    """
    began = False

    def ended(now: HostState) -> bool:
        nonlocal began
        began = began or bool(now.task)
        reason = now.vim_progress_status.rstrip(AGED)
        is_new = reason not in {before.vim_progress_status.rstrip(AGED), "", "services-enabled"}
        if now.is_unlocked and (began or is_new):
            raise _not_locked(now, reason, work)
        return now.is_locked

    return ended


def _not_locked(now: HostState, reason: str, work: Work) -> Stuck:
    work.closed(now.name)
    if reason in {"", "services-enabled"}:
        said = "the platform took the lock, and gave it up without a reason"
        return Stuck(Condition.LOCK_STUCK, now.name, said, work.site)
    return Stuck(Condition.LOCK_REFUSED, now.name, f"lock refused: {reason}", work.site)
