"""All resources of one site as seen from one side at one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.host import SystemState
from reconciler.model.resource import Resource, ResourceKey


@dataclass(frozen=True, slots=True)
class Unread:
    """A list that was not read to its end, and why."""

    collection: str
    host: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One side of a comparison.

    revision: the commit (desired), or "" (observed).
    taken_at: Unix seconds of the reading (observed), or None.
    owned: (kind, host, list) that Git says whole (desired side).
    complete: (kind, host) pairs that were listed to the end; outside them absence means nothing.
    sealed: what Git says and cannot be compared, and why (desired side): its secret could not be read.
    absent: why the site itself was not asked (observed side); "" where it was.
    """

    site: str
    resources: Mapping[ResourceKey, Resource[Any]]
    revision: str = ""
    taken_at: float | None = None
    complete: frozenset[tuple[str, str]] = frozenset()
    owned: frozenset[tuple[str, str, str]] = frozenset()
    system: SystemState = field(default_factory=SystemState)
    unread: tuple[Unread, ...] = ()
    sealed: Mapping[ResourceKey, str] = field(default_factory=dict)
    absent: str = ""

    def is_complete(self, kind: str, host: str = "") -> bool:
        """Whether a resource of this kind, absent here, is absent on the site."""
        return (kind, host) in self.complete
