"""The commit changes, disturbs or deletes too much of the fleet: it is held as a whole until it is approved as a whole."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    rollout = case.turn.rollout
    if rollout is None or not rollout.has(case.site) or not rollout.weight:
        return None
    return Hold(GateName.MASS, rollout.weight)
