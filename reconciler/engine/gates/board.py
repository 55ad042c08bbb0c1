"""A host that is to be reinstalled cannot be: its controller, without which nobody could undo what goes wrong, is not ready.

Hosts of which nobody said where their controller is, or who we are to it, are not asked, and hold nothing.
"""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold

MOST_TOLD = 5


def judge(case: Case) -> Hold | None:
    found = [each for each in case.surroundings.boards if each.host in case.plan.reinstalled]
    if not found:
        return None
    told = "; ".join(each.in_words for each in found[:MOST_TOLD])
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    times = [each.again_at for each in found if each.again_at is not None]
    until = min(times) if len(times) == len(found) else None
    return Hold(GateName.BOARD, f"not to be installed: {told}{more}", until)
