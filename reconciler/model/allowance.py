"""What the fleet allows a site now, beside what the site itself does."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.breaker import Guard
from reconciler.model.budget import Budget


@dataclass(frozen=True, slots=True)
class Allowance:
    """guards: breakers over the fleet and the site's group that have counted failures. budgets: those that are set."""

    guards: tuple[Guard, ...] = ()
    budgets: tuple[Budget, ...] = ()
