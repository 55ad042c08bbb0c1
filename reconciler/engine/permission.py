"""What may be sent now, by the site's mode and policies; what may not, and why. Pure.

Commits and drift have separate policies: `apply` for what Git changes, `heal` for what the site changed. A window that
we opened is closed whatever the policies say: an unlocked host is what we owe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.kind import Context, Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Opening, Plan
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.words import ApplyPolicy, Cause, Disruption, HealPolicy, Mode, Result
from reconciler.plan import plan

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

    A plan that policy permits only in part is planned
    anew from that part, so that what is sent is still a whole plan with its own order and windows.
    """
    settings = asked.settings
    if not todo.stages:
        return Permission(todo, "", Outcome(todo.id, Result.IN_SYNC if not todo.blocked else Result.HELD))
    owed = plan(replace(found, changes=()), context, kinds, asked.ours, todo.commit)
    if settings.mode is not Mode.APPLY:
        why = f"mode is {settings.mode}: nothing is sent"
        return Permission(owed, why, Outcome(todo.id, Result.PLANNED))
    if asked.approved in {todo.id, ANY}:
        return Permission(todo, "", Outcome(todo.id, Result.PLANNED))
    prices = _prices(todo)
    held = {c.key: why for c in found.changes if (why := _held(c, settings, prices.get(c.key, Disruption.NONE)))}
    if not held:
        return Permission(todo, "", Outcome(todo.id, Result.PLANNED))
    allowed = replace(found, changes=tuple(c for c in found.changes if c.key not in held))
    part = plan(allowed, context, kinds, asked.ours, todo.commit)
    if _costs(part) > _allowed_cost(part, settings):
        part = owed
    return Permission(part, _told(held), Outcome(todo.id, Result.HELD, message=_told(held)))


def _held(change: Change[Any], settings: Settings, price: Disruption) -> str:
    """Why policy keeps a change from being sent; "" if it does not."""
    if change.cause is Cause.PENDING:
        reasons = {
            ApplyPolicy.NEVER: "apply is never: what Git changes is not sent",
            ApplyPolicy.APPROVED: "waits for approval: apply is approved",
        }
        return reasons.get(settings.apply, "")
    if settings.heal is HealPolicy.NEVER:
        return "heal is never: what the site changed is only reported"
    if price >= Disruption.LOCK:
        return f"heal is {settings.heal}: mending this drift needs a lock, and waits for approval or a window"
    return ""


def _prices(todo: Plan) -> dict[ResourceKey, Disruption]:
    """What each change costs where it stands: in a window that locks a host, a lock."""
    return {
        change.key: max(step.disruption if stage.opening is None else Disruption.NONE, stage.disruption)
        for stage in todo.stages
        for step in stage.steps
        for change in step.changes
    }


def _costs(part: Plan) -> int:
    return sum(stage.opening is Opening.LOCK for stage in part.stages)


def _allowed_cost(part: Plan, settings: Settings) -> int:
    """How many hosts a part may lock: as many as it wants for commits that policy sends, none for drift alone."""
    has_commit = any(c.cause is Cause.PENDING for c in part.changes)
    return len(part.stages) if has_commit and settings.apply is ApplyPolicy.AUTO else 0


def _told(held: dict[ResourceKey, str]) -> str:
    first = next(iter(dict.fromkeys(held.values())))
    return f"{len(held)} of the changes held: {first}"
