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
    errors = [*_unknown_kinds(site, kinds), *_unknown_fields(site, kinds)]
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
        yield from (resource for resource in kind.declare(site) if kind.is_placed(resource))


def _unknown_kinds(site: Site, kinds: Kinds) -> Iterator[ConfigError]:
    """What `prune` and `ignore` call by a name that no kind has."""
    said = [("prune", name, str(origin)) for name, origin in site.pruned.items() if name != PRUNE_DEFAULT]
    said += [("ignore", rule.kind, rule.where) for rule in site.settings.ignore]
    for member, name, where in said:
        if name not in kinds:
            near = get_close_matches(name, kinds, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`stxr kinds` lists them"
            yield ConfigError(f'{member}: there is no kind "{name}": {hint}', where)


def _unknown_fields(site: Site, kinds: Kinds) -> Iterator[ConfigError]:
    """What `ignore` calls by a name that its kind has not."""
    for rule in site.settings.ignore:
        known = kinds[rule.kind].attributes if rule.kind in kinds else ()
        if known and rule.field and rule.field not in known:
            near = get_close_matches(rule.field, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"`stxr kinds {rule.kind}` lists them"
            yield ConfigError(f'ignore: {rule.kind} has no field "{rule.field}": {hint}', rule.where)


def _twice(first: Resource[Any], second: Resource[Any]) -> ConfigError:
    return ConfigError(f"{second.key} is said twice; it is said first at {first.origin}", second.origin or "")
