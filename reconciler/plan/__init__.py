"""Changes to a Plan: cascades, order, host windows, costs, id. Pure."""

from reconciler.plan.digest import plan_id, stage_id
from reconciler.plan.expected import expected_s, forecast, stage_s
from reconciler.plan.planner import plan
from reconciler.plan.windows import said_locked

__all__ = ["expected_s", "forecast", "plan", "plan_id", "said_locked", "stage_id", "stage_s"]
