"""What the recording's laboratory did to its world between two calls, done to the simulated one."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.system import System

from .comparing import Binding


def inject(system: System, binding: Binding, injected: dict[str, Any]) -> None:
    for what, value in injected.items():
        _INJECT[what](system, binding, value)


def _nothing(system: System, binding: Binding, value: Any) -> None:
    """Time is the replay's own to move, so holding and releasing an agent's report is nothing to do."""


_INJECT = {"kernel_hold": _nothing, "release_kernel": _nothing, "discover": _nothing, "rook": _nothing}
