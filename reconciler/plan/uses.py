"""What keeps a resource from being deleted: others on the site that refer to it, and do not go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.change import Change
from reconciler.model.kind import Context, Kinds
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.words import Action, Scope
from reconciler.plan.cascade import known, references, released
from reconciler.plan.refusals import Refusals


def in_use(
    changes: Iterable[Change[Any]], context: Context, kinds: Kinds, refusals: Mapping[ResourceKey, str]
) -> Refusals:
    """The deletes that have to wait for what still refers to the resource, with one that does.

    What the platform takes along by itself keeps nothing, and neither does what is deleted, made anew, or led
    elsewhere in this plan.
    """
    todo = {c.key: c for c in changes}
    if not any(_ends(c) for c in todo.values()):
        return {}
    found: Refusals = {}
    grew = True
    while grew:
        users = _users(todo, {*refusals, *found}, context, kinds)
        kept = {key: users[name] for key, name in _ending(todo, kinds) if name in users and key not in found}
        takes = {key: kinds[key.kind].deletion.takes for key in kept}
        new = {k: _in_words(rest[0]) for k, by in kept.items() if (rest := [u for u in by if u.kind not in takes[k]])}
        found |= new
        grew = bool(new)
    return found


def _ends(change: Change[Any]) -> bool:
    return change.action is Action.DELETE and change.observed is not None


def _ending(todo: Mapping[ResourceKey, Change[Any]], kinds: Kinds) -> Iterator[tuple[ResourceKey, ResourceKey]]:
    """(key, the key by which others refer to it) of what is deleted for good."""
    return ((c.key, known(c.observed, kinds)) for c in todo.values() if _ends(c) and c.observed)


def _users(
    todo: Mapping[ResourceKey, Change[Any]], refused: Collection[ResourceKey], context: Context, kinds: Kinds
) -> Mapping[ResourceKey, list[ResourceKey]]:
    """What is referred to -> who will still refer to it, among the resources of the site."""
    users: dict[ResourceKey, list[ResourceKey]] = {}
    for key, resource in context.observed.resources.items():
        if not kinds[key.kind].is_inventory:
            for target in _kept(resource, None if key in refused else todo.get(key), kinds):
                users.setdefault(target, []).append(key)
    return users


def _kept(resource: Resource[Any], change: Change[Any] | None, kinds: Kinds) -> Iterable[ResourceKey]:
    """What a resource refers to once its change is made."""
    if change is None:
        return references(resource, kinds)
    if change.desired is None or change.action is Action.REPLACE:
        return ()  # gone, or made anew with what Git says of it
    return {*references(resource, kinds)} - {*released((change,), kinds)}


def _in_words(user: ResourceKey) -> str:
    return f"{user} still uses it: remove that first, or with it"


def unread(changes: Iterable[Change[Any]], context: Context, kinds: Kinds) -> Refusals:
    """What is deleted, for good or to be made anew, while a list was not read to its end: its own, or its users'.

    Then what it is, or what would go or break with it, is not known.
    """
    reasons = ((c.key, next(_unread(c, context, kinds), "")) for c in changes)
    return {key: reason for key, reason in reasons if reason}


def _unread(change: Change[Any], context: Context, kinds: Kinds) -> Iterator[str]:
    if change.observed is None or change.action not in {Action.DELETE, Action.REPLACE}:
        return
    key = change.key
    if not context.observed.is_complete(key.kind, key.host):
        yield f"it is not deleted, or made anew, while {_list(key.kind, key.host)} was not read to its end"
    for kind, host in _lists_of_users(known(change.observed, kinds), context, kinds):
        if not context.observed.is_complete(kind, host):
            yield f"whether something still uses it is not known: {_list(kind, host)} was not read to its end"


def _lists_of_users(name: ResourceKey, context: Context, kinds: Kinds) -> Iterator[tuple[str, str]]:
    """(kind, host) of the lists whose members may refer to a resource by this name."""
    for kind in kinds.values():
        if name.kind in kind.references and not kind.is_inventory:
            hosts = ("",) if kind.scope is Scope.SYSTEM else (name.host,) if name.host else tuple(context.system.hosts)
            yield from ((kind.name, host) for host in hosts)


def _list(kind: str, host: str) -> str:
    return f"{host} {kind}".strip()
