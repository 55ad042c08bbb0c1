"""A host brought back into service: unlocked, up, well, with the configuration that it was unlocked for."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.apply.hosts import Goal, ask, host_of, wait
from reconciler.apply.work import Work
from reconciler.model.condition import Condition
from reconciler.model.errors import Busy, Refused, Stuck
from reconciler.model.forecast import Act
from reconciler.model.history import Deed
from reconciler.model.host import HostState

DEGRADED = "degraded"
# the end of a task with which maintenance tells that it tries no more to enable a host
# (starlingx/metal mtce-common nodeBase.h MTC_TASK_AR_DISABLED_*)
GIVEN_UP = "threshold reached, Lock/Unlock to retry"
DROPPED = 3  # looks in a row that show a host locked and at rest after an unlock was taken


async def bring_back(name: str, was: str, work: Work) -> None:
    """Unlock a host, and wait until all is well with it. was: its availability before it was locked, if known.

    Raises Stuck, named by how far it came. A host that is not locked any more is not ours to unlock, whatever it is.
    """
    work.say(f"{name}: unlocking")
    host, began = await host_of(name, work), work.clock.now()
    work.tell(Deed.SEEN, f"{name} is {host.in_words}")
    if not host.is_unlocked:
        await _unlock(host, work)
    work.closed(name)
    work.say(f"{name}: unlocked and in service")
    await _until_taken_up(name, work)
    await _until_well(name, was, work)
    if host.is_locked:
        work.measures(Act.UNLOCK, name, work.clock.now() - began)
    work.over(name)


async def _unlock(host: HostState, work: Work) -> None:
    try:
        await ask(host, "unlock", lambda now: now.is_locked, work)
    except Refused as error:
        raise Stuck(Condition.UNLOCK_REFUSED, host.name, error.fault, work.site) from error
    except Busy as error:
        raise Stuck(Condition.UNLOCK_WAITS, host.name, error.fault, work.site) from error
    try:
        await wait(host.name, Goal("unlocked and in service", _is_back(work), work.pace.unlock_limit_s, not_back), work)
    except Stuck as stuck:
        if stuck.condition is not Condition.UNLOCK_REFUSED:
            work.closed(host.name)
        raise


def _is_back(work: Work) -> Callable[[HostState], bool]:
    """Whether a host is in service. Raises Stuck where maintenance gave up, or dropped the unlock that it had taken."""
    idle = 0

    def is_back(now: HostState) -> bool:
        nonlocal idle
        if GIVEN_UP in now.task:
            raise Stuck(Condition.FAILED, now.name, now.task, work.site)
        idle = idle + 1 if now.is_locked else 0
        if idle == DROPPED:
            raise Stuck(
                Condition.UNLOCK_REFUSED, now.name, "the unlock was taken, and the host stays locked", work.site
            )
        return now.is_unlocked

    return is_back


def not_back(now: HostState | None) -> Condition | None:
    """What a host is called that did not come back; None where nobody answers for it.

    Of a system of one host that is silent nothing is known: it, or the line to it, may be down.
    """
    if now is None:
        return None
    if now.administrative == "locked":
        return Condition.UNLOCK_REFUSED
    named = {"failed": Condition.FAILED, "offline": Condition.OFFLINE, "power-off": Condition.OFFLINE}
    return named.get(now.availability, Condition.NOT_ENABLED)


async def _until_taken_up(name: str, work: Work) -> None:
    """Wait until a host reports that it runs what it was unlocked for, some seconds after it is in service.

    Its partner is not locked before: what keeps one controller from it would keep both.
    """
    if (await host_of(name, work)).needs_reboot:
        wanted = "running the configuration that it was unlocked for"
        goal = Goal(wanted, lambda now: not now.needs_reboot, work.pace.config_limit_s, _not_taken_up)
        await wait(name, goal, work)


def _not_taken_up(now: HostState | None) -> Condition | None:
    return Condition.OUT_OF_DATE if now and now.is_unlocked else not_back(now)


async def _until_well(name: str, was: str, work: Work) -> None:
    """Wait until a host is available, if it was before: its replication takes a while to be in step again.

    VIM gives it half an hour as well (starlingx/nfv nfv_vim/strategy/_strategy.py, WaitDataSyncStep).
    """
    if was != DEGRADED and (await host_of(name, work)).availability == DEGRADED:
        work.say(f"{name}: degraded, waiting until it is available")
        goal = Goal("available", lambda now: now.availability != DEGRADED, work.pace.well_limit_s, _not_well)
        await wait(name, goal, work)


def _not_well(now: HostState | None) -> Condition | None:
    return Condition.DEGRADED if now and now.is_unlocked else not_back(now)
