"""What a service says beforehand of what it is to do by itself: software management's precheck, for one.

It is asked again while it refuses, so the plan goes on by itself once what it complains of is mended.
"""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    return Hold(GateName.PRECHECK, "; ".join(case.prechecked)) if case.prechecked else None
