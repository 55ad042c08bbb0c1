"""Hosts that are alike share a HostProfile; what is a host's own, or differs, is said in its overrides.

A profile says what all its hosts agree on, leaf by leaf; profile and overrides merged give each host back exactly.
Lists without a key are replaced whole in a merge, so they are shared whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adopt.order import natural
from reconciler.adopt.tree import Branch
from reconciler.model.said import Step

# never shared, though two hosts may happen to say the same of it
OWN = frozenset({"match", "bootMAC", "location", "addresses", "provisioningMode", "administrativeState"})
WHOLE = frozenset({"physicalVolumes"})  # lists whose elements a merge does not tell apart (see desired/rules.py)
MOST_DIFFERENT = 0.34  # of a host's values, before it is given a profile of its own
Leaves = dict[tuple[Step, ...], Any]


@dataclass(slots=True)
class Profile:
    """Hosts that share, by the first of them. shared: what all of them say."""

    role: str
    hosts: dict[str, Leaves] = field(default_factory=dict)
    shared: Leaves = field(default_factory=dict)

    def takes(self, role: str, leaves: Leaves) -> bool:
        """Whether a host is enough like these."""
        common = sum(1 for path, value in self.shared.items() if path in leaves and leaves[path] == value)
        return role == self.role and common >= max(len(leaves), len(self.shared)) * (1 - MOST_DIFFERENT)

    def add(self, name: str, leaves: Leaves) -> None:
        both = leaves.items() if not self.hosts else ((p, v) for p, v in leaves.items() if self.shared.get(p, self) == v)
        self.shared, self.hosts[name] = dict(both), leaves
