"""Is a change done, still to do, or no longer true? Pure: one change, one snapshot, one word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum
from typing import Any

from reconciler.model.change import Change, FieldChange
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action


class Verdict(Enum):
    DONE = "done"
    TODO = "to do"
    CONFLICT = "conflict"


def judge(change: Change[Any], seen: Snapshot, kinds: Kinds, *, ours: bool = False) -> Verdict:
    """The state of one change.

    ours: we have begun to write it, so a half-made resource is our own and is to be finished, not a conflict.
    """
    have, kind = seen.resources.get(change.key), kinds[change.key.kind]
    if change.action is Action.DELETE:
        return _judge_delete(change, have)
    if have is None:
        return Verdict.TODO if change.action is Action.CREATE else Verdict.CONFLICT
    if change.action is Action.CREATE:
        if not any(differing(kind, change, have.spec)):
            return Verdict.DONE
        # the old one of a replacement still stands: its removal is another step of the plan
        is_old = change.observed is not None and have.spec == change.observed.spec
        return Verdict.TODO if ours or is_old else Verdict.CONFLICT
    return _judge_fields(change, have.spec, kind)


def _judge_delete(change: Change[Any], have: Resource[Any] | None) -> Verdict:
    """What was made anew under the same name since the plan is not what somebody agreed to delete."""
    if have is None:
        return Verdict.DONE
    was, now = (r.ids.get("uuid") if r else None for r in (change.observed, have))
    return Verdict.CONFLICT if was and now and was != now else Verdict.TODO


def _judge_fields(change: Change[Any], spec: Any, kind: ResourceKind[Any]) -> Verdict:
    values = {f.name: getattr(spec, f.name) for f in change.fields if not kind.attributes[f.name].lock_state}
    fields = [f for f in change.fields if f.name in values]
    if all(kind.is_same(f.name, values[f.name], f.desired) for f in fields):
        return Verdict.DONE
    known = all(
        kind.is_same(f.name, values[f.name], f.desired) or kind.is_same(f.name, values[f.name], f.observed)
        for f in fields
    )
    return Verdict.TODO if known else Verdict.CONFLICT


def differing(kind: ResourceKind[Any], change: Change[Any], spec: Any) -> Iterator[FieldChange]:
    """The attributes of a desired resource that a live one does not have yet."""
    for name in kind.compared(change.want):
        want, have = getattr(change.want, name), getattr(spec, name)
        if not kind.attributes[name].lock_state and not kind.is_same(name, want, have):
            yield FieldChange(name, have, want)


def remaining(changes: Iterable[Change[Any]], seen: Snapshot, kinds: Kinds) -> tuple[Change[Any], ...]:
    """The changes that are still to be written; a resource that we half made becomes an update of what it lacks."""
    return tuple(
        _as_update(change, seen, kinds) for change in changes if judge(change, seen, kinds, ours=True) is Verdict.TODO
    )


def overtaken(changes: Iterable[Change[Any]], seen: Snapshot, kinds: Kinds) -> Change[Any] | None:
    """A change that is neither done nor still to do: somebody else has written meanwhile."""
    return next((c for c in changes if judge(c, seen, kinds, ours=True) is Verdict.CONFLICT), None)


def _as_update(change: Change[Any], seen: Snapshot, kinds: Kinds) -> Change[Any]:
    have = seen.resources.get(change.key)
    if change.action is not Action.CREATE or have is None:
        return change
    fields = tuple(differing(kinds[change.key.kind], change, have.spec))
    return replace(change, action=Action.UPDATE, observed=have, fields=fields)


def conflict_text(change: Change[Any], seen: Snapshot) -> str:
    """What was found instead of what the plan knew."""
    have = seen.resources.get(change.key)
    if have is None:
        return f"{change.key} is no longer on the site"
    if change.action is Action.DELETE:
        return f"{change.key} has been made anew since the plan"
    if change.action is Action.CREATE:
        return f"{change.key} has appeared meanwhile, with other values than Git's"
    moved = ", ".join(f"{f.name} is {getattr(have.spec, f.name)!r}, was {f.observed!r}" for f in change.fields)
    return f"{change.key} has moved since the plan: {moved}"
