"""The names that the controller knows, so that a word about a misspelt one is not taken for done. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from reconciler.model.errors import ConfigError
from reconciler.model.near import near
from reconciler.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Known:
    """Sites that Git has, or that were looked at, and the groups of those that were."""

    sites: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], others: Iterable[str] = ()) -> Self:
        """others: sites of which Git says something, looked at or not."""
        found = tuple(verdicts)
        return cls(frozenset(v.site for v in found) | frozenset(others), frozenset(v.group for v in found))

    def site(self, name: str) -> None:
        """Raises ConfigError, with what may have been meant, for a site that is not known, where any is."""
        if self.sites and name not in self.sites:
            what = f"{name} is a group" if name in self.groups else near(name, self.sites)
            raise ConfigError(f"no site {name} is known; {what}")

    def group(self, name: str) -> None:
        """The same for a group."""
        if self.groups and name not in self.groups:
            what = f"{name} is a site" if name in self.sites else near(name, self.groups)
            raise ConfigError(f"no site of a group {name} is known; {what}")
