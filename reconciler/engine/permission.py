"""What may be sent now, by the site's mode and policies; what may not, and why. Pure.

Commits and drift have separate policies: `apply` for what Git changes, `heal` for what the site changed. A window that
we opened is closed whatever the policies say: an unlocked host is what we owe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.engine.approvals import Question, counting, lapsed
from reconciler.engine.judgement import fields
from reconciler.model.approval import Answer, Approval
from reconciler.model.change import Change, Comparison
from reconciler.model.gate import GateName, Hold
from reconciler.model.kind import Context, Kinds
from reconciler.model.maintenance import told as duration
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan, Stage
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.words import Action, ApplyPolicy, Cause, Disruption, HealPolicy, Mode, Result
from reconciler.plan import plan

ANY = "*"  # approves whatever the plan is, but for what destroys or reinstalls: that is approved by the plan's id alone


@dataclass(frozen=True, slots=True)
class Permission:
    """plan: what may be sent, empty if nothing may. holds: why the rest is not. result: the end if nothing is sent.

    is_approved: somebody said yes to the plan as a whole; it is sent as a whole, or waits as one.
    approval: the number of that word, where it was kept. merged: that word, where it was a merge, and is to be kept.
    only_asks: nothing but somebody's yes is missing, and nobody said no.
    """

    plan: Plan
    result: Result
    planning: Planning
    holds: tuple[Hold, ...] = ()
    is_approved: bool = False
    approval: int = 0
    merged: Approval | None = None
    only_asks: bool = False

    @property
    def question(self) -> Question:
        """What people's words are asked about."""
        return self.planning.question()

    def approved_by(self, merged: Approval) -> Permission:
        """The whole plan, by a merge that counts as an approval."""
        return Permission(self.planning.todo, Result.PLANNED, self.planning, is_approved=True, merged=merged)

    @property
    def owed(self) -> Plan:
        """No change at all, but the end of every window that we opened."""
        return self.planning.of(())

    @property
    def quiet(self) -> Plan:
        """The part that nobody at the site notices; only what we owe where all waits as one."""
        if self.is_approved:
            return self.owed
        noticed = {key for stage in self.plan.stages for key in _noticed(stage)}
        noticed |= {change.key for change in self.plan.changes if self.planning.leaves_locked(change)}
        return self.planning.of(change for change in self.plan.changes if change.key not in noticed)

    def unsent(self, holds: tuple[Hold, ...] = ()) -> Outcome:
        """The outcome where nothing is sent. holds: what keeps the permitted part back as well."""
        every = (*holds, *self.holds)
        result = Result.HELD if holds else self.result
        return Outcome(self.planning.todo.id, result, message=in_words(every), holds=every)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, for what site: its policies, what people said of its plans, the windows that are ours.

    approved: the id of the plan that whoever asks has before his eyes; it goes before what was said earlier.
    rollout: the one that has a say on the site; "" if none has.
    fought: fields that were written often enough, and somebody set back each time, with when we wrote them.
    """

    settings: Settings
    approved: str = ""
    ours: frozenset[str] = frozenset()
    approvals: tuple[Approval, ...] = ()
    rollout: str = ""
    fought: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def permitted(found: Comparison, todo: Plan, context: Context, kinds: Kinds, asked: Asked) -> Permission:
    """The part of a plan that may be sent now.

    A plan that policy permits only in part is planned anew from that part, so that what is sent is still a whole plan
    with its own order and windows.
    """
    settings, planning = asked.settings, Planning(found, todo, context, kinds, asked.ours)
    if not todo.stages and not todo.blocked:
        return Permission(todo, Result.IN_SYNC, planning)
    if settings.mode is not Mode.APPLY:
        why = Hold(GateName.MODE, f"mode is {settings.mode}: nothing is sent")
        return Permission(planning.of(()), Result.PLANNED, planning, (why,))
    if not todo.stages:
        return Permission(todo, Result.HELD, planning)
    if asked.approved == todo.id:
        return Permission(todo, Result.PLANNED, planning, is_approved=True)
    said = counting(asked.approvals, planning.question(asked.rollout))
    if said and (asked.approved != ANY or said.answer is Answer.APPROVED):
        return _answered(said, planning)
    return _in_part(planning, asked)


def _answered(said: Approval, planning: Planning) -> Permission:
    if said.answer is Answer.REJECTED:
        return Permission(planning.of(()), Result.HELD, planning, (Hold(GateName.APPROVAL, said.in_words),))
    return Permission(planning.todo, Result.PLANNED, planning, is_approved=True, approval=said.number)


def _in_part(planning: Planning, asked: Asked) -> Permission:
    changes, held = planning.found.changes, kept_back(planning, asked)
    if not held:
        return Permission(planning.todo, Result.PLANNED, planning)
    told = _told(held, len(changes))
    only_asks = not asked.fought and all(why.gate is GateName.APPROVAL for why in told)
    if any(why.gate is GateName.APPROVAL for why in told):
        why_not = lapsed(asked.approvals, planning.question(asked.rollout))
        more = (Hold(GateName.APPROVAL, why_not),) if why_not else ()
        part = planning.of(_others(changes, held))
        return Permission(part, Result.HELD, planning, told + more, only_asks=only_asks)
    if any(why.gate is GateName.FIGHTING for why in told):
        return Permission(planning.of(_others(changes, held)), Result.HELD, planning, told)
    return Permission(planning.of(_others(changes, held)), Result.PLANNED, planning, told)


def kept_back(planning: Planning, asked: Asked) -> dict[ResourceKey, Hold]:
    """Each change that policy keeps from being sent by itself, and why; and what only leads to it."""
    held = {c.key: why for c in planning.found.changes if (why := _held(c, asked, planning))}
    before = {kind: why for key, why in held.items() for kind in planning.kinds[key.kind].only_after}
    leading = {c.key: before[c.key.kind] for c in planning.found.changes if c.key.kind in before}
    return leading | held


def _others(changes: Iterable[Change[Any]], held: Mapping[ResourceKey, Hold]) -> Iterable[Change[Any]]:
    return (change for change in changes if change.key not in held)


def in_words(holds: Iterable[Hold]) -> str:
    """All of it in one line."""
    return "; ".join(hold.reason for hold in holds)


@dataclass(frozen=True, slots=True)
class Planning:
    """Plans of parts of what was found."""

    found: Comparison
    todo: Plan
    context: Context
    kinds: Kinds
    ours: frozenset[str]

    @property
    def absence(self) -> str:
        """Why the site was not asked itself, and how far it is: whoever says yes goes on from there."""
        absent = self.context.observed.absent
        return f" ({absent})" if absent else ""

    def question(self, rollout: str = "") -> Question:
        """What people's words are asked about."""
        loses = any(is_destructive(change, self.kinds) for change in self.found.changes)
        return Question(self.todo, self.found, rollout, loses)

    def of(self, changes: Iterable[Change[Any]]) -> Plan:
        """The plan of these changes alone; of none, the windows that we owe an end."""
        part = replace(self.found, changes=tuple(changes))
        return plan(part, self.context, self.kinds, self.ours, self.todo.commit)

    def locks(self, change: Change[Any]) -> bool:
        """Whether the change takes a host out of service, by itself or by what hangs on it."""
        return bool(self.todo.locked_hosts and self.of((change,)).locked_hosts) or _is_dear(self.todo, change)

    def leaves_locked(self, change: Change[Any]) -> str:
        """The hosts that the change takes out of service for as long as Git says so."""
        return ", ".join(self.of((change,)).left_locked) if self.todo.left_locked else ""

    def destroys(self, change: Change[Any]) -> bool:
        """Whether the change takes a part of the site with it, without deleting anything that Git says."""
        return self.kinds[change.key.kind].disruption_of(change, self.context) is Disruption.DESTRUCTIVE

    def reinstalls(self, change: Change[Any]) -> bool:
        """Whether another machine takes the place of a host."""
        steps = (step for stage in self.todo.stages for step in stage.steps)
        return any(step.disruption is Disruption.REINSTALL and change.key in step.keys for step in steps)

    def locks_twice(self, change: Change[Any]) -> str:
        """The hosts that are locked twice for the change, by itself or with the others of their windows."""
        if not self.todo.locked_twice:
            return ""
        inside = (s.host for s in self.todo.stages if any(change.key in step.keys for step in s.steps))
        hosts = {*self.of((change,)).locked_twice, *inside} & self.todo.locked_twice.keys()
        return ", ".join(sorted(hosts))


