"""Differences that rules say do not count, taken out on both sides before anything is planned. Pure.

Where a field does not count, what the site shows stands in for what Git says: it equals itself, and whatever is sent
for another field's sake leaves it as it is. A resource that does not count as a whole is said by neither side of Git.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model.change import Comparison
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Ignored


@dataclass(frozen=True, slots=True)
class Left:
    """What is left out of a comparison. fields: by resource."""

    resources: frozenset[str] = frozenset()
    fields: dict[str, frozenset[str]] = field(default_factory=dict)


def left_out(ignored: Iterable[Ignored]) -> Left:
    """By resource: the whole of it where it is missing or too many, else the fields that differ."""
    fields: dict[str, set[str]] = defaultdict(set)
    for one in ignored:
        fields[one.difference.resource].add(one.difference.attribute)
    whole = frozenset(resource for resource, names in fields.items() if "" in names)
    return Left(whole, {r: frozenset(names) for r, names in fields.items() if r not in whole})


def without(said: Snapshot, observed: Snapshot, left: Left) -> Snapshot:
    """What Git says, or said, as far as it counts."""
    kept: dict[Any, Resource[Any]] = {}
    for key, resource in said.resources.items():
        name = str(key)
        if name not in left.resources:
            kept[key] = _as_shown(resource, observed.resources.get(key), left.fields.get(name, ()))
    return replace(said, resources=kept)


def passed_over(found: Comparison, left: Left) -> Comparison:
    """The comparison without what is on the site and does not count, and without its deletes."""
    whole = left.resources
    return replace(
        found,
        changes=tuple(c for c in found.changes if str(c.key) not in whole),
        extra=tuple(r for r in found.extra if str(r.key) not in whole),
        unmanaged=tuple(r for r in found.unmanaged if str(r.key) not in whole),
    )


def _as_shown(said: Resource[Any], shown: Resource[Any] | None, names: Collection[str]) -> Resource[Any]:
    names = said.spec.model_fields_set & set(names)
    if shown is None or not names:
        return said
    values = {name: getattr(shown.spec, name) for name in names}
    there = {name: value for name, value in values.items() if value is not None}
    return said.without(*(values.keys() - there.keys())).respelled(**there)
