"""Hosts that are stuck, as a visit finds them: which are not any more, and what they make of the site's verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.condition import HostCondition
from reconciler.model.host import SystemState
from reconciler.model.plan import Plan
from reconciler.model.verdict import Verdict
from reconciler.model.words import State

BESIDE = frozenset((State.APPLYING, State.UNREACHABLE, State.INVALID))  # what is told before a host that is stuck


def over(standing: Iterable[HostCondition], todo: Plan, system: SystemState) -> Iterator[str]:
    """The hosts whose condition has passed: the host shows it, or nobody wants to lock it any more."""
    for condition in standing:
        host = system.hosts.get(condition.host)
        errands = {name for errand in todo.errands for group in errand.hosts for name in group}
        is_wanted = condition.host in {*todo.locked_hosts, *errands} or (host and not host.is_unlocked)
        if condition.name.is_over(host) or (condition.name.is_before and not is_wanted):
            yield condition.host


def with_conditions(verdict: Verdict, standing: Iterable[HostCondition], due: Mapping[str, float]) -> Verdict:
    """The verdict with how its hosts are stuck: a site on which something is stuck has failed, whatever else it is."""
    conditions = tuple(standing)
    told = replace(verdict, conditions=conditions, due=dict(due))
    if not conditions or verdict.state in BESIDE:
        return told
    first = conditions[0]
    more = f" (and {len(conditions) - 1} more)" if len(conditions) > 1 else ""
    message = f"{first.in_words}{more}. Next: {first.next_move(verdict.site)}"
    return replace(told, state=State.FAILED, reason=str(first.name), message=message)
