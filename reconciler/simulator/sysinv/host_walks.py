"""What happens to a host after an accepted action, step by step in simulated time.

Steps and their order as recorded (sysinv-host-state-transitions.json, aio-sx-day1, worker-day1); the failure ends as in
sysinv-api.md 8. Durations: ``durations.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.family import HostEvent
from reconciler.simulator.sysinv import arrivals, config, host_troubles
from reconciler.simulator.sysinv.facts import (
    LOCKED,
    UNLOCKED,
    has_worker,
    is_active_controller,
    is_configured,
    is_controller,
)
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

GONE = {"operational": "disabled", "availability": "offline"}


def tag(uuid: str) -> str:
    """Name of the host's running walk; a new walk ends the old one."""
    return f"walk {uuid}"


def start(system: System, host: Row, action: str) -> None:
    """Start the walk of an accepted action."""
    system.timeline.cancel(tag(host["uuid"]))
    if action in ("lock", "force-lock", "force-unsafe-lock"):
        system.journal.count(host["hostname"], "lock")
        if action == "lock":
            _next(system, system.durations.vim_moves_services, vim_moved, host)
        else:
            _next(system, system.durations.mtce_locks / 2, services_disabled, host)
    elif action == "unlock":
        _start_unlock(system, host)
    elif action in ("swact", "force-swact"):
        system.journal.count(host["hostname"], "swact")
        _next(system, system.durations.swact, swacted, host)
    else:
        _start_power(system, host, action)


def _next(system: System, seconds: float, step: object, host: Row) -> None:
    system.after(seconds, step, host["uuid"], tag=tag(host["uuid"]))  # type: ignore[arg-type]


def _set(system: System, uuid: str, **values: object) -> Row:
    return system.update("ihosts", uuid, **values)


# ---- lock


def vim_moved(system: System, uuid: str) -> None:
    """VIM moved the services away, or says why it cannot: then the host stays unlocked, with the bare reason."""
    reason = system.take_mark("vim-refuses:")
    if reason is not None:
        _set(system, uuid, task="", ihost_action="", vim_progress_status=reason or host_troubles.DISABLE_FAILED)
        return
    if system.take_mark("vim-hangs") is not None:
        host_troubles.hang(system, uuid, tag(uuid))
        return
    services_disabled(system, uuid)


def services_disabled(system: System, uuid: str) -> None:
    host = _set(system, uuid, vim_progress_status="services-disabled")
    _next(system, system.durations.mtce_locks, locked, host)


def locked(system: System, uuid: str) -> None:
    host = _set(
        system, uuid, administrative=LOCKED, operational="disabled", availability="online", task="", ihost_action="",
        subfunction_oper="disabled", subfunction_avail="online",
    )  # fmt: skip
    system.host_event(HostEvent.LOCKED, host)


# ---- unlock


def _start_unlock(system: System, host: Row) -> None:
    """The conductor configures the host: the only controller, at bootstrap, gets a target of its own for it."""
    system.journal.count(host["hostname"], "unlock")
    if is_controller(host) and not is_configured(system):
        config.mark_out_of_date(system, [host], reboot=True)
    system.host_event(HostEvent.UNLOCKING, host)
    _next(system, system.durations.mtce_unlocks, unlocked, host)


def unlocked(system: System, uuid: str) -> None:
    host = system.tables.row("ihosts", uuid)
    if system.take_mark("drops-unlock") is not None:
        _set(system, uuid, task="", ihost_action="")
        return
    provision = "provisioning" if host["invprovision"] in (None, "unprovisioned") else host["invprovision"]
    host = _set(system, uuid, administrative=UNLOCKED, **GONE, ihost_action="", invprovision=provision)
    system.journal.count(host["hostname"], "reboot")
    _next(system, reboot_time(system, host), testing, host)


def reboot_time(system: System, host: Row) -> float:
    if is_controller(host):
        return system.durations.reboot_aio if has_worker(host) else system.durations.reboot_worker
    return system.durations.reboot_storage if host["personality"] == "storage" else system.durations.reboot_worker


def testing(system: System, uuid: str) -> None:
    host = _set(system, uuid, availability="intest", task="Testing")
    _next(system, system.durations.in_test, enabled, host)


def enabled(system: System, uuid: str) -> None:
    """It came up: well, degraded, or not at all where a mark says so (``host_troubles``)."""
    how, more = host_troubles.coming_up(system)
    if how in {"failed", "offline"}:
        _set(system, uuid, availability=how, task=more)
        return
    availability = "degraded" if how == "degraded" else "available"
    host = _set(
        system, uuid, operational="enabled", availability=availability, task="", invprovision="provisioned",
        subfunction_oper="enabled", subfunction_avail="available",
    )  # fmt: skip
    if how == "degraded" and more:
        system.after(float(more), mended, uuid)
    system.host_event(HostEvent.ENABLED, host)
    _next(system, system.durations.services_enabled, services_enabled, host)
    if how == "out-of-date":
        host_troubles.overtake(system, uuid)
        return
    report_s = system.durations.services_enabled + system.durations.config_report
    system.after(report_s, config.report_unlocked, uuid)


def mended(system: System, uuid: str) -> None:
    """It is well again, if it is still up."""
    if system.tables.row("ihosts", uuid)["availability"] == "degraded":
        _set(system, uuid, availability="available")


def services_enabled(system: System, uuid: str) -> None:
    _set(system, uuid, vim_progress_status="services-enabled")


# ---- swact


def swacted(system: System, uuid: str) -> None:
    """The other controller is active now, unless a mark keeps it from being (``host_troubles``)."""
    if host_troubles.swact_fails(system, uuid):
        return
    _set(system, uuid, task="")
    active = next((host for host in config.controllers(system) if is_active_controller(host)), None)
    if active is None or active["uuid"] != uuid:
        return  # sent to the standby: mtce does nothing (sysinv-api.md 8)
    for host in config.controllers(system):
        role = "Controller-Standby" if host["uuid"] == uuid else "Controller-Active"
        _set(system, host["uuid"], capabilities={**host["capabilities"], "Personality": role})
    host_troubles.left_behind(system, uuid)


# ---- power


def _start_power(system: System, host: Row, action: str) -> None:
    if action == "power-off":
        _next(system, system.durations.mtce_unlocks, powered_off, host)
        return
    if action in ("reboot", "reset", "reinstall"):
        system.journal.count(host["hostname"], "reboot")
    _next(system, system.durations.mtce_unlocks, went_down, host)
    if host["inv_state"] is None:  # it never was installed: it boots from the network
        arrivals.installs(system, host["uuid"])
        return
    if action == "reinstall":
        _set(system, host["uuid"], inv_state="reinstalling")
    wait = system.durations.reinstall if action == "reinstall" else reboot_time(system, host)
    system.after(system.durations.mtce_unlocks + wait, came_back, host["uuid"], tag=tag(host["uuid"]))


def powered_off(system: System, uuid: str) -> None:
    system.timeline.cancel(arrivals.tag(uuid))
    _set(system, uuid, availability="power-off", operational="disabled", task="")


def went_down(system: System, uuid: str) -> None:
    _set(system, uuid, **GONE)


def came_back(system: System, uuid: str) -> None:
    _set(system, uuid, availability="online", task="", inv_state="inventoried")
