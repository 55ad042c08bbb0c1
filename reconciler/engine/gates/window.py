"""Outside the site's maintenance windows nothing is begun that somebody there may notice, nor what would not end in one."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.maintenance import closes_at, opens_for, told


def judge(case: Case) -> Hold | None:
    if not case.windows or not case.is_disruptive:
        return None
    end = closes_at(case.windows, case.now)
    if end is not None and case.now + case.needed_s <= end:
        return None
    opens = opens_for(case.windows, case.now, case.needed_s)
    if opens is None:
        return Hold(GateName.WINDOW, f"takes about {told(case.needed_s)}: no maintenance window is as long")
    if end is None:
        return Hold(GateName.WINDOW, "outside the maintenance windows", opens)
    left = f"the open window ends in {told(end - case.now)}"
    return Hold(GateName.WINDOW, f"takes about {told(case.needed_s)}, and {left}", opens)
