"""So many hosts of the fleet, or of the site's group, are out of service for our plans that no other may follow now."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    needed = case.plan.most_out
    over = [why for budget in case.budgets if needed and (why := budget.holds(needed))]
    return Hold(GateName.BUDGET, "; ".join(over)) if over else None
