"""The plan: every change in the earliest place that its host, its references and its price allow.

Places are numbered in time: place 0 is online, before any window; each host with a window has one place inside it and
one after it. A host has one window in a plan, and a second one only where that cannot be avoided: the plan says why, and
needs an approval. What needs nothing never closes a window.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reconciler.model.change import Comparison
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Blocked, Plan
from reconciler.plan.cascade import cascade
from reconciler.plan.digest import plan_id
from reconciler.plan.host_life import life
from reconciler.plan.places import places_of, used
from reconciler.plan.refusals import going, possible, refused, unblocked
from reconciler.plan.side_by_side import side_by_side
from reconciler.plan.stages import stages_of
from reconciler.plan.unlocking import stuck
from reconciler.plan.uses import in_use, unread
from reconciler.plan.windows import turns_of, windows_of
from reconciler.plan.works import works_of


def plan(found: Comparison, context: Context, kinds: Kinds, ours: Collection[str] = (), commit: str = "") -> Plan:
    """What it takes to make `found` untrue.

    ours: hosts whose windows we opened and have not closed; the plan adopts them, and closes them.
    """
    mine = frozenset(ours) & context.system.hosts.keys()  # the others were not looked at
    hosts = life(found, context, kinds)
    found = hosts.found
    context = replace(context, going=going(found, context, kinds))
    changes, refusals = possible(found, context, kinds)
    whole = cascade(changes, context, kinds)
    works = tuple(works_of(whole, context, kinds))
    windows = windows_of(works, context, kinds, mine, refusals)
    refusals |= refused(works, windows, context)
    refusals |= unread(whole, context, kinds)
    refusals |= in_use(changes, context, kinds, refusals)
    turns = turns_of(windows, context, kinds)
    works = unblocked(works, found, refusals, kinds)
    refusals |= stuck(works, windows, context, kinds, refusals)
    places = places_of(unblocked(works, found, refusals, kinds), turns, kinds)
    # no host is locked for work that is refused
    needed = windows_of(places.works, context, kinds, mine, refusals)
    opened = tuple(w for w in used(places, turns) if w.host.name in needed)
    stages = tuple(side_by_side(stages_of(places.by_place(), opened, context, kinds), context, kinds))
    blocked = tuple(
        Blocked(key, reason) for key, reason in sorted({**refusals, **places.late, **hosts.told(refusals)}.items())
    )
    return Plan(plan_id(context.desired.site, stages, blocked), context.desired.site, stages, blocked, commit)
