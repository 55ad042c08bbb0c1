"""What cannot be done in this plan, and what it would take: impossible, behind a closed gate, or waiting for such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from reconciler.model.change import Change, Comparison
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import TOO
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action, Needs
from reconciler.plan.cascade import references
from reconciler.plan.windows import Window
from reconciler.plan.works import Work

Refusals: TypeAlias = dict[ResourceKey, str]


def possible(found: Comparison, context: Context, kinds: Kinds) -> tuple[list[Change[Any]], Refusals]:
    possible: list[Change[Any]] = []
    refusals: Refusals = {}
    for change in found.changes:
        if reason := kinds[change.key.kind].why_not(change, context):
            refusals[change.key] = reason
        else:
            possible.append(change)
    return in_turn(possible, context, kinds, refusals), refusals


def in_turn(changes: list[Change[Any]], context: Context, kinds: Kinds, refusals: Refusals) -> list[Change[Any]]:
    """Without what comes only after something that Git wants, the site has not, and this plan does not make.

    A part of what was found is a plan too: what a person has to approve first, or a gate holds, is not passed over.
    """
    while True:
        made = {c.key for c in changes}
        late = {c.key: first for c in changes if (first := _not_yet(c, made, context, kinds))}
        if not late:
            return changes
        refusals |= {key: f"comes after {first}" for key, first in late.items()}
        changes = [c for c in changes if c.key not in late]


def _not_yet(change: Change[Any], made: set[ResourceKey], context: Context, kinds: Kinds) -> ResourceKey | None:
    """What has to be there before, and will not be."""
    firsts = kinds[change.key.kind].only_after
    wanted = (key for key in context.desired.resources if key.kind in firsts) if firsts else ()
    return next((key for key in wanted if key not in made and key not in context.observed.resources), None)


def going(found: Comparison, context: Context, kinds: Kinds) -> frozenset[ResourceKey]:
    """What is deleted for good, as far as it may be."""
    deletes = (c for c in found.changes if c.action is Action.DELETE)
    return frozenset(c.key for c in deletes if not kinds[c.key.kind].why_not(c, context))


def refused(works: Iterable[Work], windows: Mapping[str, Window], context: Context) -> Refusals:
    """Changes whose window may not be opened, or whose host will not be in service."""
    refusals: Refusals = {}
    for work in works:
        hosts = ({work.host} if work.needs is Needs.LOCKED else set()) | work.settles
        reason = next((w.gate.refusal for h in sorted(hosts) if (w := windows.get(h)) and w.gate.refusal), "")
        reason = reason or _out_of_service(work, windows, context)
        refusals |= {c.key: reason for c in work.changes if reason}
    return refusals


def _out_of_service(work: Work, windows: Mapping[str, Window], context: Context) -> str:
    if work.needs is not Needs.UNLOCKED or not work.host:
        return ""
    host, window = context.system.hosts.get(work.host), windows.get(work.host)
    will_be = window.unlocks if window and not window.gate.refusal else bool(host and host.is_unlocked)
    return "" if will_be else f"needs {work.host} unlocked and in service"


def unblocked(works: Iterable[Work], found: Comparison, refusals: Refusals, kinds: Kinds) -> tuple[Work, ...]:
    """The works without refused changes and without what refers to a resource that will not be there.

    Adds the latter to `refusals`. What is impossible is in no work, and missing all the same.
    """
    works = tuple(works)
    changes = (*found.changes, *(c for w in works for c in w.changes))
    made = {c.key: c for c in changes if c.desired and c.action is Action.CREATE}
    grew = True
    while grew:
        missing = {kinds[k.kind].known_as(made[k].desired): k for k in refusals if k in made}  # type: ignore[arg-type]
        late = {
            c.key: f"waits for {missing[ref]}, {TOO}"
            for w in works
            for c in w.changes
            if c.key not in refusals and c.desired
            for ref in references(c.desired, kinds)
            if ref in missing
        }
        refusals |= late
        grew = bool(late)
    kept = (replace(w, changes=tuple(c for c in w.changes if c.key not in refusals)) for w in works)
    return tuple(w for w in kept if w.changes)
