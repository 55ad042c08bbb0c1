"""Host actions: what refuses them, and what they start.

starlingx/config host.py ``action_check`` and its ``check_*``. Where VIM or mtce says no, ``ihost_action`` is stored
already and the task is not (``_patch``: of what ``update_ihost_action`` stages only the first is stored before they are
asked). What goes wrong is ordered by marks on the system: ``host_troubles``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import ceph_locks, config, host_troubles, host_unlock, host_walks
from reconciler.simulator.sysinv.facts import LOCKED, UNLOCKED, is_active_controller, is_controller, is_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TASKS = {
    "lock": "Locking",
    "force-lock": "Force Locking",
    "force-unsafe-lock": "Force Unsafe Locking",
    "unlock": "Unlocking",
    "swact": "Swacting",
    "force-swact": "Force Swacting",
    "reboot": "Rebooting",
    "reset": "Resetting",
    "reinstall": "Reinstalling",
    "power-on": "Powering-on",
    "power-off": "Powering-off",
}
LOCKS = ("lock", "force-lock", "force-unsafe-lock")
ROOK_BUSY = ("uploading", "applying", "removing", "updating", "recovering")


def act(system: System, host: Row, action: str) -> None:
    """Check and start one action of a client."""
    force_unlock = action == "force-unlock"
    action = "unlock" if force_unlock else action
    if action not in TASKS:
        raise refuse(f"'{action}' is not a supported maintenance action")
    if action == "unlock":
        _unlock(system, host, force=force_unlock)
    elif action in LOCKS:
        _lock(system, host, action)
    else:
        _CHECKS[action](system, host)
        if action == "swact":
            host_troubles.refuse_swact(system)
        _ask_mtce(system, action)
        system.update("ihosts", host["uuid"], task=TASKS[action])
        host_walks.start(system, host, action)


# ---- lock


def _lock(system: System, host: Row, action: str) -> None:
    if action == "lock" and host["administrative"] == LOCKED:
        raise refuse(f"Avoiding {action} action on already 'locked' host {host['hostname']}")
    if is_controller(host):
        _check_lock_of_controller(system, host)
    ceph_locks.check(system, host, action)
    running = host["ihost_action"] in LOCKS and system.timeline.waits(host_walks.tag(host["uuid"]))
    system.update("ihosts", host["uuid"], ihost_action=action)
    _ask_vim(system, action)
    system.update("ihosts", host["uuid"], task=TASKS[action])
    if not (running and action == "lock"):
        host_walks.start(system, host, action)


def _check_lock_of_controller(system: System, host: Row) -> None:
    if not is_simplex(system) and is_active_controller(host):
        raise refuse(f"{host['hostname']} : Rejected: Can not lock an active controller.")
    rook = system.tables.first("storage_backend", backend="ceph-rook")
    if rook and rook.get("task") in ROOK_BUSY:
        raise refuse(f"Rejected: Can not lock host {host['hostname']} while {rook['name']} is {rook['task']}.")


def _ask_vim(system: System, action: str) -> None:
    """No answer refuses the request, and ihost_action stays (sysinv-api.md 8); a forced lock does without VIM."""
    if action == "lock" and system.take_mark("vim-silent") is not None:
        raise refuse_kept(
            f"VIM API Error or Timeout on action = {action} Please retry and if problem persists then contact your"
            " system administrator."
        )


def _ask_mtce(system: System, action: str) -> None:
    """A refusal keeps ihost_action (sysinv-api.md 8)."""
    reason = system.take_mark("mtce-refuses:")
    if reason is not None:
        raise refuse_kept(f"Operation Rejected: {reason or 'Maintenance refused'}. {action}.")


def refuse_kept(text: str) -> Exception:
    fault = refuse(text)
    fault.kept = True
    return fault


# ---- unlock


def _unlock(system: System, host: Row, *, force: bool) -> None:
    host_unlock.check(system, host, force=force)
    system.update("ihosts", host["uuid"], ihost_action="unlock")
    _ask_mtce(system, "unlock")
    system.update("ihosts", host["uuid"], task=TASKS["unlock"])
    host_walks.start(system, host, "unlock")


# ---- the others


def _check_swact(system: System, host: Row) -> None:
    if not is_controller(host):
        raise refuse(f"Swact action not allowed for non controller host {host['hostname']}.")
    if host["administrative"] == LOCKED:
        raise refuse("Controller is Locked ; No services to Swact")
    if is_simplex(system):
        raise refuse("Swact action not allowed for a simplex system.")
    for other in config.controllers(system):
        if other["uuid"] != host["uuid"]:
            _check_peer(other)


def _check_peer(other: Row) -> None:
    name = other["hostname"]
    if other["operational"] != "enabled":
        raise refuse(
            f"{name} is not enabled and has operational state {other['operational']}."
            "Standby controller must be  operationally enabled."
        )
    if other["availability"] == "degraded":  # with an alarm that is not of high availability itself; here always
        raise refuse(f"{name} has degraded availability status. Standby controller must be in available status.")
    if str(other["ihost_action"] or "").startswith(LOCKS):
        raise refuse(f"Cannot swact while {name} is undergoing {other['ihost_action']}.")
    if not config.is_current(other):
        raise refuse(
            f"{name} target Config {other['config_target']} not yet applied."
            " Apply target Config via Lock/Unlock prior to Swact"
        )


def _check_reboot(system: System, host: Row) -> None:
    _must_be_locked(host, "Reboot")
    if is_simplex(system):
        raise refuse("Rebooting a simplex system is not allowed.")


def _check_reset(system: System, host: Row) -> None:
    if is_simplex(system):
        raise refuse("Can not 'Reset' a simplex system")
    _must_be_locked(host, "Reset")


def _check_reinstall(system: System, host: Row) -> None:
    if is_simplex(system):
        raise refuse("Reinstalling a simplex system is not allowed.")
    _must_be_locked(host, "Reinstall")
    if host["availability"] != "online" and host["bm_type"] in (None, "none"):
        raise refuse(
            f"Can not 'Reinstall' {host['hostname']} while it is 'offline' and a board management controller is not"
            " provisioned. Please provision a board management controller or wait for this host's availability state"
            " to be 'online' and then re-issue the reinstall command."
        )


def _check_power_on(system: System, host: Row) -> None:
    if host["administrative"] == UNLOCKED:
        raise refuse(f"Can not 'Power-On' an already Powered-on and 'unlocked' host {host['hostname']}")
    if is_simplex(system):
        raise refuse("Can not 'Power-On' an already Powered-on simplex system")


def _check_power_off(system: System, host: Row) -> None:
    if is_simplex(system):
        raise refuse("Can not 'Power-Off' a simplex system via system commands")
    _must_be_locked(host, "Power-Off")


def _must_be_locked(host: Row, what: str) -> None:
    if host["administrative"] == UNLOCKED:
        raise refuse(f"Can not '{what}' an 'unlocked' host {host['hostname']}; Please 'Lock' first")


def _accept(_system: System, _host: Row) -> None:
    """force-swact is checked by nobody."""


_CHECKS = {
    "swact": _check_swact,
    "force-swact": _accept,
    "reboot": _check_reboot,
    "reset": _check_reset,
    "reinstall": _check_reinstall,
    "power-on": _check_power_on,
    "power-off": _check_power_off,
}
