"""What the recording's laboratory did to its world between two calls, done to the simulated one."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.sysinv import arrivals, config, kernel
from reconciler.simulator.system import System

from .comparing import Binding


def inject(system: System, binding: Binding, injected: dict[str, Any]) -> None:
    for what, value in injected.items():
        _INJECT[what](system, binding, value)


def _discover(system: System, binding: Binding, host: str) -> None:
    arrivals.discovered(system, binding.translate(host))


def _hold_kernel(system: System, _binding: Binding, hold: bool) -> None:
    (system.marks.add if hold else system.marks.discard)(kernel.HOLD)


def _release_kernel(system: System, binding: Binding, host: str) -> None:
    kernel.release(system, binding.translate(host))


def _report_config(system: System, binding: Binding, host: str) -> None:
    uuid = binding.translate(host)
    config.report_runtime(system, uuid, system.host(uuid)["config_target"])


def _tell_rook(system: System, _binding: Binding, value: dict[str, str]) -> None:
    for row in system.tables.rows("storage_backend", backend="ceph-rook"):
        system.update("storage_backend", row["uuid"], **value)


_INJECT = {
    "discover": _discover,
    "kernel_hold": _hold_kernel,
    "release_kernel": _release_kernel,
    "rook": _tell_rook,
    "report_config": _report_config,
}
