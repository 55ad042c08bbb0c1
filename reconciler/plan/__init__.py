"""Changes to a Plan: cascades, order, host windows, costs, id; and how long it, and a rollout of it, takes. Pure."""

from reconciler.plan.digest import plan_id, stage_id
from reconciler.plan.expected import expected_s, forecast, stage_s
from reconciler.plan.planner import plan
from reconciler.plan.playing import Standing, Terms
from reconciler.plan.rollout_forecast import Planned, groups, rollout_forecast
from reconciler.plan.windows import said_locked

__all__ = [
    "Planned",
    "Standing",
    "Terms",
    "expected_s",
    "forecast",
    "groups",
    "plan",
    "plan_id",
    "rollout_forecast",
    "said_locked",
    "stage_id",
    "stage_s",
]
