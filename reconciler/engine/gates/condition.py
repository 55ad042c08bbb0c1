"""A host of the site is stuck: none is taken out of service until that is over, or somebody says so."""

from __future__ import annotations

from reconciler.model.condition import HostCondition
from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.plan import locking
from reconciler.plan import stage_id


def judge(case: Case) -> Hold | None:
    if not (case.locks or case.plan.errands):
        return None
    found = [c for c in case.conditions if _holds(c, case)]
    if not found:
        return None
    told = "; ".join(f"{c.in_words}; next: {c.next_move(case.site)}" for c in found)
    return Hold(GateName.CONDITION, told)


def _holds(condition: HostCondition, case: Case) -> bool:
    """A host that could not be locked may be asked again for something else; of others nobody knows enough."""
    stage = locking(case.plan.stages, condition.host)
    return not (condition.name.is_before and stage and stage_id(stage) != condition.work)
