"""Who may say what over the API: named bearers, each with one role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a bearer may do; each may do what those before it may."""

    VIEWER = "viewer"  # see
    APPROVER = "approver"  # say yes or no to plans and changes
    OPERATOR = "operator"  # suspend and resume

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where that one is needed."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token. since: when it was given, in Unix seconds; 0 where nobody noted it. by: who gave it."""

    name: str
    role: Role
    since: float = 0.0
    by: str = ""
