"""What the recording's laboratory did to its world between two calls, done to the simulated one."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.system import System
from reconciler.simulator.sysinv import host_add

from .comparing import Binding


def inject(system: System, binding: Binding, injected: dict[str, Any]) -> None:
    for what, value in injected.items():
        if what == "discover":
            host_add.discovered(system, binding.translate(value))
        elif what == "rook":
            _tell_rook(system, value)
        # kernel_hold and release_kernel hold back an agent's report: time is the replay's own to move


def _tell_rook(system: System, value: dict[str, str]) -> None:
    for row in system.tables.rows("storage_backends", backend="ceph-rook"):
        system.update("storage_backends", row["uuid"], **value)
