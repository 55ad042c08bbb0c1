"""What of a site is to be accepted, as places of documents with values: each kind expresses its own resources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from reconciler.adopt.accept import Wish
from reconciler.engine.reconcile import Judged
from reconciler.model.change import Change, FieldChange
from reconciler.model.errors import ConfigError
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.said import Said
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Cause

PRESENT = "present"  # what a whole resource was, or is


@dataclass(frozen=True, slots=True)
class Item:
    """One difference to accept. attribute: "" for a whole resource, that Git is to say or to stop saying.

    parts: the same in smaller pieces, for where the whole cannot be written.
    """

    key: ResourceKey
    attribute: str
    was: Any
    now: Any
    wishes: tuple[Wish, ...]
    parts: tuple[Item, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.key}:{self.attribute}" if self.attribute else str(self.key)


def items(judged: Judged, kinds: Kinds, asked: Sequence[str]) -> tuple[Item, ...]:
    """What is named, as `KEY` or `KEY:ATTRIBUTE`; without names every field that the site moved.

    A host's administrative state, a resource that is missing on the site and one that Git does not say are accepted
    only by name. Raises ConfigError for a name that is no difference, and for a secret.
    """
    found = list(_all(judged, kinds))
    if not asked:
        return tuple(item for item, is_usual in found if is_usual)
    names = {item.name: item for item, _ in found}
    unknown = [name for name in asked if not any(_is_named(item, name) for item in names.values())]
    if unknown:
        raise ConfigError(f"{judged.desired.site}: {_unknown(unknown[0], names)}")
    return tuple(item for item in names.values() if any(_is_named(item, name) for name in asked))


def everything(judged: Judged, kinds: Kinds, unsaid: Collection[ResourceKey] = ()) -> tuple[Item, ...]:
    """Every resource that differs, whole, so that Git says the site as it is.

    unsaid: what Git is not to say where it does not.
    """
    expressing = _Expressing(judged, kinds, is_all=True)
    changed = [
        expressing.missing(change) if change.action is Action.CREATE else expressing.changed(change)
        for change in judged.found.changes
    ]
    found = judged.found
    others = (r for r in (*found.extra, *found.unmanaged, *found.built_in) if r.key not in unsaid)
    return (*changed, *(expressing.whole(resource) for resource in others))


def _unknown(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, names, 3, 0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; `stxr plan` shows what differs"
    return f"{name} does not differ between Git and the site{hint}"


def _is_named(item: Item, name: str) -> bool:
    return name in {item.name, str(item.key)}


def _all(judged: Judged, kinds: Kinds) -> Iterator[tuple[Item, bool]]:
    """Every difference, and whether it is accepted without being named."""
    expressing = _Expressing(judged, kinds)
    for change in judged.found.changes:
        kind = kinds[change.key.kind]
        if change.action is Action.CREATE:
            yield expressing.missing(change), False
        if change.action is Action.DELETE and change.observed is not None:
            yield expressing.added(change.observed), False
        for field in change.fields:
            is_usual = field.cause is Cause.DRIFTED and not kind.attributes[field.name].lock_state
            yield expressing.field(change, field), is_usual
    for resource in (*judged.found.extra, *judged.found.unmanaged, *judged.found.built_in):
        yield expressing.added(resource), False


@dataclass(frozen=True, slots=True)
class _Expressing:
    """Resources to what documents say, beside the other resources of the desired side.

    is_all: all else that differs is written too, so that what is new stands beside what the site has.
    """

    judged: Judged
    kinds: Kinds
    is_all: bool = False

    def field(self, change: Change[Any], field: FieldChange) -> Item:
        """The site's value of one attribute."""
        desired = change.desired
        if desired is None:
            raise ValueError(f"{change.key}: a field of what Git does not say")
        spec = desired.spec.model_copy(update={field.name: field.observed})
        wishes = self._differences(desired, replace(desired, spec=spec), field.origin)
        return Item(change.key, field.name, field.desired, field.observed, wishes)

    def changed(self, change: Change[Any]) -> Item:
        """The site's values of all attributes that differ, and of those that tell where it is said."""
        desired, have = change.desired, change.have
        if desired is None:
            raise ValueError(f"{change.key}: a change of what Git does not say")
        told = desired.spec.model_fields_set - set(self.kinds[change.key.kind].compared(desired.spec))
        names = change.names | told & have.model_fields_set
        spec = desired.spec.model_copy(update={name: getattr(have, name) for name in names})
        wishes = self._differences(desired, replace(desired, spec=spec), desired.origin)
        if any(wish.is_gone and isinstance(wish.said.value, tuple) for wish in wishes):  # from one list to another
            wishes = (*self.missing(change).wishes, *(wish for wish in wishes if not wish.is_gone))
        was, now = ({f.name: getattr(f, side) for f in change.fields} for side in ("desired", "observed"))
        return Item(change.key, "", was, now, wishes, tuple(self.field(change, field) for field in change.fields))

    def whole(self, resource: Resource[Any]) -> Item:
        """A resource that Git does not say, with all that the site shows of it."""
        found = self.kinds[resource.key.kind].express(resource, self._then(resource))
        return Item(resource.key, "", None, PRESENT, tuple(Wish(said) for said in _without_places(found)))

    def added(self, resource: Resource[Any]) -> Item:
        """A resource that Git does not say, without what it usually is."""
        kind = self.kinds[resource.key.kind]
        said = {name: getattr(resource.spec, name) for name in resource.spec.model_fields_set}
        unusual = {n: v for n, v in said.items() if n not in kind.usual or not kind.is_same(n, v, kind.usual[n])}
        new = replace(resource, spec=type(resource.spec)(**unusual))
        found = kind.express(new, self._then(new))
        return Item(resource.key, "", None, PRESENT, tuple(Wish(said) for said in _without_places(found)))

    def missing(self, change: Change[Any]) -> Item:
        """A resource that Git says and the site does not have."""
        desired = change.desired
        if desired is None:
            raise ValueError(f"{change.key}: nothing that Git says")
        kind = self.kinds[change.key.kind]
        before = tuple(kind.express(desired, self._now(desired)))
        orders = (self._then, self._now) if change.observed else (self._now,)  # what moved leaves a list for another
        sides = (_without(change.key, side(desired)) for side in orders)
        after = next((said for side in sides if (said := tuple(kind.express(desired, side)))), ())
        whole = tuple(Wish(said, origin=desired.origin) for said in after if said not in before)  # a list said whole
        gone = (Wish(_shared(before), is_gone=True, origin=desired.origin),) if before and not whole else ()
        return Item(change.key, "", PRESENT, None, whole or gone)

    def _differences(self, old: Resource[Any], new: Resource[Any], origin: Any) -> tuple[Wish, ...]:
        kind = self.kinds[old.key.kind]
        before, after = tuple(kind.express(old, self._now(old))), tuple(kind.express(new, self._then(new)))
        there = {(s.document, s.name, s.path) for s in after}
        said = [Wish(s, origin=origin) for s in after if s not in before and s.value is not None]
        gone = [s for s in before if s.value is not None and (s.document, s.name, s.path) not in there]
        return (*said, *(Wish(s, is_gone=True, origin=origin) for s in gone))

    def _now(self, resource: Resource[Any]) -> Snapshot:
        """The desired side with a resource in it, on the system as it is."""
        return self._with(resource, self.judged.desired.resources)

    def _then(self, resource: Resource[Any]) -> Snapshot:
        """The same when all is written."""
        return self._with(resource, (self.judged.observed if self.is_all else self.judged.desired).resources)

    def _with(self, resource: Resource[Any], others: Mapping[ResourceKey, Resource[Any]]) -> Snapshot:
        resources = {**others, resource.key: resource}
        return replace(self.judged.desired, resources=resources, system=self.judged.observed.system)


def _without(key: ResourceKey, side: Snapshot) -> Snapshot:
    return replace(side, resources={other: resource for other, resource in side.resources.items() if other != key})


def _without_places(said: Iterable[Said]) -> Iterator[Said]:
    """What says something; a bare place only where nothing is said below it."""
    found = list(said)
    for one in found:
        below = any(other is not one and other.path[: len(one.path)] == one.path for other in found)
        if one.value is not None or not below:
            yield one


def _shared(said: Sequence[Said]) -> Said:
    """The place that all stand below: the element, where they are members of one."""
    first = said[0]
    length = min(len(one.path) for one in said)
    same = [n for n in range(length + 1) if all(one.path[:n] == first.path[:n] for one in said)]
    return replace(first, path=first.path[: same[-1]], value=None)


def is_secret(kind: ResourceKind[Any], attribute: str) -> bool:
    return bool(attribute) and kind.attributes[attribute].secret
