"""Which yes or no counts for a plan, and why one that was given does not count any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Approval, Saying, Subject
from reconciler.model.change import Comparison
from reconciler.model.plan import Plan
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Disruption

Differences: TypeAlias = "Mapping[str, tuple[str, str]]"
MOST_TOLD = 2


def counting(approvals: Iterable[Approval], todo: Plan, found: Comparison) -> Approval | None:
    """The last word about this plan, or about its change where the plan costs no more than was approved."""
    said = sorted(approvals, key=lambda a: a.number)
    change = fingerprint(found) if any(a.subject is Subject.CHANGE for a in said) else ""
    return next((a for a in reversed(said) if _covers(a, todo, change)), None)


def lapsed(approvals: Iterable[Approval], todo: Plan, found: Comparison) -> str:
    """Why the last approval of a plan of this site does not count for the plan as it is now; "" if there is none."""
    last = max((a for a in approvals if _is_yes_to_a_plan(a)), key=lambda a: a.number, default=None)
    if last is None or last.name == todo.id:
        return ""
    moved = _moved(last.differences, _by_place(differences(found, todo)))
    return f"the approval of plan {last.name} by {last.by} does not count: {moved or 'it would be done in another way'}"


def of_plan(said: Saying, verdict: Verdict) -> Approval:
    """The word about the plan that a site has now."""
    return Approval(
        answer=said.answer,
        subject=Subject.PLAN,
        name=verdict.plan_id,
        by=said.by,
        at=said.at,
        ceiling=_cost(verdict),
        site=verdict.site,
        reason=said.reason,
        differences=_by_place(verdict.differences),
    )


def of_change(said: Saying, having: Sequence[Verdict], ceiling: Disruption | None = None) -> Approval:
    """The word about one change on all sites. ceiling: None for what it costs most on those that have it now."""
    dearest = max(map(_cost, having), key=lambda d: d.rank)
    return Approval(
        answer=said.answer,
        subject=Subject.CHANGE,
        name=having[0].change,
        by=said.by,
        at=said.at,
        ceiling=ceiling or dearest,
        reason=said.reason,
    )


def _cost(verdict: Verdict) -> Disruption:
    return Disruption((verdict.plan or {}).get("disruption", Disruption.NONE))


def _by_place(found: Iterable[Difference]) -> Differences:
    """`resource:attribute` -> what it is and what it is to become, masked: what a person approves."""
    return {f"{d.resource}:{d.attribute}" if d.attribute else d.resource: (d.observed, d.desired) for d in found}


def _is_yes_to_a_plan(approval: Approval) -> bool:
    return approval.subject is Subject.PLAN and approval.answer is Answer.APPROVED


def _covers(approval: Approval, todo: Plan, change: str) -> bool:
    if approval.subject is Subject.PLAN:
        return approval.name == todo.id
    is_dearer = todo.disruption > approval.ceiling
    return approval.name == change and not (is_dearer and approval.answer is Answer.APPROVED)


def _moved(before: Differences, now: Differences) -> str:
    """What a person has to know to approve anew."""
    told = []
    for place in sorted(before.keys() | now.keys()):
        was, here = before.get(place), now.get(place)
        if was == here:
            continue
        if was is None:
            told.append(f"{place} is to change too")
        elif here is None:
            told.append(f"{place} is as wanted already")
        elif was[0] != here[0]:
            told.append(f"{place} is {here[0] or 'absent'} now, and was {was[0] or 'absent'}")
        else:
            told.append(f"{place} is to become {here[1] or 'absent'}, and was to become {was[1] or 'absent'}")
    more = f" (and {len(told) - MOST_TOLD} more)" if len(told) > MOST_TOLD else ""
    return "; ".join(told[:MOST_TOLD]) + more
