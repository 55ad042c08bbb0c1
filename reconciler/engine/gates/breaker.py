"""One site after another has failed: nothing new is begun until somebody says so, or one site shows that it is well."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold


def judge(case: Case) -> Hold | None:
    for guard in case.guards:
        if why := guard.holds(case.site, case.now):
            until = None if guard.breaker.is_tried(case.now) else guard.breaker.retries_at(guard.policy)
            return Hold(GateName.BREAKER, f"{why}; look why, then stxr resume --breaker", until)
    return None
