"""A snapshot of a live site to what documents say of it: every kind asked for every resource, by the same tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.said import Said
from reconciler.model.snapshot import Snapshot


def expressed(snapshot: Snapshot, kinds: Kinds, *, is_short: bool = False) -> tuple[Said, ...]:
    """Everything that documents can say of the site; a list that is owned whole comes once for each of its members.

    is_short: without what is as the platform makes it by itself.
    """
    found: list[Said] = []
    for part in _parts(snapshot):
        for resource in part.said:
            kind = kinds[resource.key.kind]
            if (worth := _worth_saying(resource, kind, part.seen) if is_short else resource) is not None:
                found += kind.express(worth, part.seen)
    return tuple(found)


class _Part:
    """One host's resources, or the system's, beside what they may refer to: what is asked scans no other hosts."""

    def __init__(self, snapshot: Snapshot, said: Mapping[ResourceKey, Resource[Any]], wide: Mapping[Any, Any]) -> None:
        self.said = tuple(said.values())
        self.seen = replace(snapshot, resources={**wide, **said})


def _parts(snapshot: Snapshot) -> Iterator[_Part]:
    by_host: dict[str, dict[ResourceKey, Resource[Any]]] = {"": {}}
    for key, resource in snapshot.resources.items():
        by_host.setdefault(key.host, {})[key] = resource
    return (_Part(snapshot, resources, by_host[""]) for resources in by_host.values())


def _worth_saying(resource: Resource[Any], kind: ResourceKind[Any], snapshot: Snapshot) -> Resource[Any] | None:
    """The resource without its usual attributes; None where all of it is as the platform makes it."""
    if kind.is_usual(resource, snapshot):
        return None
    spec = resource.spec
    said = {n: getattr(spec, n) for n in spec.model_fields_set}
    unusual = {n: v for n, v in said.items() if n not in kind.usual or not kind.is_same(n, v, kind.usual[n])}
    if not unusual and not any(fact.key for fact in kind.attributes.values()):
        return None  # there is one of it everywhere: to be there is nothing to say
    return replace(resource, spec=type(spec)(**unusual))
