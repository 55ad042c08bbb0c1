"""One host, locked for its changes. Whoever opens a window closes it, whatever happens inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from reconciler.apply.step import FIRST_SERVER_ERROR, call_once, failed, named, perform, supersedes
from reconciler.apply.work import Work
from reconciler.model.errors import Busy, Conflict, Held, NotReady, ReconcilerError, Refused, Unauthorized, Unreachable
from reconciler.model.history import Deed
from reconciler.model.host import HostState
from reconciler.model.outcome import Entry, StepResult
from reconciler.model.plan import Opening, Stage

INSIDE = (Conflict, Refused, Busy, NotReady)  # what ends the steps of a window, and not the window


async def ask_gates(left: tuple[Stage, ...], work: Work) -> None:
    """Raise Held where what is left of the plan is to wait.

    Asked in the deed that takes a host out of service, not before it: a process that takes over does the deed again,
    hours later perhaps, and what was permitted then is not permitted now.
    """
    await work.permits(left, await work.remote.look(()))
    work.tell(Deed.SEEN, "no gate is closed")


async def window(left: tuple[Stage, ...], work: Work, plan_id: str) -> tuple[tuple[Entry, ...], ReconcilerError | None]:
    """The entries of the first stage that is left, and the error that ended it early, if one did.

    Raises what made the window impossible to open. A lost site leaves it open and journaled: the next plan adopts it.
    """
    stage = left[0]
    steps = [s for s in stage.steps if s.calls]
    await work.deed(f"{stage.host} is as planned", stage.host, partial(supersedes, steps, work))
    await work.deed(f"{stage.host} opens", stage.host, partial(_open, left, work, plan_id))
    try:
        entries, error = await _steps(stage, work)
    except Exception:  # a fault of ours: the host is not left locked for it
        await _ended(stage, work)
        raise
    if error and not isinstance(error, INSIDE):
        return entries, error
    return entries, await _ended(stage, work) or error


async def _ended(stage: Stage, work: Work) -> ReconcilerError | None:
    """Close the window, if the plan does; what kept it open."""
    try:
        if stage.unlocks:
            await work.deed(f"{stage.host} closes", stage.host, partial(_close, stage, work))
    except ReconcilerError as error:
        return error
    return None


async def at_rest(names: Iterable[str], work: Work) -> None:
    """Wait until these hosts are locked or in service: what they are doing, a run of ours has begun.

    What does not come to rest in time is left to the plan, which says so. Raises Unreachable if nobody answers now.
    """
    hosts = (await work.remote.look(())).system.hosts
    for name in sorted(name for name in names if name in hosts and not _is_at_rest(hosts[name])):
        work.say(f"{name}: waiting, it is {hosts[name].in_words}")
        with suppress(NotReady):
            await _wait(name, _is_at_rest, work.pace.unlock_limit_s, work, "at rest")


def _is_at_rest(host: HostState) -> bool:
    return host.is_locked or host.is_unlocked


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


async def _open(left: tuple[Stage, ...], work: Work, plan_id: str) -> None:
    stage = left[0]
    host = await _host(stage.host, work)
    work.tell(Deed.SEEN, f"{host.name} is {host.in_words}")
    if stage.opening is not Opening.LOCK:
        _must_be_locked(host, work)
        if stage.unlocks:
            work.opens(host.name, plan_id)
        return
    if host.name in work.windows and not host.is_unlocked:
        await _wait(host.name, lambda now: now.is_locked, work.pace.lock_limit_s, work, "locked")
        return  # this plan locked it, and the process that did is gone
    if host.is_locked:
        raise Held(f"{work.site} {host.name}: locked-by-operator: it was locked by somebody else since the plan")
    if not host.is_unlocked:
        raise Conflict(f"{work.site} {host.name} is {host.in_words}: it must be at rest to be locked")
    await ask_gates(left, work)
    work.opens(host.name, plan_id)
    await _lock(host, work)


def _must_be_locked(host: HostState, work: Work) -> None:
    if not host.is_locked:
        raise Conflict(f"{work.site} {host.name} is {host.in_words}, and the plan found it locked; planned afresh")


async def _lock(host: HostState, work: Work) -> None:
    """Lock and wait. VIM may refuse later, and says why in vim_progress_status (sysinv host.py; recorded).

    A lock that VIM gave no answer to may still come (sysinv host.py _patch): it stays noted as ours, until the next
    visit finds the host in service.
    """
    work.say(f"{host.name}: locking")
    try:
        await _ask(host, "lock", lambda now: now.is_unlocked, work)
    except ReconcilerError as error:
        if not (isinstance(error, Busy) or (isinstance(error, Unreachable) and error.sent)):
            work.closed(host.name)  # it certainly was not locked, and a later lock is not ours
        raise
    await _wait(host.name, _lock_ended(host, work), work.pace.lock_limit_s, work, "locked")


def _lock_ended(before: HostState, work: Work) -> Callable[[HostState], bool]:
    """Whether the lock has ended well. It ends badly when the task is over and the host is still in service.

    The reason of an earlier refusal stays in vim_progress_status, so a word that was there before proves nothing
    unless the task was seen to run.
    """
    began = False

    def ended(now: HostState) -> bool:
        nonlocal began
        began = began or bool(now.task)
        said = now.vim_progress_status not in {before.vim_progress_status, "", "services-enabled"}
        if now.is_unlocked and (began or said):
            work.closed(now.name)
            raise Refused.by_platform(work.site, now.name, f"lock refused: {now.vim_progress_status}")
        return now.is_locked

    return ended


async def _close(stage: Stage, work: Work) -> None:
    work.say(f"{stage.host}: unlocking")
    host = await _host(stage.host, work)
    work.tell(Deed.SEEN, f"{host.name} is {host.in_words}")
    if not host.is_unlocked:
        await _ask(host, "unlock", lambda now: now.is_locked, work)
        await _wait(stage.host, lambda now: now.is_unlocked, work.pace.unlock_limit_s, work, "unlocked and in service")
    work.closed(stage.host)
    work.say(f"{stage.host}: unlocked and in service")
    await _until_taken_up(stage.host, work)


async def _until_taken_up(name: str, work: Work) -> None:
    """Wait until a host reports that it runs what it was unlocked for, some seconds after it is in service.

    Its partner is not locked before: what keeps one controller from it would keep both.
    """
    if (await _host(name, work)).needs_reboot:
        wanted = "running the configuration that it was unlocked for"
        await _wait(name, lambda now: not now.needs_reboot, work.pace.config_limit_s, work, wanted)


async def _ask(host: HostState, action: str, is_due: Callable[[HostState], bool], work: Work) -> None:
    """Send an action until it is taken, or is not due any more.

    The platform refuses while runtime configuration is pending, or while VIM or maintenance do not answer. A missing
    answer is resolved by looking: a host that has begun has a task, and the action is not due.
    """
    body = [{"op": "replace", "path": "/action", "value": action}]
    limit, polls = work.clock.now() + work.pace.busy_limit_s, work.pace.polls()
    while is_due(host):
        try:
            await work.send("PATCH", f"/v1/ihosts/{host.uuid}", body, action)
        except (Busy, Unreachable) as error:
            if work.clock.now() >= limit or (isinstance(error, Unreachable) and not error.sent):
                raise
            work.say(f"{host.name}: waiting to {action}: {_why(error)}")
            work.tell(Deed.WAITS, f"to {action}: {_why(error)}")
        else:
            return
        await work.clock.sleep(polls())
        host = await _host(host.name, work)


def _why(error: Busy | Unreachable) -> str:
    return error.fault if isinstance(error, Busy) else "no answer, looking whether it took effect"


async def swact(left: tuple[Stage, ...], work: Work) -> None:
    """Activity moved to the other controller, which must be in service and have its configuration applied.

    sysinv takes a swact for the standby controller too (recorded): who is active is checked here.
    """
    host = await _host(left[0].host, work)
    if not host.is_active:
        return
    await ask_gates(left, work)
    await _until_partner_is_current(host, work)
    work.say(f"{host.name}: swact")
    await _ask(host, "swact", lambda now: now.is_active and now.is_unlocked, work)
    await _wait(
        host.name, lambda now: not now.is_active and now.is_unlocked, work.pace.swact_limit_s, work, "the standby"
    )


async def _until_partner_is_current(host: HostState, work: Work) -> None:
    """Sysinv refuses a swact to a controller that has not applied its configuration yet (host.py check_swact)."""
    hosts = (await work.remote.look(())).system.hosts.values()
    for partner in hosts:
        if partner.personality == "controller" and partner.name != host.name and not _is_ready(partner):
            await _wait(partner.name, _is_ready, work.pace.swact_limit_s, work, "in service with its configuration")


def _is_ready(host: HostState) -> bool:
    return host.is_unlocked and host.is_current


async def _wait(name: str, done: Callable[[HostState], bool], limit_s: float, work: Work, wanted: str) -> None:
    """Look until it is so. A site that does not answer meanwhile may be rebooting: that is no end."""
    limit, polls = work.clock.now() + limit_s, work.pace.polls()
    words = "unknown"
    work.tell(Deed.WAITS, f"until {name} is {wanted}, at most {limit_s:g} s")
    while work.clock.now() < limit:
        await work.clock.sleep(polls())
        try:
            now = await _host(name, work)
        except (Unreachable, Unauthorized, Refused) as error:  # services come up one after another
            if isinstance(error, Refused) and error.status < FIRST_SERVER_ERROR:
                raise
            words = str(error)
            continue
        if done(now):
            work.tell(Deed.SEEN, f"{name} is {now.in_words}")
            return
        words = now.in_words
    raise NotReady(f"{work.site} {name}: not {wanted} after {limit_s:g} s; it is {words}")


async def _host(name: str, work: Work) -> HostState:
    seen = await work.remote.look(())
    if name not in seen.system.hosts:
        raise Conflict(f"{work.site}: host {name} is no longer on the system")
    return seen.system.hosts[name]
