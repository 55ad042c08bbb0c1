"""Which kind of work comes before which: from references and `after`, closed and without cycles."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from reconciler.model.kind import Kinds


def predecessors(kinds: Kinds) -> Mapping[str, frozenset[str]]:
    """For each kind all kinds that come before it. Raises graphlib.CycleError for kinds that wait for each other."""
    direct = {name: (kind.references | set(kind.after)) & kinds.keys() for name, kind in kinds.items()}
    closed: dict[str, frozenset[str]] = {}
    for name in TopologicalSorter(direct).static_order():
        closed[name] = frozenset(direct[name]).union(*(closed[d] for d in direct[name]))
    return closed


def ranks(kinds: Kinds) -> Mapping[str, int]:
    """A position for each kind that agrees with `predecessors`; equal from run to run."""
    before = predecessors(kinds)
    ordered = sorted(kinds, key=lambda name: (len(before[name]), name))
    return {name: rank for rank, name in enumerate(ordered)}
