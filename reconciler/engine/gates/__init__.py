"""What may hold a plan that policy permits: one gate a module, each a pure function of the case.

A window that we opened is not held by any of them: the host that we owe the site comes back first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from reconciler.model.gate import Case, GateName, Hold

Judge = Callable[[Case], Hold | None]


@cache
def registry() -> Mapping[GateName, Judge]:
    """Every gate in the order of its name: a module of this package is the gate of its own name."""
    names = {GateName(info.name) for info in iter_modules(__path__)}
    return MappingProxyType({name: import_module(f"{__name__}.{name}").judge for name in GateName if name in names})


def holds(case: Case) -> tuple[Hold, ...]:
    """Every gate that is closed, the first being the one to tell first; none, and the plan may be sent."""
    return tuple(hold for judge in registry().values() if (hold := judge(case)))
