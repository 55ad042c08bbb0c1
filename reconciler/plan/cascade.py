"""What follows from the changes: whatever refers to a replaced resource is replaced with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.model.change import Change
from reconciler.model.kind import Context, Kinds
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.words import Action, Scope


def cascade(changes: Iterable[Change[Any]], context: Context, kinds: Kinds) -> tuple[Change[Any], ...]:
    """The changes, with an update or nothing turned into a replacement where what it refers to is replaced.

    A reference that Git does not say is not replaced: the API drops it with its parent, and the plan says nothing
    about what nobody manages.
    """
    todo = {c.key: c for c in changes}
    shared = [k for k in context.desired.resources if k in context.observed.resources]
    grew = True
    while grew:
        gone = {known(c.observed, kinds) for c in todo.values() if c.action is Action.REPLACE and c.observed}
        hit = [k for k in shared if not _is_replaced(todo.get(k)) and gone & set(_refers(k, context, kinds))]
        todo |= {k: _replacement(k, todo.get(k), context, kinds) for k in hit}
        grew = bool(hit)
    return tuple(todo.values())


def atoms(changes: Iterable[Change[Any]]) -> Iterator[Change[Any]]:
    """Replacements as a removal and a creation, what is set again as both settings; everything else as it is."""
    for change in changes:
        if change.by_way_of:
            yield _set_back(change, change.by_way_of)
        if change.action is Action.REPLACE:
            yield replace(change, action=Action.DELETE, desired=None)
            yield replace(change, action=Action.CREATE)
        else:
            yield change


def _set_back(change: Change[Any], to: Resource[Any]) -> Change[Any]:
    fields = tuple(replace(f, observed=f.desired, desired=f.observed, origin=None) for f in change.fields)
    return replace(change, desired=to, fields=fields, by_way_of=None)


def references(resource: Resource[Any], kinds: Kinds) -> Iterator[ResourceKey]:
    """The resources that a spec's attributes name; a list names several."""
    for name, fact in kinds[resource.key.kind].attributes.items():
        value = getattr(resource.spec, name) if fact.refers_to else None
        if value is None:
            continue
        target = kinds.get(fact.refers_to)
        host = resource.key.host if target and target.scope is Scope.HOST else ""
        for one in value if isinstance(value, tuple | list | frozenset) else (value,):
            yield ResourceKey(fact.refers_to, str(one), host)


def released(changes: Iterable[Change[Any]], kinds: Kinds) -> Iterator[ResourceKey]:
    """What resources referred to and, by an update, do not refer to any more: it is deleted after that."""
    for change in changes:
        if change.action is Action.UPDATE and change.observed and change.desired:
            facts = kinds[change.key.kind].attributes
            if any(facts[name].refers_to for name in change.names):
                yield from {*references(change.observed, kinds)} - {*references(change.desired, kinds)}


def known(resource: Resource[Any], kinds: Kinds) -> ResourceKey:
    """The key by which others refer to a resource."""
    return kinds[resource.key.kind].known_as(resource)


def _is_replaced(change: Change[Any] | None) -> bool:
    return change is not None and change.action is Action.REPLACE


def _refers(key: ResourceKey, context: Context, kinds: Kinds) -> Iterator[ResourceKey]:
    return references(context.observed.resources[key], kinds)


def _replacement(key: ResourceKey, change: Change[Any] | None, context: Context, kinds: Kinds) -> Change[Any]:
    if change:
        return replace(change, action=Action.REPLACE)
    desired, observed = context.desired.resources[key], context.observed.resources[key]
    return Change(key, Action.REPLACE, desired, observed, area=kinds[key.kind].area)
