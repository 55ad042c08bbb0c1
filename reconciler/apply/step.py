"""One step: look, send what is still needed, look again. A missing answer is resolved by looking, never by repeating."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.apply.judge import Verdict, conflict_text, judge, overtaken, remaining
from reconciler.apply.looks import looks
from reconciler.apply.resolve import body_of, path_of, refs
from reconciler.apply.trap import note, settle, taken_up
from reconciler.apply.until import is_so, until
from reconciler.apply.work import Work
from reconciler.model.change import Change
from reconciler.model.errors import Busy, Conflict, NotReady, ReconcilerError, Refused, Unreachable
from reconciler.model.forecast import Act
from reconciler.model.history import Deed
from reconciler.model.kind import Context
from reconciler.model.outcome import Entry, StepResult
from reconciler.model.plan import Call, Stage, Step
from reconciler.model.snapshot import Snapshot

MOST_TOLD = 3  # names in one line of a history
TRIES = 3  # sendings in a row that show no effect


async def perform(step: Step, work: Work, ahead: tuple[Stage, ...] = ()) -> Entry:
    """The step's changes made and seen on the site.

    ahead: what is left of the plan, this step first: the gates are asked of it before a service is asked to go from host
    to host by itself. Hours may have passed since they were, by what came before it.

    Raises Conflict when the site has moved since the plan, Refused when the platform will not, NotReady when an
    effect does not come in time, Unreachable when the site is gone. May be called again: what is done is skipped.
    """
    seen = await _look(step, work)
    _check(step.changes, seen, work)
    todo = remaining(step.changes, seen, work.kinds)
    work.tell(Deed.SEEN, f"{_names(todo)}: to be changed" if todo else f"{_names(step.changes)}: as wanted already")
    if not todo:  # somebody has done it, or a process that died between the call and its answer
        await _cleared(step, seen, work)
        return await _by_hosts(step, StepResult.SKIPPED, work)
    if ahead and _errands(step) and not await _is_begun(step, seen, work):
        await work.ask_gates(ahead)
    note(step, todo, seen, work)
    began = work.clock.now()
    answered = await _send_until_done(step, todo, seen, work)
    await _verified(step, work)
    if answered:
        if step.calls and len(todo) == len(step.changes):
            work.measures(Act.CALL, step.host, (work.clock.now() - began) / len(step.calls), step.kind)
        settle(step, work)
        return _entry(step, StepResult.DONE)
    return await _by_hosts(step, StepResult.DONE, work)


async def _cleared(step: Step, seen: Snapshot, work: Work) -> None:
    """What an errand leaves behind is taken away by the last call, whoever has seen it end.

    One that leaves nothing is waited for while it is under way: its end is to be heard.
    """
    sent, last = next((call for call in step.calls if call.errand and call.until), None), step.calls[-1:]
    if sent and sent.until and await is_so(last[0], seen, work) is (last[0] is sent):
        await until(sent.until, sent, seen, work)
        if last[0] is not sent:
            await _call(last[0], seen, work)


def _errands(step: Step) -> tuple[Call, ...]:
    return tuple(call for call in step.calls if call.errand)


async def _is_begun(step: Step, seen: Snapshot, work: Work) -> bool:
    """Whether an errand is on its way, asked for by a process that died: it is seen to its end."""
    made = [call for call in step.calls if call.method == "POST" and call.unless]
    return bool(made) and await is_so(made[0], seen, work)


async def _by_hosts(step: Step, result: StepResult, work: Work) -> Entry:
    """What the API stores before it applies it is believed only if hosts were told of it."""
    if await taken_up(step, work):
        return _entry(step, result)
    return _entry(step, StepResult.UNVERIFIED, "stored without an answer; no host has taken it up")


async def supersedes(steps: Iterable[Step], work: Work) -> None:
    """Raise Conflict if any step is no longer true. For before a lock, where it costs nothing yet."""
    for step in steps:
        _check(step.changes, await _look(step, work), work)
        work.tell(Deed.SEEN, f"{_names(step.changes)}: as it was planned for")


async def call_once(call: Call, work: Work, host: str) -> None:
    """A call that belongs to a whole stage. May be called again."""
    seen, began = await work.look(sorted({r.key.kind for r in refs(call)}), host), work.clock.now()
    await _call(call, seen, work)
    work.measures(Act.CALL, host, work.clock.now() - began, call.once)


async def _look(step: Step, work: Work) -> Snapshot:
    named = {ref.key.kind for call in step.calls for ref in refs(call)}
    return await work.look(sorted({step.kind} | (named & work.kinds.keys())), step.host)


def _check(changes: Iterable[Change[Any]], seen: Snapshot, work: Work) -> None:
    for change in changes:
        if judge(change, seen, work.kinds) is Verdict.CONFLICT and not _is_ours(change, seen, work):
            raise Conflict(f"{work.site}: {conflict_text(change, seen)}; the site is planned afresh")


def _is_ours(change: Change[Any], seen: Snapshot, work: Work) -> bool:
    """Whether this plan made the resource: what is half made is finished, whatever the answer was."""
    return change.key in work.made and judge(change, seen, work.kinds, ours=True) is not Verdict.CONFLICT


async def _send_until_done(step: Step, todo: tuple[Change[Any], ...], seen: Snapshot, work: Work) -> bool:
    """Whether every call was answered.

    After a missing answer, or one that says that the server failed, the site is looked at, and the rest is sent.
    """
    is_planned = len(todo) == len(step.changes) and not work.kinds[step.kind].resumes
    calls: tuple[Call, ...] = step.calls if is_planned else _calls(step, todo, seen, work)
    answered, tries, asked = True, TRIES, list[Call]()
    while calls:
        try:
            for call in calls:
                asked.append(call)
                await _call(call, seen, work)
        except (Unreachable, Refused) as error:
            seen = await _look_again(error, step, work)
            if any(call.begins_late for call in calls):
                seen = await _seen_to_begin(error, step, asked, work)
            left = remaining(todo, seen, work.kinds)
            tries = TRIES if len(left) < len(todo) else tries - 1
            if not tries:
                raise
            todo, calls, answered = left, _calls(step, left, seen, work) if left else (), False
        else:
            break
    return answered


async def _seen_to_begin(error: Unreachable | Refused, step: Step, asked: Iterable[Call], work: Work) -> Snapshot:
    """The site, once it shows that what was asked for goes on, or is done.

    A service that answers before it begins may be slow to: what shows nothing of it is not asked for twice, and where
    nothing is seen of it for long, the error is raised.
    """
    async for _ in looks(work.pace.begun_limit_s, work):
        seen = await _look(step, work)
        left = remaining(step.changes, seen, work.kinds)
        ahead = [call for call in _calls(step, left, seen, work) if call.method != "GET"] if left else []
        if not any((c.method, c.path, c.body) == (a.method, a.path, a.body) for c in ahead for a in asked):
            return seen
    raise error


async def _look_again(error: Unreachable | Refused, step: Step, work: Work) -> Snapshot:
    """What the site shows after a call of which nobody knows the effect.

    A call that never left, or that was refused
    with a reason, has nothing to look for: the error is raised.
    """
    is_known = not error.is_unsure if isinstance(error, Refused) else not error.sent
    if is_known:
        raise error
    what = f"the server failed ({error.status})" if isinstance(error, Refused) else "no answer"
    work.say(f"{step.kind}: {what}, looking whether it took effect")
    if isinstance(error, Refused):
        await work.clock.sleep(work.pace.first_poll_s)
    seen = await _look(step, work)
    left = remaining(step.changes, seen, work.kinds)
    work.tell(Deed.SEEN, f"{_names(left)}: it did not take effect" if left else "it took effect")
    return seen


def _calls(step: Step, todo: tuple[Change[Any], ...], seen: Snapshot, work: Work) -> tuple[Call, ...]:
    """The calls for a part of a step's changes: the same writer, fewer changes."""
    written = work.kinds[step.kind].write(todo, Context(work.desired, seen))
    return tuple(call for call in written if not call.once)


