"""How hosts, VIM, maintenance and service management go wrong when they are told to, each as its source does it.

Marks on the system (control API), each for the next time that it fits, in the order of their names:

    vim-refuses:<reason>         lock: services-disable-failed with a reason. starlingx/config sysinv host.py
                                 _handle_vim_services_disable_failed: task and action cleared, the bare reason stays
    vim-refuses:                 the same without one: vim_progress_status is services-disable-failed
    vim-silent                   lock: no answer, 400. sysinv host.py _patch
    vim-hangs                    lock: VIM never ends it; the conductor's audit gives it up after eleven of its minutes.
                                 sysinv conductor/manager.py _audit_ihost_action: a dash a minute, then all is cleared
    mtce-refuses:<reason>        any other action: 400 "Operation Rejected". sysinv host.py _patch
    sm-refuses:<text>            swact: what service management's check says, a 400. sysinv host.py check_swact
    swact-fails:<task>           swact: activity stays; the task is `Swact: Failed` or another for a while, then none.
                                 starlingx/metal mtce mtcNodeHdlrs.cpp swact_handler, nodeBase.h MTC_TASK_SWACT_*
    swact-stays                  swact: the task ends, and activity is where it was (the same, SWACT_DONE without a move)
    swact-loses                  swact: the controller that was left does not come back; unverified
    address-moves:<seconds>      swact: the floating address is cut, then a gateway's 503, then empty lists; unverified
    comes-up:degraded[:<s>]      unlock: degraded, for so many seconds where they are given
    comes-up:failed[:<task>]     unlock: failed; the task of a host that maintenance does not enable any more.
                                 starlingx/metal nodeBase.h MTC_TASK_AR_DISABLED_*
    comes-up:offline             unlock: never heard of again
    comes-up:out-of-date         unlock: in service, and a configuration that needs a lock came meanwhile.
                                 sysinv conductor/manager.py _config_update_hosts(reboot=True)
    drops-unlock                 unlock: taken, and the host stays locked. starlingx/metal MTC_TASK_UNLOCK_FAILED
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import config

if TYPE_CHECKING:
    from reconciler.simulator.system import System

DISABLE_FAILED = "services-disable-failed"  # sysinv constants VIM_SERVICES_DISABLE_FAILED
AUDIT_S = 60.0  # sysinv conductor/manager.py conductor_periodic_task_intervals.ihost_action
AUDITS = 11  # until `----------` is found in the action of a lock
TASK_STAYS_S = 30.0  # mtce keeps the last word of a swact for a while


class Coming(NamedTuple):
    """How a host comes up: its availability, and what more was said of it."""

    how: str = "available"
    more: str = ""


def coming_up(system: System) -> Coming:
    mark = system.take_mark("comes-up:")
    return Coming(*mark.split(":", 1)) if mark else Coming()


def refuse_swact(system: System) -> None:
    """What service management says before a swact."""
    if (text := system.take_mark("sm-refuses:")) is not None:
        raise refuse(text)


def hang(system: System, uuid: str, tag: str) -> None:
    """VIM never answers a lock: the audit marks it as older each minute, and then gives it up."""
    for minute in range(1, AUDITS + 1):
        system.after(minute * AUDIT_S, _aged, uuid, minute, tag=tag)


def _aged(system: System, uuid: str, minute: int) -> None:
    age = "-" * minute
    changes = {"task": f"Locking{age}", "ihost_action": f"lock{age}"}
    given_up = {"task": "", "ihost_action": f"lock{age}", "vim_progress_status": ""}
    system.update("ihosts", uuid, **(given_up if minute == AUDITS else changes))


def swact_fails(system: System, uuid: str) -> bool:
    """Whether activity stays; then the task says why, and is cleared later."""
    if system.take_mark("swact-stays") is not None:
        system.update("ihosts", uuid, task="")
        return True
    if (task := system.take_mark("swact-fails:")) is None:
        return False
    system.update("ihosts", uuid, task=task)
    system.after(TASK_STAYS_S, _forgotten, uuid, task)
    return True


def _forgotten(system: System, uuid: str, task: str) -> None:
    if system.tables.row("ihosts", uuid)["task"] == task:
        system.update("ihosts", uuid, task="")


def left_behind(system: System, uuid: str) -> None:
    """What becomes of the controller that was active, and of the address that it had."""
    if (seconds := system.take_mark("address-moves:")) is not None:
        system.address_moves = (system.now, system.now + float(seconds))
    if system.take_mark("swact-loses") is not None:
        system.update("ihosts", uuid, operational="disabled", availability="offline")


def overtake(system: System, uuid: str) -> None:
    """A configuration that needs a lock comes while the host is on its way up."""
    config.mark_out_of_date(system, [system.tables.row("ihosts", uuid)], reboot=True)
