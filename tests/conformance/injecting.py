"""What the recording's laboratory did to its world between two calls, done to the simulated one."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.sysinv import host_add
from reconciler.simulator.system import System

from .comparing import Binding


def inject(system: System, binding: Binding, injected: dict[str, Any]) -> None:
    """``kernel_hold`` and ``release_kernel`` hold back an agent's report: time is the replay's own to move."""
    for what, value in injected.items():
        if what == "discover":
            host_add.discovered(system, system.host(binding.translate(value))["uuid"])
        elif what == "rook":
            _tell_rook(system, value)


def _tell_rook(system: System, value: dict[str, str]) -> None:
    for row in system.tables.rows("storage_backend", backend="ceph-rook"):
        system.update("storage_backend", row["uuid"], **value)
