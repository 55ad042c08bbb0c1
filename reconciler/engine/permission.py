"""What may be sent now, by the site's mode and policies; what may not, and why. Pure.

Commits and drift have separate policies: `apply` for what Git changes, `heal` for what the site changed. A window that
we opened is closed whatever the policies say: an unlocked host is what we owe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.kind import Context, Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.words import ApplyPolicy, Cause, Disruption, HealPolicy, Mode, Result
from reconciler.plan import plan

REPORTED = "only reported"  # the end of a reason for which nothing is waited
ANY = "*"  # approves whatever the plan is


@dataclass(frozen=True, slots=True)
class Permission:
    """plan: what may be sent, empty if nothing may. held: why the rest is not. unsent: the outcome if nothing is."""

    plan: Plan
    held: str
    unsent: Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, for what site: its policies, an approval if there is one, the windows that are ours."""

    settings: Settings
    approved: str = ""
    ours: frozenset[str] = frozenset()


def permitted(found: Comparison, todo: Plan, context: Context, kinds: Kinds, asked: Asked) -> Permission:
    """The part of a plan that may be sent now.

    A plan that policy permits only in part is planned anew from that part, so that what is sent is still a whole plan
    with its own order and windows.
    """
    settings, planning = asked.settings, _Planning(found, todo, context, kinds, asked.ours)
    if not todo.stages and not todo.blocked:
        return Permission(todo, "", Outcome(todo.id, Result.IN_SYNC))
    if settings.mode is not Mode.APPLY:
        why = f"mode is {settings.mode}: nothing is sent"
        return Permission(planning.of(()), why, Outcome(todo.id, Result.PLANNED, message=why))
    if not todo.stages:
        return Permission(todo, "", Outcome(todo.id, Result.HELD))
    if asked.approved in {todo.id, ANY}:
        return Permission(todo, "", Outcome(todo.id, Result.PLANNED))
    held = {c.key: why for c in found.changes if (why := _held(c, settings, planning))}
    if not held:
        return Permission(todo, "", Outcome(todo.id, Result.PLANNED))
    part, told = planning.of(c for c in found.changes if c.key not in held), _told(held, len(found.changes))
    waits = any(not why.endswith(REPORTED) for why in held.values())
    return Permission(part, told, Outcome(todo.id, Result.HELD if waits else Result.PLANNED, message=told))


@dataclass(frozen=True, slots=True)
class _Planning:
    """Plans of parts of what was found."""

    found: Comparison
    todo: Plan
    context: Context
    kinds: Kinds
    ours: frozenset[str]

    def of(self, changes: Iterable[Change[Any]]) -> Plan:
        """The plan of these changes alone; of none, the windows that we owe an end."""
        part = replace(self.found, changes=tuple(changes))
        return plan(part, self.context, self.kinds, self.ours, self.todo.commit)

    def locks(self, change: Change[Any]) -> bool:
        """Whether the change takes a host out of service, by itself or by what hangs on it."""
        return bool(self.todo.locked_hosts and self.of((change,)).locked_hosts) or _is_dear(self.todo, change)

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


def _held(change: Change[Any], settings: Settings, planning: _Planning) -> str:
    """Why policy keeps a change from being sent; "" if it does not."""
    if change.pruning and change.pruning.needs_approval:
        return f"waits for approval: {_WAITING_DELETE[change.pruning.is_destructive]}"
    if change.cause is Cause.PENDING:
        return _NOT_APPLIED.get(settings.apply, "") or _dear_twice(change, planning)
    if settings.heal is HealPolicy.NEVER:
        return f"heal is never: what the site changed is {REPORTED}"
    if planning.locks(change):
        return f"heal is {settings.heal}: mending this drift needs a lock, and waits for approval or a window"
    return ""


def _dear_twice(change: Change[Any], planning: _Planning) -> str:
    twice = planning.locks_twice(change)
    return f"waits for approval: {twice} would be locked twice" if twice else ""


_WAITING_DELETE = {
    False: "prune is propose for what Git removed",
    True: "deleting it is destructive",
}
_NOT_APPLIED = {
    ApplyPolicy.NEVER: f"apply is never: what Git changes is {REPORTED}",
    ApplyPolicy.APPROVED: "waits for approval: apply is approved",
}


def _told(held: Mapping[ResourceKey, str], total: int) -> str:
    """How many are held for which reason."""
    return "; ".join(f"{n} of {total} changes held: {why}" for why, n in Counter(held.values()).items())
