"""Kernel command lines that wait for a host's agent, and so hold up its unlock.

CPU and memory changes start the manifest ``platform::compute::grub::runtime`` (starlingx/config conductor/manager.py
``update_grub_config``); the unlock is refused while it is pending, at most ``host_unlock_blocking_period`` (host.py
``check_unlock_runtime_manifests``). Before the first unlock of the only controller the agent ignores an un-forced one,
so the whole period passes (recorded: aio-sx-day1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Family, HostEvent, UnlockStage
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import has_worker, is_controller
from reconciler.simulator.sysinv.topology import hosts_of
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("grub")

MANIFEST = "platform::compute::grub::runtime"
TABLE = "runtime_configs"


@family.unlock_check(UnlockStage.RUNTIME_CONFIG)
def no_manifest_pending(system: System, host: Row) -> None:
    since = system.now - system.durations.runtime_blocking
    for row in system.tables.rows(TABLE, ihost_uuid=host["uuid"]):
        if row["started"] > since:
            raise refuse(
                f"Can not unlock {host['hostname']}; runtime config {row['config_uuid']} {MANIFEST} is pending. Please"
                " wait a few seconds and retry."
            )


@family.at(HostEvent.ENABLED)
def forget(system: System, host: Row) -> None:
    for row in system.tables.rows(TABLE, ihost_uuid=host["uuid"]):
        system.tables.delete(TABLE, row["uuid"])


def update(system: System, host: Row, *, forced: bool = False, reboot: bool = False) -> None:
    """Start the manifest on a host with worker functions."""
    if not has_worker(host):
        return
    ignored = not forced and _is_bootstrapping(system, host)
    uuid = config.mark_out_of_date(system, [host], reboot=reboot, apply=not ignored)
    row = system.insert(TABLE, ihost_uuid=host["uuid"], config_uuid=uuid, started=system.now)
    if not ignored:
        system.after(system.durations.runtime_apply, report, row["uuid"])


def report(system: System, uuid: str) -> None:
    """The agent applied it."""
    if system.tables.find(TABLE, uuid) is not None:
        system.tables.delete(TABLE, uuid)


def _is_bootstrapping(system: System, host: Row) -> bool:
    alone = is_controller(host) and len(hosts_of(system, "controller")) == 1
    return alone and host["invprovision"] == "provisioning"
