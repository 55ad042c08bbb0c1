"""What a site has and its hosts were never told of: the API stored it, and applies only another value than it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.diff.removals import Present
from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.kind import Kinds
from reconciler.model.resource import Resource
from reconciler.model.stored import Stored
from reconciler.model.words import Action


def with_unapplied(found: Comparison, now: Present, noted: Iterable[Stored], kinds: Kinds) -> Comparison:
    """With a change for each such resource: what its hosts run is set back first, and what Git says is set again.

    What differs anyway is sent anyway, and applied with it.
    """
    differing = {change.key for change in found.changes}
    again = (_again(note, now, kinds) for note in noted if note.key not in differing and note.stands(now.observed))
    return replace(found, changes=(*found.changes, *filter(None, again)))


def _again(note: Stored, now: Present, kinds: Kinds) -> Change[Any] | None:
    want, kind = now.head.resources.get(note.key), kinds[note.key.kind]
    fields = tuple(_fields(want, note.before, kinds)) if want else ()
    if want is None or not fields:
        return None
    have, by_way_of = now.observed.resources[note.key], _as_said(note.before, want)
    return Change(
        note.key, Action.UPDATE, want, have, fields, area=kind.area, severity=kind.severity, by_way_of=by_way_of
    )


def _fields(want: Resource[Any], before: Resource[Any], kinds: Kinds) -> Iterator[FieldChange]:
    kind = kinds[want.key.kind]
    for name in kind.compared(want.spec):
        old, new = getattr(before.spec, name), getattr(want.spec, name)
        if not kind.is_same(name, old, new):
            yield FieldChange(name, old, new, want.origin_of(name))


def _as_said(before: Resource[Any], want: Resource[Any]) -> Resource[Any]:
    """What the site had, of what Git says of it."""
    said = {name: getattr(before.spec, name) for name in want.spec.model_fields_set}
    return Resource(want.key, type(want.spec)(**said))
