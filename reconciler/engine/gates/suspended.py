"""Somebody suspended the site or its group: nothing is sent until it is resumed."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold, Suspension


def judge(case: Case) -> Hold | None:
    ours = [s for s in case.suspensions if s.concerns(case.site, case.group)]
    if not ours:
        return None
    first = min(ours, key=lambda s: s.since)
    return Hold(GateName.SUSPENDED, f"{_what(first)} is suspended by {first.by}: {first.reason}")


def _what(suspension: Suspension) -> str:
    return suspension.site or f"group {suspension.group}"
