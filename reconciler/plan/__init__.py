"""Changes to a Plan: cascades, order, host windows, costs, id. Pure."""

from reconciler.plan.digest import plan_id
from reconciler.plan.expected import expected_s
from reconciler.plan.planner import plan

__all__ = ["expected_s", "plan", "plan_id"]
