"""What secrets tell: read for one look, compared by what tells one from another, and forgotten. Nothing is kept of them.

Git says where a secret is. What it holds may change without a commit, so it is read at each look, never rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from reconciler.clients.secrets import in_thread, waits
from reconciler.diff import spelled
from reconciler.model.errors import ConfigError
from reconciler.model.kind import Kinds
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.unshown import Sealed

Reveal = Callable[[str], SecretStr]
NOT_READ = "its secret is not read here"


async def read_ahead(said: Iterable[Snapshot], kinds: Kinds, reveal: Reveal) -> Reveal:
    """What gives for one look what `reveal` gives; what takes a while to be read was read before, in a thread."""
    places = {place for snapshot in said for place in _places(snapshot, kinds) if waits(place)}
    if not places:
        return reveal
    known = await in_thread(lambda: {place: _tried(place, reveal) for place in sorted(places)})

    def remembered(reference: str) -> SecretStr:
        found = known.get(reference)
        if isinstance(found, ConfigError):
            raise found
        return found or reveal(reference)

    return remembered


def _places(said: Snapshot, kinds: Kinds) -> Iterator[str]:
    for key, resource in said.resources.items():
        if (sealed := kinds[key.kind].sealed) and sealed.concerns(resource):
            yield from sealed.places(resource)


def _tried(reference: str, reveal: Reveal) -> SecretStr | ConfigError:
    try:
        return reveal(reference)
    except ConfigError as error:
        return error


def as_seen(said: Snapshot, observed: Snapshot, kinds: Kinds, reveal: Reveal) -> Snapshot:
    """What Git says, as it is compared: told by its secrets, and in the site's own spelling."""
    return spelled(unsealed(said, kinds, reveal), observed, kinds)


def unsealed(said: Snapshot, kinds: Kinds, reveal: Reveal) -> Snapshot:
    """The snapshot with what secrets tell. What cannot be read is `sealed`, and why; it is neither there nor gone."""
    found: dict[ResourceKey, Resource[Any]] = {}
    closed: dict[ResourceKey, str] = {}
    for key, resource in said.resources.items():
        sealed = kinds[key.kind].sealed
        try:
            opened = _opened(resource, sealed, reveal) if sealed and sealed.concerns(resource) else (resource,)
            found |= {one.key: one for one in opened}
        except (ConfigError, ValueError) as error:
            closed[key] = f"its secret cannot be read: {error}"
    return replace(said, resources=found, sealed=closed)


def unopened(said: Snapshot, kinds: Kinds) -> Snapshot:
    """The snapshot for those who read no secrets: what they tell is not judged."""
    closed = dict.fromkeys((k for k, r in said.resources.items() if kinds[k.kind].is_sealed(r)), NOT_READ)
    return replace(said, resources={k: r for k, r in said.resources.items() if k not in closed}, sealed=closed)


def followed(base: Snapshot, noted: Collection[ResourceKey], kinds: Kinds) -> Snapshot:
    """What the site followed last. A secret may have changed since, and then what it tells now was never followed.

    noted: the keys that the base said when it was noted; nothing where that is not known.
    """
    resources = {k: r for k, r in base.resources.items() if not kinds[k.kind].is_sealed(r) or not noted or k in noted}
    return replace(base, resources={k: _untold(r, kinds[k.kind].sealed) for k, r in resources.items()})


def is_noted(said: Snapshot, noted: Collection[ResourceKey], kinds: Kinds) -> bool:
    """Whether all that secrets tell was noted: one that was renewed and installed since was not."""
    return all(key in noted for key, r in said.resources.items() if kinds[key.kind].is_sealed(r))


def _opened(resource: Resource[Any], sealed: Sealed[Any], reveal: Reveal) -> Iterable[Resource[Any]]:
    texts = tuple(reveal(place).get_secret_value() for place in sealed.places(resource))
    return tuple(sealed.opened(resource, texts))


def _untold(resource: Resource[Any], sealed: Sealed[Any] | None) -> Resource[Any]:
    """Without what its secret tells today."""
    if sealed is None or not sealed.concerns(resource):
        return resource
    said = dict(_kept(resource, sealed))
    return replace(resource, spec=type(resource.spec)(**said))


def _kept(resource: Resource[Any], sealed: Sealed[Any]) -> Iterator[tuple[str, Any]]:
    for name in resource.spec.model_fields_set:
        if name not in sealed.told:
            yield name, getattr(resource.spec, name)
