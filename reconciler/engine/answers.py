"""What a yes or no is about: plans by their ids, one change on all sites, or the plans of a rollout's sites. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.engine.approvals import by_place
from reconciler.model.approval import Answer, Approval, Pinned, Saying, Subject
from reconciler.model.errors import ConfigError
from reconciler.model.gate import GateName
from reconciler.model.near import near
from reconciler.model.rollout import Rollout
from reconciler.model.verdict import Verdict
from reconciler.model.words import Disruption, State

ASKING = frozenset((GateName.APPROVAL, GateName.POLICY, GateName.FIGHTING))  # whoever answers
NOT_ASKED = ASKING | {GateName.MODE}
UNSEEN = frozenset((State.UNREACHABLE, State.INVALID, State.STALE, State.UNKNOWN))  # the plan is of another day


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody answers: plans by their ids, one change by its fingerprint, or a rollout by its id.

    up_to: what is approved is not sent where its plan costs more; None for what it costs most now, up to a reboot.
    Raises ConfigError for none or more than one of them, and for a ceiling of plans: they cost what they cost.
    """

    plans: Sequence[str] = ()
    change: str = ""
    rollout: str = ""
    up_to: Disruption | None = None

    def __post_init__(self) -> None:
        if sum(map(bool, (self.plans, self.change, self.rollout))) != 1:
            raise ConfigError("name plans, one change, or one rollout")
        if self.plans and self.up_to:
            raise ConfigError("only a change or a rollout has a ceiling: a plan that is approved costs what it says")


@dataclass(frozen=True, slots=True)
class Answers:
    """What is to be kept, and the last verdicts of the sites that it concerns now.

    left: sites of an approved rollout that wait all the same, and why.
    whole: the rollout whose commit is approved as a whole; "" for none.
    """

    approvals: tuple[Approval, ...]
    having: tuple[Verdict, ...]
    left: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""

    @property
    def names(self) -> list[str]:
        """The plans, the change or the rollout that were answered."""
        return sorted({approval.name for approval in self.approvals} | {self.whole} - {""})

    @property
    def sites(self) -> list[str]:
        return [verdict.site for verdict in self.having]

    @property
    def waits(self) -> dict[str, list[str]]:
        """Site -> what holds it besides what was answered."""
        answered = NOT_ASKED | ({GateName.MASS} if self.whole else set())
        held = {v.site: [h.reason for h in v.holds if h.gate not in answered] for v in self.having}
        return {site: reasons for site, reasons in held.items() if reasons} | {s: [why] for s, why in self.left.items()}


@dataclass(frozen=True, slots=True)
class Rolling:
    """A rollout, what is known of the sites, and the keys of what Git says of them now: older plans are not its own."""

    rollout: Rollout
    verdicts: Iterable[Verdict]
    keys: Mapping[str, str]

    def members(self) -> dict[str, Verdict | None]:
        """The sites on which it has a say, with their verdicts on what Git says now."""
        known = {v.site: v for v in self.verdicts}
        return {site: self._current(known.get(site)) for site in self.rollout.members if self.rollout.has(site)}

    def _current(self, verdict: Verdict | None) -> Verdict | None:
        if verdict is None or verdict.state in UNSEEN or verdict.input_key != self.keys.get(verdict.site):
            return None
        return verdict


def answers(said: Saying, named: Named, verdicts: Iterable[Verdict]) -> Answers:
    """The words about plans or a change. Raises ConfigError, with what there is, for what no site has."""
    known = tuple(verdicts)
    if named.change:
        having = tuple(v for v in known if v.change == named.change)
        if not having:
            raise ConfigError(f"no site has the change {named.change} now; {_there('change', known, named.change)}")
        return Answers((of_change(said, having, named.up_to),), having)
    if missing := sorted(set(named.plans) - {v.plan_id for v in known if v.plan_id}):
        raise ConfigError(f"no site has the plan {', '.join(missing)} now; {_there('plan_id', known, missing[0])}")
    having = tuple(v for v in known if v.plan_id in named.plans)
    return Answers(tuple(of_plan(said, v) for v in having), having)


def rollout_answers(said: Saying, rolling: Rolling, ceiling: Disruption | None = None) -> Answers:
    """The word about a rollout: a yes pins the plans that wait for one now, a no is for all its sites.

    ceiling: as of a change. Raises ConfigError for a yes for which nobody waits.
    """
    members, one = rolling.members(), rolling.rollout
    planned = tuple(v for v in members.values() if v and v.plan_id)
    if said.answer is Answer.REJECTED:
        return Answers((_of_rollout(said, one, planned, Disruption.NONE),), planned)
    waiting = [v for v in planned if ASKING & {hold.gate for hold in v.holds}]
    limit = ceiling or _dearest(waiting)
    pinned = tuple(v for v in waiting if _cost(v) <= limit)
    left = {site: "it was not planned for yet: approve again when it was" for site, v in members.items() if not v}
    left |= {v.site: _too_dear(v, limit) for v in waiting if v not in pinned}
    whole = one.id if one.mass and one.words.approved is None else ""
    if not pinned and not whole:
        more = "".join(f"; {site}: {why}" for site, why in sorted(left.items())[:3])
        raise ConfigError(f"no site of rollout {one.id} waits for an approval{more}")
    approvals = (_of_rollout(said, one, pinned, limit),) if pinned else ()
    return Answers(approvals, pinned, dict(sorted(left.items())), whole)


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
        differences=by_place(verdict.differences),
    )


def of_change(said: Saying, having: Sequence[Verdict], ceiling: Disruption | None = None) -> Approval:
    """The word about one change on all sites. ceiling: None for what it costs most on those that have it now."""
    return Approval(
        answer=said.answer,
        subject=Subject.CHANGE,
        name=having[0].change,
        by=said.by,
        at=said.at,
        ceiling=ceiling or _dearest(having),
        reason=said.reason,
    )


def _of_rollout(said: Saying, one: Rollout, planned: Iterable[Verdict], ceiling: Disruption) -> Approval:
    return Approval(
        answer=said.answer,
        subject=Subject.ROLLOUT,
        name=one.id,
        by=said.by,
        at=said.at,
        ceiling=ceiling,
        reason=said.reason,
        plans={v.site: Pinned(v.plan_id, by_place(v.differences)) for v in planned},
    )


def _dearest(having: Iterable[Verdict]) -> Disruption:
    """What it costs most now, but never a reinstallation or data: who means that for many sites at once says so."""
    return min(max(map(_cost, having), default=Disruption.NONE), Disruption.REBOOT)


def _too_dear(verdict: Verdict, limit: Disruption) -> str:
    cost = _cost(verdict)
    return f"its plan {verdict.plan_id} costs {cost}, more than {limit}: approve that plan, or give --up-to {cost}"


def _cost(verdict: Verdict) -> Disruption:
    return Disruption((verdict.plan or {}).get("disruption", Disruption.NONE))


def _there(member: str, verdicts: Iterable[Verdict], asked: str) -> str:
    there = {getattr(v, member) for v in verdicts} - {""}
    return near(asked, there) if there else "no site has anything to do"