def _is_dear(todo: Plan, change: Change[Any]) -> bool:
    """Whether its step costs a lock or worse outside of any window."""
    online = (step for stage in todo.stages if stage.opening is None for step in stage.steps)
    return any(step.disruption >= Disruption.LOCK and change.key in step.keys for step in online)


def _noticed(stage: Stage) -> Iterable[ResourceKey]:
    steps = stage.steps if stage.opening else [s for s in stage.steps if s.disruption >= Disruption.SERVICE]
    return (key for step in steps for key in step.keys)


def _held(change: Change[Any], asked: Asked, planning: Planning) -> Hold | None:
    """Why a change is kept from being sent; None if it is not."""
    if is_destructive(change, planning.kinds):
        return Hold(GateName.APPROVAL, "waits for approval of this very plan: deleting is destructive")
    if why := planning.kinds[change.key.kind].asks:
        return Hold(GateName.APPROVAL, f"waits for approval of this very plan: {why}{planning.absence}")
    if planning.destroys(change):
        return Hold(GateName.APPROVAL, "waits for approval of this very plan: what it takes away is lost")
    if planning.reinstalls(change):
        return Hold(
            GateName.APPROVAL, f"waits for approval of this very plan: a machine is installed anew{planning.absence}"
        )
    if asked.approved == ANY:
        return None
    return _by_policy(change, asked.settings, planning) or _fought(change, asked)


