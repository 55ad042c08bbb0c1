"""Which configuration a host should run and which it runs: config_target, config_applied, config_status.

starlingx/config conductor/manager.py ``_update_host_config_target``, ``_update_host_config_applied``,
``_config_out_of_date``. A target's top bit says that a lock and unlock is needed; later targets inherit it until it
was applied. A runtime manifest reports the target with that bit cleared, and a host whose bit is set stays
out-of-date after it. config_status follows a moment after config_applied (sysinv-api.md 8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.simulator.identifiers import needs_reboot, without_reboot
from reconciler.simulator.sysinv.facts import is_configured, is_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

SILENT_AGENTS = "agents-silent"
API_DIES = "api-dies"
"""A mark: no runtime manifest is reported as applied."""
OUT_OF_DATE = "Config out-of-date"
REINSTALL = "Reinstall required"


def is_handed_on(system: System) -> bool:
    """Whether what the API has stored comes to the conductor: not where it dies in between (dns.py patch)."""
    return system.take_mark(API_DIES) is None


def mark_out_of_date(system: System, hosts: Iterable[Row], *, reboot: bool = False, apply: bool = True) -> str:
    """Give the hosts a new target, one for all; the config's uuid.

    ``reboot``: they need a lock and unlock for it. Otherwise a runtime manifest starts at once, unless ``apply`` is
    False (service parameters wait for their own apply).
    """
    config = system.identifiers.config(reboot=reboot)
    for host in hosts:
        _set_target(system, host["uuid"], config)
        if apply and not reboot and runs(host):
            _start_manifest(system, host["uuid"], config)
    return config


def mark_each_out_of_date(system: System, hosts: Iterable[Row]) -> None:
    """A target of its own for each host, with a runtime manifest (``update_admin_config``)."""
    for host in hosts:
        mark_out_of_date(system, [host])


def apply_oam(system: System) -> None:
    """New OAM addresses: all at run time on an AIO-SX; else certificates at once, the rest with a reboot."""
    mark_out_of_date(system, controllers(system))
    if not is_simplex(system):
        mark_out_of_date(system, controllers(system), reboot=True)


def apply_runtime(system: System, hosts: Iterable[Row]) -> None:
    """Start a manifest of the target that hosts have already: what can be done of it without a reboot."""
    for host in hosts:
        if runs(host) and host["config_target"]:
            _start_manifest(system, host["uuid"], host["config_target"])


def _start_manifest(system: System, uuid: str, config: str) -> None:
    """An agent applies one manifest after the other."""
    busy = system.tables.row("ihosts", uuid).get("agent_busy_until") or 0.0
    done = max(busy, system.now) + system.durations.runtime_apply
    if done < math.inf:
        system.tables.update("ihosts", uuid, {"agent_busy_until": done})
        system.after(done - system.now, report_runtime, uuid, config)


def runs(host: Row) -> bool:
    """Whether an agent on the host takes runtime manifests."""
    return bool(host["availability"] in {"available", "degraded", "online", "intest"})


def report_runtime(system: System, uuid: str, config: str) -> None:
    """The agent reports a runtime manifest as applied."""
    host = system.tables.find("ihosts", uuid)
    if host is None or SILENT_AGENTS in system.marks:
        return
    _report(system, host, without_reboot(config) if needs_reboot(host["config_target"]) else config)


def report_unlocked(system: System, uuid: str) -> None:
    """A host that came back from unlock runs its target."""
    host = system.tables.find("ihosts", uuid)
    if host is not None and host["config_target"]:
        _report(system, host, host["config_target"])


def controllers(system: System) -> list[Row]:
    return system.tables.rows("ihosts", personality="controller")


def is_current(host: Row) -> bool:
    return host["config_target"] in (None, host["config_applied"])


def _set_target(system: System, uuid: str, config: str) -> None:
    host = system.tables.row("ihosts", uuid)
    target = _inheriting(host, config)
    status = host["config_status"] if _is_quiet(system, host) else OUT_OF_DATE
    system.update("ihosts", uuid, config_target=target, config_status=status)


def _is_quiet(system: System, host: Row) -> bool:
    """During bootstrap config_status stays null; "Reinstall required" stays until a reinstall (sysinv-api.md 8)."""
    return bool(host["config_status"] == REINSTALL) or not is_configured(system)


def _inheriting(host: Row, config: str) -> str:
    """A reboot that is still owed is owed by the new target too."""
    if not needs_reboot(config) and needs_reboot(host["config_target"]) and not is_current(host):
        return _with_reboot(config)
    return config


def _with_reboot(config: str) -> str:
    return f"{int(config[0], 16) | 8:x}{config[1:]}"


def _report(system: System, host: Row, applied: str) -> None:
    system.update("ihosts", host["uuid"], config_applied=applied)
    system.after(system.durations.config_status_lag, _settle_status, host["uuid"])


def _settle_status(system: System, uuid: str) -> None:
    host = system.tables.find("ihosts", uuid)
    if host is None or _is_quiet(system, host):
        return
    status = None if is_current(host) else OUT_OF_DATE
    if host["config_status"] != status:
        system.update("ihosts", uuid, config_status=status)
