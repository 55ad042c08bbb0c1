"""A host's kernel, standard or low latency (starlingx/config api/controllers/v1/kernel.py).

A change takes a reboot; the unlock is refused until the agent reported that it prepared it, at most two minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Family, HostEvent, UnlockStage
from reconciler.simulator.patching import typed_operations
from reconciler.simulator.sysinv import config, grub
from reconciler.simulator.sysinv.facts import has_worker, is_locked
from reconciler.simulator.sysinv.topology import functions
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("kernel")

STANDARD, LOWLATENCY = "standard", "lowlatency"
SUPPORTED = [LOWLATENCY, STANDARD]
ORDER = ("controller", "worker", "storage", LOWLATENCY)
HOLD = "hold-kernel-reports"
"""A mark of the system: agents do not report kernels until ``release``."""


@family.on("GET", "/ihosts/{host}/kernel")
def show_kernel(system: System, call: Call) -> Row:
    return _shown(system.host(call["host"]), call)


@family.on("PATCH", "/ihosts/{host}/kernel")
def change_kernel(system: System, call: Call) -> Row:
    host = system.host(call["host"])
    _check_host(host)
    wanted = provisioned(host)
    for item in typed_operations(call.body, internal=frozenset()):
        if item.path != "kernel_provisioned":
            raise refuse(f"Path in not supported: /{item.path}")
        if item.op != "replace":
            raise refuse(f"Operation in not supported: {item.op}")
        if item.value not in SUPPORTED:
            raise refuse(f"Supported kernels: {SUPPORTED}")
        wanted = item.value
    if (provisioned(host), host.get("kernel_running")) != (wanted, wanted):
        _change(system, host, wanted)
    return _shown(system.host(host["uuid"]), call)


@family.unlock_check(UnlockStage.KERNEL)
def kernel_is_prepared(system: System, host: Row) -> None:
    since = host.get("kernel_config_since")
    if has_worker(host) and since is not None and system.now - since < system.durations.kernel_expiry:
        raise refuse(f"Can not unlock {host['hostname']} kernel configuration in progress.")


@family.at(HostEvent.ENABLED)
def run_provisioned(system: System, host: Row) -> None:
    system.update("ihosts", host["uuid"], kernel_running=provisioned(host), kernel_config_since=None)


@family.after_load
def remember_running(system: System) -> None:
    for host in system.hosts():
        kept = system.tables.find("inventory", f"ihosts/{host['uuid']}/kernel")
        running = kept["body"].get("kernel_running") if kept else provisioned(host)
        system.tables.update("ihosts", host["uuid"], {"kernel_running": running})


def provisioned(host: Row) -> str:
    """The kernel that the host is to run, which its subfunctions say."""
    return LOWLATENCY if LOWLATENCY in functions(host) else STANDARD


def release(system: System, uuid: str) -> None:
    """The agent reports that the kernel is prepared."""
    if system.tables.find("ihosts", uuid) is not None and HOLD not in system.marks:
        system.update("ihosts", uuid, kernel_config_since=None)


def _shown(host: Row, call: Call) -> Row:
    path = f"ihosts/{host['uuid']}/kernel"
    return {
        "ihost_uuid": host["uuid"],
        "hostname": host["hostname"],
        "kernel_provisioned": provisioned(host),
        "kernel_running": host.get("kernel_running"),
        "links": [
            {"href": f"{call.base}/v1/{path}", "rel": "self"},
            {"href": f"{call.base}/{path}", "rel": "bookmark"},
        ],
    }


def _check_host(host: Row) -> None:
    if not is_locked(host):
        raise refuse("Host must be locked.")
    if not has_worker(host):
        raise refuse("Can only modify worker nodes.")
    if host["inv_state"] != "inventoried":
        raise refuse("Host must have completed initial inventory.")
    if host["availability"] == "offline":
        raise refuse("Host must be online.")


def _change(system: System, host: Row, wanted: str) -> None:
    names = functions(host) - {LOWLATENCY} | ({LOWLATENCY} if wanted == LOWLATENCY else set())
    ordered = [name for name in ORDER if name in names]
    system.update("ihosts", host["uuid"], subfunctions=",".join(ordered), kernel_config_since=system.now)
    grub.update(system, system.host(host["uuid"]), forced=True, reboot=True)
    config.apply_runtime(system, [system.host(host["uuid"])])
    system.after(system.durations.kernel_report, release, host["uuid"])
