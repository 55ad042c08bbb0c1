"""It is another site's turn: the commit goes out in waves, or which sites it changes is being counted."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    turn = case.turn
    if not turn.is_counted:
        return Hold(GateName.ROLLOUT, "a commit has just come: which sites it changes is being counted")
    if turn.rollout is None or turn.rollout.weight or turn.rollout.may_go(case.site):
        return None  # of its weight the other gate speaks
    return Hold(GateName.ROLLOUT, turn.rollout.waits_for(case.site))
