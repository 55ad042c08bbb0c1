"""Every managed resource kind. Adding one is adding one module here; nothing else names it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from reconciler.model.kind import ResourceKind


@cache
def registry() -> Mapping[str, ResourceKind[Any]]:
    """Kind name -> kind, found by looking: one `KIND` in each public module of this package."""
    found: dict[str, ResourceKind[Any]] = {}
    for info in iter_modules(__path__):
        if info.name.startswith("_"):
            continue  # facts shared by several kinds
        kind: ResourceKind[Any] = import_module(f"{__name__}.{info.name}").KIND
        if kind.name in found:
            raise ValueError(f"resource kind {kind.name!r} is described twice")
        found[kind.name] = kind
    return MappingProxyType(found)