async def _call(call: Call, seen: Snapshot, work: Work) -> None:
    if not await is_so(call, seen, work):
        path = path_of(call.path, call.refs, seen, work.made)
        answer = await _send_when_free(call, path, body_of(call.body, seen, work.made), work)
        if call.creates and isinstance(answer, dict):
            work.made[call.creates] = {n: answer[n] for n in ("uuid", "id") if answer.get(n) is not None}
    if call.until:
        await until(call.until, call, seen, work)


async def _send_when_free(call: Call, path: str, body: Any, work: Work) -> Any:
    """The answer, once the platform is free to give one: refusals that say "retry" are waited out."""
    limit, polls = work.clock.now() + work.pace.busy_limit_s, work.pace.polls()
    while True:
        is_last = work.clock.now() >= limit
        try:
            return await work.send(call.method, path, body, service=call.service)
        except Busy as busy:
            if is_last:
                raise
            work.say(f"waiting: {busy.fault}")
            work.tell(Deed.WAITS, "to be asked again")
            await work.clock.sleep(polls())


async def _verified(step: Step, work: Work) -> None:
    """The step's effect, seen."""
    missing: tuple[Change[Any], ...] = ()
    awaited = missing
    async for _ in looks(work.pace.seen_limit_s, work):
        seen = await _look(step, work)
        if change := overtaken(step.changes, seen, work.kinds):
            raise Conflict(f"{work.site}: {conflict_text(change, seen)}; the site is planned afresh")
        missing = remaining(step.changes, seen, work.kinds)
        if not missing:
            work.tell(Deed.SEEN, f"{_names(step.changes)}: as wanted")
            return
        if missing != awaited:
            work.tell(Deed.WAITS, f"until {_names(missing)} is to be seen, at most {work.pace.seen_limit_s:g} s")
            awaited = missing
    raise NotReady(f"{work.site}: {missing[0].key} was accepted, and is not to be seen on the site")


def _names(changes: Iterable[Change[Any]]) -> str:
    """Of resources, for histories; the first few."""
    names = [str(change.key) for change in changes]
    more = f" and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
    return ", ".join(names[:MOST_TOLD]) + more


def named(step: Step) -> str:
    """How a step is called in histories."""
    return " ".join(filter(None, (step.host, step.kind)))


def failed(step: Step, error: ReconcilerError) -> Entry:
    """The entry of a step that ended with an error."""
    return _entry(step, StepResult.FAILED, str(error))


def _entry(step: Step, result: StepResult, message: str = "") -> Entry:
    return Entry(step.kind, step.host, step.keys, result, message)
