"""A site's merged documents to its desired Snapshot: every kind declares what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.kind import Kinds
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.site import PRUNE_DEFAULT, Site
from reconciler.model.snapshot import Snapshot


class Pool:
    """Resources that many sites share, held once: what a profile says is the same value in every site that uses it."""

    def __init__(self) -> None:
        self._known: dict[Any, Resource[Any]] = {}

    def shared(self, snapshot: Snapshot) -> Snapshot:
        """The same snapshot, made of resources that are known already where they are equal."""
        return replace(snapshot, resources={key: self._one(r) for key, r in snapshot.resources.items()})

    def _one(self, resource: Resource[Any]) -> Resource[Any]:
        identity = (resource.key, resource.origin, tuple(resource.origins.items()), repr(resource.spec))
        return self._known.setdefault(identity, resource)


def snapshot(site: Site, kinds: Kinds, commit: str = "") -> Snapshot:
    """What Git says of a site, as resources.

    Raises ConfigErrors for every resource that is said twice, and every kind that `prune` names and nobody has.
    """
    found: dict[ResourceKey, Resource[Any]] = {}
    errors = list(_unknown_kinds(site, kinds))
    for resource in _declared(site, kinds):
        first = found.setdefault(resource.key, resource)
        if first is not resource:
            errors.append(_twice(first, resource))
    if errors:
        raise ConfigErrors(errors)
    owned = frozenset((n, host, member) for n, kind in kinds.items() for host, member in kind.owns(site))
    return Snapshot(site.name, found, commit, owned=owned)


def _declared(site: Site, kinds: Kinds) -> Iterator[Resource[Any]]:
    for kind in kinds.values():
        # of a secret that nobody says the place of nothing can be known, and nothing is managed
        is_placed = kind.sealed.places if kind.sealed else lambda _resource: True
        yield from (resource for resource in kind.declare(site) if is_placed(resource))


def _unknown_kinds(site: Site, kinds: Kinds) -> Iterator[ConfigError]:
    """What `prune` calls by a name that no kind has."""
    for name, origin in site.pruned.items():
        if name != PRUNE_DEFAULT and name not in kinds:
            near = get_close_matches(name, kinds, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`stxr kinds` lists them"
            yield ConfigError(f'prune: there is no kind "{name}": {hint}', origin)


def _twice(first: Resource[Any], second: Resource[Any]) -> ConfigError:
    return ConfigError(f"{second.key} is said twice; it is said first at {first.origin}", second.origin or "")
