"""The fleet, or the site's group, stands still for a time."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    on = [freeze for freeze in case.freezes if freeze.covers(case.group, case.now)]
    if not on:
        return None
    last = max(on, key=lambda freeze: freeze.ends)
    return Hold(GateName.FREEZE, f"frozen: {last.reason}", last.ends)
