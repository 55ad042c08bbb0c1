"""Which yes or no counts for a plan, and why one that was given does not any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Approval, Pinned, Subject
from reconciler.model.change import Comparison
from reconciler.model.plan import Plan
from reconciler.model.verdict import Difference
from reconciler.model.words import Disruption

Differences: TypeAlias = "Mapping[str, tuple[str, str]]"
MOST_TOLD = 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered: a site's plan, made of what was found.

    rollout: the one that has a say on the site now; "" if none has.
    loses: data or a part of the site goes with it, whatever its steps cost.
    """

    todo: Plan
    found: Comparison
    rollout: str = ""
    loses: bool = False

    @property
    def cost(self) -> Disruption:
        return Disruption.DESTRUCTIVE if self.loses else self.todo.disruption


def counting(approvals: Iterable[Approval], asked: Question) -> Approval | None:
    """The last word about this plan; or about its change, or its rollout, where it costs no more than was approved."""
    said = _standing(approvals)
    change = fingerprint(asked.found) if any(a.subject is Subject.CHANGE for a in said) else ""
    return next((a for a in reversed(said) if _covers(a, asked, change)), None)


def lapsed(approvals: Iterable[Approval], asked: Question) -> str:
    """Why the last approval of a plan of this site does not count for the plan as it is now; "" if there is none."""
    site = asked.todo.site
    last = max((a for a in approvals if _saw_a_plan(a, site)), key=lambda a: a.number, default=None)
    if last is None or (seen := last.plans.get(site, Pinned(last.name, last.differences))).plan == asked.todo.id:
        return ""
    what = moved(seen.differences, by_place(differences(asked.found, asked.todo)))
    why = what or "it would be done in another way"
    return f"the approval of {last.subject} {last.name} by {last.by} does not count: {why}"


def by_place(found: Iterable[Difference]) -> Differences:
    """`resource:attribute` -> what it is and what it is to become, masked: what a person approves."""
    return {f"{d.resource}:{d.attribute}" if d.attribute else d.resource: (d.observed, d.desired) for d in found}


def _standing(approvals: Iterable[Approval]) -> list[Approval]:
    """In the order in which they were said; of the words on a rollout, the yeses or the noes, as the last one was."""
    said = sorted(approvals, key=lambda a: a.number)
    last = {a.name: a.answer for a in said if a.subject is Subject.ROLLOUT}
    return [a for a in said if a.subject is not Subject.ROLLOUT or a.answer is last[a.name]]


def _saw_a_plan(approval: Approval, site: str) -> bool:
    """Whether somebody said yes with a plan of this site before his eyes."""
    is_seen = approval.subject is Subject.PLAN or site in approval.plans
    return is_seen and approval.answer is Answer.APPROVED


def _covers(approval: Approval, asked: Question, change: str) -> bool:
    if approval.subject is Subject.PLAN:
        return approval.name == asked.todo.id
    is_no = approval.answer is Answer.REJECTED
    if approval.subject is Subject.CHANGE:
        return approval.name == change and (is_no or asked.cost <= approval.ceiling)
    seen = approval.plans.get(asked.todo.site)
    if is_no:
        return approval.name == asked.rollout
    return seen is not None and seen.plan == asked.todo.id and asked.cost <= approval.ceiling


def moved(before: Differences, now: Differences) -> str:
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
