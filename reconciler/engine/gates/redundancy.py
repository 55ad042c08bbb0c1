"""Nobody would take over: the partner of a controller that is to be locked is not in service."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.host import HostState, SystemState


def judge(case: Case) -> Hold | None:
    missing = [text for host in case.plan.locked_hosts if (text := _missing(host, case.system))]
    return Hold(GateName.REDUNDANCY, "; ".join(dict.fromkeys(missing))) if missing else None


def partner(host: str, system: SystemState) -> HostState | None:
    """The other controller of a system that has two; None for every other host."""
    one = system.hosts.get(host)
    if one is None or one.personality != "controller" or system.is_simplex:
        return None
    return next((h for h in system.hosts.values() if h.personality == "controller" and h.name != host), None)


def _missing(host: str, system: SystemState) -> str:
    one = system.hosts.get(host)
    if one is None or one.personality != "controller" or system.is_simplex:
        return ""
    other = partner(host, system)
    if other is None:
        return f"{host} has no partner that would take over while it is locked"
    if not other.is_unlocked:
        return f"{other.name} is {other.in_words}: it could not take over while {host} is locked"
    return ""
