"""Calls as planned to requests as sent: what the API calls each resource is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from reconciler.model.errors import Conflict
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot

Ids = Mapping[ResourceKey, Mapping[str, str | int]]


def refs(value: Any) -> Iterator[Ref]:
    """Every Ref in a call or a part of its body."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Call):
        yield from value.refs.values()
        yield from refs(value.body)
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from refs(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from refs(member)


def path_of(template: str, named: Mapping[str, Ref], seen: Snapshot, made: Ids) -> str:
    """A path with its ids; only those that it names are looked up, the others may not be there yet."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format(**{name: resolved(named[name], seen, made) for name in names})


def body_of(value: Any, seen: Snapshot, made: Ids) -> Any:
    """A body with its ids."""
    if isinstance(value, Ref):
        return resolved(value, seen, made)
    if isinstance(value, Mapping):
        return {k: body_of(v, seen, made) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [body_of(v, seen, made) for v in value]
    return value


def resolved(ref: Ref, seen: Snapshot, made: Ids) -> str | int:
    """What the API calls a resource now: as it was made in this plan, else as it was seen.

    Raises Conflict when it is nowhere: it was removed since the plan was made.
    """
    resource = seen.resources.get(ref.key)
    ids = made.get(ref.key) or (resource.ids if resource else {})
    if ref.attribute not in ids:
        raise Conflict(f"{seen.site}: {ref.key} is not on the site, and a planned call refers to it")
    return ids[ref.attribute]
