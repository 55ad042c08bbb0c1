"""Nobody would take over: the partner of a controller that is to be locked, or a storage host with the same data, is not in service."""

from __future__ import annotations

from itertools import takewhile

from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.host import HostState, SystemState
from reconciler.model.plan import Plan


def judge(case: Case) -> Hold | None:
    missing = [text for host in case.plan.locked_hosts if (text := _missing(host, case))]
    return Hold(GateName.REDUNDANCY, "; ".join(dict.fromkeys(missing))) if missing else None


def partner(host: str, system: SystemState) -> HostState | None:
    """The other controller of a system that has two; None for every other host."""
    one = system.hosts.get(host)
    if one is None or one.personality != "controller" or system.is_simplex:
        return None
    return next((h for h in system.hosts.values() if h.personality == "controller" and h.name != host), None)


def _missing(host: str, case: Case) -> str:
    one = case.system.hosts.get(host)
    if one is None or case.system.is_simplex:
        return ""
    if one.personality != "controller":
        return _copies(one, case)
    other = partner(host, case.system)
    if other is None:
        return f"{host} has no partner that would take over while it is locked"
    if not other.is_unlocked and not _comes_back(other.name, host, case.plan):
        return f"{other.name} is {other.in_words}: it could not take over while {host} is locked"
    return ""


def _copies(one: HostState, case: Case) -> str:
    """The platform refuses the lock only while the data would be lost (sysinv host.py check_lock_storage)."""
    mates = (h for h in case.system.hosts.values() if one.peers and h.peers == one.peers and h.name != one.name)
    for mate in mates:
        if not mate.is_unlocked and not _comes_back(mate.name, one.name, case.plan):
            return f"{mate.name} is {mate.in_words}: it has the copies of what {one.name} has ({one.peers})"
    return ""


def _comes_back(name: str, before: str, todo: Plan) -> bool:
    """Whether the plan itself brings a host into service before it locks another: it closes our own window there."""
    earlier = takewhile(lambda stage: before not in stage.locked_hosts, todo.stages)
    return any(stage.host == name and stage.unlocks for stage in earlier)
