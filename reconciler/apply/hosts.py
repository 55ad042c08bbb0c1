"""A host that is told to change its state: asked until that is taken, watched until it is so, named where it is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from reconciler.apply.looks import looks
from reconciler.apply.step import TRIES
from reconciler.apply.work import Work
from reconciler.model.condition import Condition
from reconciler.model.errors import Busy, Conflict, ReconcilerError, Refused, Stuck, Unauthorized, Unreachable
from reconciler.model.history import Deed
from reconciler.model.host import HostState, SystemState

T = TypeVar("T")
Late = Callable[[HostState | None], Condition | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """A state that a host is to come to.

    done: may raise, where it never will. late: what it is called if it has not, from the last look, or from None where
      nobody answered; None for what the missing answer says by itself.
    """

    wanted: str
    done: Callable[[HostState], bool]
    limit_s: float
    late: Late


async def host_of(name: str, work: Work) -> HostState:
    """The host as it is now. Raises Conflict for one that is not on the system."""
    return (await found(name, work))[0]


async def found(name: str, work: Work) -> tuple[HostState, SystemState]:
    """The same, with the system that it is of."""
    system = (await work.look(())).system
    if name not in system.hosts:
        raise Conflict(f"{work.site}: host {name} is no longer on the system")
    return system.hosts[name], system


async def noted(deed: Callable[[], Awaitable[T]], work: Work, digest: str = "") -> T:
    """A deed whose bad end is written down, for later visits. digest: of what the host was to be locked for."""
    try:
        return await deed()
    except Stuck as stuck:
        work.stands(stuck, digest)
        raise


async def ask(host: HostState, action: str, is_due: Callable[[HostState], bool], work: Work) -> None:
    """Send an action until it is taken, or is not due any more.

    The platform refuses while runtime configuration is pending, or while VIM or maintenance do not answer. A missing
    answer is resolved by looking: a host that has begun has a task, and the action is not due.
    """
    body = [{"op": "replace", "path": "/action", "value": action}]
    limit, polls, tries = work.clock.now() + work.pace.busy_limit_s, work.pace.polls(), TRIES
    while is_due(host):
        try:
            await work.send("PATCH", f"/v1/ihosts/{host.uuid}", body, action)
        except (Busy, Unreachable, Refused) as error:
            tries -= isinstance(error, Refused)
            if work.clock.now() >= limit or not tries or not _may_be_repeated(error):
                raise
            work.say(f"{host.name}: waiting to {action}: {_why(error)}")
            work.tell(Deed.WAITS, f"to {action}: {_why(error)}")
        else:
            return
        await work.clock.sleep(polls())
        host = await _seen_again(host.name, limit, work)


def _may_be_repeated(error: Busy | Unreachable | Refused) -> bool:
    """Whether it may have taken effect, or may do so later: what certainly never left, and what was denied, is told.

    A conflict (409) is with what somebody else does at this moment: an action that was refused changed nothing.
    """
    if isinstance(error, Refused):
        return error.is_unsure or error.is_duplicate
    return isinstance(error, Busy) or error.sent


def _why(error: Busy | Unreachable | Refused) -> str:
    return "no answer, looking whether it took effect" if isinstance(error, Unreachable) else error.fault


async def _seen_again(name: str, limit: float, work: Work) -> HostState:
    """The host, once the site can be looked at; its last error where it cannot be for too long."""
    polls = work.pace.polls()
    while True:
        try:
            return await host_of(name, work)
        except (Unreachable, Unauthorized, Conflict, Refused) as error:
            if work.clock.now() >= limit or not is_passing(error):
                raise
            await work.clock.sleep(polls())


async def wait(name: str, goal: Goal, work: Work) -> HostState:
    """Look until it is so. A site that does not answer meanwhile may be rebooting, or moving its address: no end."""
    now: HostState | None = None
    lost: ReconcilerError | None = None
    work.tell(Deed.WAITS, f"until {name} is {goal.wanted}, at most {goal.limit_s:g} s")
    async for _ in looks(goal.limit_s, work, is_new=True):
        try:
            now, lost = await host_of(name, work), None
        except (Unreachable, Unauthorized, Conflict, Refused) as error:
            if not is_passing(error):
                raise
            lost = error
            continue
        if goal.done(now):
            work.tell(Deed.SEEN, f"{name} is {now.in_words}")
            return now
    raise _late(name, goal, None if lost else now, lost, work)


def is_passing(error: ReconcilerError) -> bool:
    """Whether a look may fail so while services come up one after another, or the active controller changes.

    Lists are empty for a while then, too.
    """
    return not isinstance(error, Refused) or error.is_unsure


def _late(name: str, goal: Goal, now: HostState | None, lost: ReconcilerError | None, work: Work) -> ReconcilerError:
    condition = goal.late(now)
    if condition is None and lost:
        return lost
    words = now.in_words if now else f"not to be seen: {lost}"
    said = f"not {goal.wanted} after {goal.limit_s:g} s; it is {words}"
    return Stuck(condition or Condition.NOT_ENABLED, name, said, work.site)


async def at_rest(names: Iterable[str], work: Work) -> None:
    """Wait until these hosts are locked or in service: what they are doing, a run of ours has begun.

    What does not come to rest in time is left to the plan, which says so. Raises Unreachable if nobody answers now.
    """
    hosts = (await work.look(())).system.hosts
    goal = Goal("at rest", _is_at_rest, work.pace.unlock_limit_s, lambda _: Condition.NOT_ENABLED)
    for name in sorted(name for name in names if name in hosts and not _is_at_rest(hosts[name])):
        work.say(f"{name}: waiting, it is {hosts[name].in_words}")
        with suppress(Stuck):
            await wait(name, goal, work)


def _is_at_rest(host: HostState) -> bool:
    return host.is_locked or host.is_unlocked