def _fought(change: Change[Any], asked: Asked) -> Hold | None:
    """A second writer is not written over for ever: who of the two is right is for people to say."""
    places = [name for name in fields((change,)) if name in asked.fought] if asked.fought else []
    if not places:
        return None
    times = asked.fought[places[0]]
    told = (
        f"{', '.join(places)} was set back each time that we wrote it, {len(times)} times in "
        f"{duration(times[-1] - times[0])}: stop who else writes it, take its value into Git (stxr accept), or leave it "
        f"alone (`ignore`, or take the key out of Git); an approval sends it once more"
    )
    return Hold(GateName.FIGHTING, told)


def _by_policy(change: Change[Any], settings: Settings, planning: Planning) -> Hold | None:
    """Why policy keeps back a change that destroys nothing, and that nobody approved."""
    if change.pruning and change.pruning.needs_approval:
        return Hold(GateName.APPROVAL, "waits for approval: prune is propose for what Git removed")
    if change.cause is Cause.PENDING:
        return _NOT_APPLIED.get(settings.apply) or _grave(change, planning)
    if settings.heal is HealPolicy.NEVER:
        return Hold(GateName.POLICY, "heal is never: what the site changed is only reported")
    if stays := _stays_locked(change, planning):
        return stays
    in_window = settings.heal is HealPolicy.WINDOW and settings.windows  # which that gate judges
    if not in_window and planning.locks(change):
        why = f"heal is {settings.heal}: mending this drift needs a lock, and waits for approval or a window"
        return Hold(GateName.APPROVAL, why)
    return None


def _grave(change: Change[Any], planning: Planning) -> Hold | None:
    """What somebody decides each time, whatever the policies say."""
    return _stays_locked(change, planning) or _dear_twice(change, planning)


def _stays_locked(change: Change[Any], planning: Planning) -> Hold | None:
    locked = planning.leaves_locked(change)
    why = f"waits for approval: Git takes {locked} out of service, and leaves it locked"
    return Hold(GateName.APPROVAL, why) if locked else None


def _dear_twice(change: Change[Any], planning: Planning) -> Hold | None:
    twice = planning.locks_twice(change)
    return Hold(GateName.APPROVAL, f"waits for approval: {twice} would be locked twice") if twice else None


def is_destructive(change: Change[Any], kinds: Kinds) -> bool:
    """Whether what it deletes, or deletes to make it anew, takes data or a part of the site with it."""
    return change.action in {Action.DELETE, Action.REPLACE} and kinds[change.key.kind].deletion.is_destructive


_NOT_APPLIED = {
    ApplyPolicy.NEVER: Hold(GateName.POLICY, "apply is never: what Git changes is only reported"),
    ApplyPolicy.APPROVED: Hold(GateName.APPROVAL, "waits for approval: apply is approved"),
}


def _told(held: Mapping[ResourceKey, Hold], total: int) -> tuple[Hold, ...]:
    """How many are held for which reason."""
    counted = Counter(held.values()).items()
    return tuple(replace(why, reason=f"{n} of {total} changes held: {why.reason}") for why, n in counted)
