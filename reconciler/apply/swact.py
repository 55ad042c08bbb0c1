"""Activity moved to the other controller, before the active one is locked; every way in which it does not move.

It is not moved back afterwards: a second interruption would serve nobody, and the controllers are equals.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.apply.hosts import Goal, ask, host_of, wait
from reconciler.apply.unlock import not_back
from reconciler.apply.work import Work
from reconciler.model.condition import Condition
from reconciler.model.errors import Busy, Refused, Stuck
from reconciler.model.forecast import Act
from reconciler.model.host import HostState
from reconciler.model.plan import Stage

# what maintenance writes into the task of a controller whose services stay, for some seconds before it clears it
# (starlingx/metal mtce-common nodeBase.h MTC_TASK_SWACT_*, mtce mtcNodeHdlrs.cpp swact_handler)
FAILED_TASKS = (
    "Swact: Failed",
    "Swact: Timeout",
    "Swact: Did Not Complete",
    "Swact: No active services",
    "Swact: Query Services Failed",
)


async def move_activity(left: tuple[Stage, ...], work: Work) -> None:
    """Away from the controller of the first stage that is left. The other one must be in service, and up to date.

    sysinv takes a swact for the standby controller too (recorded): who is active is checked here.
    """
    host = await host_of(left[0].host, work)
    if not host.is_active:
        return
    await work.ask_gates(left)
    began = work.clock.now()
    await _until_partner_is_current(host, work)
    work.say(f"{host.name}: swact")
    await _asked(host, work)
    goal = Goal("the standby", _moved(work), work.pace.swact_limit_s, _not_moved)
    await wait(host.name, goal, work)
    work.measures(Act.SWACT, host.name, work.clock.now() - began)
    work.over(host.name)


async def _asked(host: HostState, work: Work) -> None:
    try:
        await ask(host, "swact", _is_due, work)
    except (Busy, Refused) as error:
        raise Stuck(Condition.SWACT_REFUSED, host.name, error.fault, work.site) from error


def _is_due(host: HostState) -> bool:
    return host.is_active and host.is_unlocked


def _moved(work: Work) -> Callable[[HostState], bool]:
    """Whether a controller is the standby, in service. Raises Stuck where maintenance gave up."""

    def moved(now: HostState) -> bool:
        if now.is_active and now.task.startswith(FAILED_TASKS):
            raise Stuck(Condition.SWACT_STUCK, now.name, now.task, work.site)
        return not now.is_active and now.is_unlocked

    return moved


def _not_moved(now: HostState | None) -> Condition | None:
    """Activity that moved may leave a controller behind that is not well."""
    return Condition.SWACT_STUCK if now and now.is_active else not_back(now)


async def _until_partner_is_current(host: HostState, work: Work) -> None:
    """Sysinv refuses a swact to a controller that has not applied its configuration yet (host.py check_swact)."""
    hosts = (await work.look(())).system.hosts.values()
    goal = Goal("in service with its configuration", _is_ready, work.pace.swact_limit_s, _not_ready)
    for partner in hosts:
        if partner.personality == "controller" and partner.name != host.name and not _is_ready(partner):
            try:
                await wait(partner.name, goal, work)
            except Stuck as stuck:
                said = f"{partner.name} is {stuck.said}"
                raise Stuck(Condition.SWACT_REFUSED, host.name, said, work.site) from stuck


def _not_ready(now: HostState | None) -> Condition | None:
    return Condition.SWACT_REFUSED if now else None


def _is_ready(host: HostState) -> bool:
    return host.is_unlocked and host.is_current
