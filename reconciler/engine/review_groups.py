"""Previews of sites as they come, grouped by equal change: of a thousand equal sites one is kept, and the names."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from reconciler.engine.judgement import differences
from reconciler.engine.permission import is_destructive
from reconciler.engine.preview import Preview, shape
from reconciler.model.change import Change, Comparison
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.host import SystemState
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan, StageType
from reconciler.model.review import Cost, Example, Group
from reconciler.model.verdict import Difference
from reconciler.model.wire import plan_json
from reconciler.model.words import Action, Cause, Disruption
from reconciler.plan import forecast
from reconciler.review.felt import felt
from reconciler.review.stage_text import stage_lines


@dataclass(slots=True)
class _Members:
    first: Preview
    before: tuple[Difference, ...]
    sites: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    read_at: float | None = None


class Groups:
    """Sites by what changes on them, in which way and at what cost."""

    def __init__(self, kinds: Kinds, durations: Durations = NOTHING) -> None:
        self._kinds, self._durations = kinds, durations
        self._known: dict[Any, _Members] = {}

    def add(self, one: Preview, before: tuple[Difference, ...] = (), read_at: float | None = None) -> None:
        """before: what differs already. read_at: Unix seconds of the reading that it rests on; None for an estimate."""
        cost = cost_of(one.plan, one.context.system, self._kinds)
        key = (one.fingerprint, one.is_exact, shape(one.plan), cost)
        members = self._known.setdefault(key, _Members(one, before, read_at=read_at))
        members.sites.append(one.site)
        members.differing += [one.site] if before else []
        members.read_at = _oldest(members.read_at, read_at)

    def made(self) -> tuple[tuple[Group, Preview], ...]:
        """Each with the site that stands for it; the widest first."""
        made = ((self._group(members), members.first) for members in self._known.values())
        return tuple(sorted(made, key=lambda one: (-len(one[0].sites), one[0].sites)))

    def _group(self, members: _Members) -> Group:
        one = members.first
        return Group(
            fingerprint=one.fingerprint,
            edit=edit_of(one.found),
            sites=tuple(sorted(members.sites)),
            cost=cost_of(one.plan, one.context.system, self._kinds),
            example=example_of(one, members.before, self._durations),
            differing=tuple(sorted(members.differing)),
            is_exact=one.is_exact,
            read_at=members.read_at,
        )


def example_of(one: Preview, before: tuple[Difference, ...] = (), durations: Durations = NOTHING) -> Example:
    """What a site's part of the change is, told to the end."""
    lasts = forecast(one.plan, one.context.system, durations).stages
    return Example(
        site=one.site,
        plan=plan_json(one.plan),
        differences=differences(one.found, one.plan),
        before=before,
        stages=tuple(stage_lines(one.plan.stages, lasts)),
        felt=tuple(felt(one.plan)),
        blocked={str(blocked.key): blocked.reason for blocked in one.plan.blocked},
        unjudged=tuple(map(str, one.found.unjudged)),
    )


def cost_of(plan: Plan, system: SystemState, kinds: Kinds) -> Cost:
    """What a plan does to its site."""
    steps = [step for stage in plan.stages for step in stage.steps]
    lost = len({change.key for change in plan.changes if is_destructive(change, kinds)})
    restarts = sum(step.disruption is Disruption.REBOOT for step in steps)
    return Cost(
        hosts=len(set(plan.locked_hosts)),
        locks=len(plan.locked_hosts),
        left=len(plan.left_locked),
        reboots=sum(stage.unlocks for stage in plan.stages) + restarts,
        swacts=sum(stage.type is StageType.SWACT for stage in plan.stages),
        reinstalls=len({step.host for step in steps if step.disruption is Disruption.REINSTALL}),
        losses=lost,
        outages=int(system.is_simplex and bool(plan.locked_hosts)),
        disruption=Disruption.DESTRUCTIVE if lost else plan.disruption,
    )


def edit_of(found: Comparison) -> str:
    """Ten hex digits over which fields of which resources Git moves, and not over their values."""
    said = sorted(filter(None, map(_moves, found.changes)))
    return sha256(orjson.dumps(said)).hexdigest()[:10]


def _moves(change: Change[Any]) -> list[str]:
    names = sorted(f.name for f in change.fields if f.cause is Cause.PENDING)
    is_whole = change.action in {Action.CREATE, Action.DELETE}
    return [str(change.key), change.action, *names] if change.cause is Cause.PENDING and (names or is_whole) else []


def _oldest(one: float | None, other: float | None) -> float | None:
    return min((at for at in (one, other) if at is not None), default=None)
