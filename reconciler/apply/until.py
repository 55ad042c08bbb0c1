"""Waiting for what a call brings about: seen in an attribute, gone wrong in another value of it, or not there in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.apply.looks import looks
from reconciler.apply.resolve import path_of
from reconciler.apply.work import Work
from reconciler.model.errors import Conflict, NotReady, Refused, Stopped, Stuck, Unauthorized, Unreachable, complaints
from reconciler.model.history import Deed
from reconciler.model.plan import Call, Errand, Until
from reconciler.model.snapshot import Snapshot

GONE = "no answer"
MOST_NAMED = 3


async def is_so(call: Call, seen: Snapshot, work: Work) -> bool:
    """Whether the call need not be sent, because what it asks for was asked for already."""
    already = call.unless
    if already is None:
        return False
    path = path_of(already.path, call.refs, seen, work.made)
    found = await work.get(path, call.service)
    value = member(found, already.attribute)
    if value not in already.values:
        return False
    _check_ours(already, found, work)
    work.tell(Deed.SEEN, f"{call.method} {call.path} is not sent: {already.attribute} is {value}")
    return True


async def until(awaited: Until, call: Call, seen: Snapshot, work: Work) -> None:
    """Raises NotReady where it takes too long, Stopped or Stuck where it ends badly."""
    path, value, before = path_of(awaited.path, call.refs, seen, work.made), None, None
    wanted = _in_words(awaited.values)
    work.tell(Deed.WAITS, f"until {path} {awaited.attribute} is {wanted}, at most {awaited.limit_s:g} s")
    begins_by = work.clock.now() + work.pace.begun_limit_s if awaited.before else 0.0
    async for _ in looks(awaited.limit_s, work):
        found = await _found(path, awaited, call, work)
        value = member(found, awaited.attribute) if found is not None else GONE
        if value in awaited.before and work.clock.now() < begins_by:
            continue  # from before: it has not begun
        begins_by = begins_by if value is GONE else 0.0
        _check_ours(awaited, found, work)
        if value in awaited.values:
            work.tell(Deed.SEEN, f"{awaited.attribute} is {value}")
            return
        if value in awaited.fails:
            raise _failed(awaited, call, found, work)
        if call.errand and value != before:  # it goes on for hours: how far it is
            work.tell(Deed.WAITS, f"{awaited.attribute} is {value}")
            before = value
    late = f"{path} {awaited.attribute} is {value!r} after {awaited.limit_s:g} s, not {wanted}"
    raise NotReady(f"{work.site}: {late}")


def _in_words(values: Sequence[Any]) -> str:
    """What is waited for; of many, which come one after another, the first."""
    return f"{values[0]} or a later one" if len(values) > MOST_NAMED else " or ".join(map(str, values))


async def _found(path: str, awaited: Until, call: Call, work: Work) -> Any:
    """What the path shows; None where nobody answers, and that was to be expected."""
    try:
        return await work.get(path, call.service)
    except (Unreachable, Unauthorized, Refused) as error:
        is_down = not isinstance(error, Refused) or error.is_unsure
        if not (awaited.outlasts and is_down):
            raise
        work.say(f"waiting: {error}")
        return None


def _check_ours(awaited: Until, found: Any, work: Work) -> None:
    """Raise Conflict where what is there is somebody else's: it would be gone on with as if it were ours."""
    if awaited.ours is None or member(found, awaited.attribute) is None:
        return
    name, values = awaited.ours
    if (value := member(found, name)) not in values:
        wanted = " or ".join(map(str, values))
        raise Conflict(f"{work.site}: {name} is {value}, and not {wanted}: it is somebody else's, and left alone")


def member(found: Any, dotted: str) -> Any:
    """The value of an attribute, below others where dots say so; None where it is not there."""
    for name in dotted.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _failed(awaited: Until, call: Call, found: Any, work: Work) -> Stopped | Stuck:
    """The end that is none, in the platform's words; of an errand by its name, and noted for later visits."""
    value = member(found, awaited.attribute)
    state = f"{awaited.attribute} is {value}" if value is not None else f"{awaited.path} is not there any more"
    said = complaints(str(member(found, awaited.told_by) or "")) if awaited.told_by else ""
    if call.errand is None:
        return Stopped(work.site, state, said)
    stuck = Stuck(call.errand.failure, _whose(said, call.errand), ": ".join(filter(None, (state, said))), work.site)
    work.stands(stuck, "")
    return stuck


def _whose(said: str, errand: Errand) -> str:
    """The host that the words name, else the one that would have been the first."""
    hosts = [host for group in errand.hosts for host in group]
    return next((host for host in hosts if host in said), hosts[0])
