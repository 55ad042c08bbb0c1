"""The same change, run on a twin of the site or of one like it, was refused, or left something to do."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    if not case.disproved:
        return None
    return Hold(GateName.PROOF, f"{case.disproved}; change it in Git, or say `proof: warn`")
