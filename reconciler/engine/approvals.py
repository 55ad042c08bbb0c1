"""What a yes or no is about, which one counts for a plan, and why one that was given does not any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Approval, Saying, Subject
from reconciler.model.change import Comparison
from reconciler.model.errors import ConfigError
from reconciler.model.gate import GateName
from reconciler.model.plan import Plan
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Disruption

Differences: TypeAlias = "Mapping[str, tuple[str, str]]"
MOST_TOLD = 2
NOT_ASKED = frozenset((GateName.APPROVAL, GateName.POLICY, GateName.MODE))  # of whoever answers


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody answers: plans by their ids, or one change by its fingerprint.

    up_to: an approved change is not sent where its plan costs more; None for what it costs most now, up to a reboot.
    Raises ConfigError for neither, for both, and for a ceiling of plans: they cost what they cost.
    """

    plans: Sequence[str] = ()
    change: str = ""
    up_to: Disruption | None = None

    def __post_init__(self) -> None:
        if bool(self.plans) == bool(self.change):
            raise ConfigError("name plans, or one change")
        if self.plans and self.up_to:
            raise ConfigError("only a change has a ceiling: a plan that is approved costs what it says")


@dataclass(frozen=True, slots=True)
class Answers:
    """What is to be kept, and the last verdicts of the sites that it concerns now."""

    approvals: tuple[Approval, ...]
    having: tuple[Verdict, ...]

    @property
    def names(self) -> list[str]:
        """The plans or the change that were answered."""
        return sorted({approval.name for approval in self.approvals})

    @property
    def sites(self) -> list[str]:
        return [verdict.site for verdict in self.having]

    @property
    def waits(self) -> dict[str, list[str]]:
        """Site -> what holds it besides what was answered."""
        held = {v.site: [h.reason for h in v.holds if h.gate not in NOT_ASKED] for v in self.having}
        return {site: reasons for site, reasons in held.items() if reasons}


def answers(said: Saying, named: Named, verdicts: Iterable[Verdict]) -> Answers:
    """The words about what sites have now. Raises ConfigError, with what there is, for what none of them has."""
    known = tuple(verdicts)
    if named.change:
        having = tuple(v for v in known if v.change == named.change)
        if not having:
            raise ConfigError(f"no site has the change {named.change} now; {_there('change', known)}")
        return Answers((of_change(said, having, named.up_to),), having)
    if missing := sorted(set(named.plans) - {v.plan_id for v in known if v.plan_id}):
        raise ConfigError(f"no site has the plan {', '.join(missing)} now; {_there('plan_id', known)}")
    having = tuple(v for v in known if v.plan_id in named.plans)
    return Answers(tuple(of_plan(said, v) for v in having), having)


def _there(member: str, verdicts: Iterable[Verdict]) -> str:
    there = sorted({getattr(v, member) for v in verdicts} - {""})
    return f"there are {', '.join(there)}" if there else "no site has anything to do"


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
    """The word about one change on all sites.

    ceiling: None for what it costs most on those that have it now, but never a reinstallation or data: who means that
    for many sites at once says so.
    """
    dearest = min(max(map(_cost, having)), Disruption.REBOOT)
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
