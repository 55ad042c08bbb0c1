"""What was removed from Git and is on the site: three-way, from the rendering that the site followed last. Pure.

A resource is deleted only if Git said it, a commit removed it, and the site shows it in a list that was read to its
end. What is found is carried until it is applied, declined or back in Git, and is proved from Git anew at each look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.kind import Kinds
from reconciler.model.removal import Pruning, Removal, Removals, RemovedValue, as_text
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Cause, Prune


@dataclass(frozen=True, slots=True)
class Past:
    """What Git said before, as far as it is known now; rendered by today's program, spelled as the site spells.

    base: the rendering whose plan last ended on the site; None where there is none, and `blind` says why.
    older: commit -> rendering, for the bases of what is carried; one that is missing proves nothing.
    remembered: the keys that the base had when it was noted, by the program of that time.
    """

    base: Snapshot | None = None
    older: Mapping[str, Snapshot | None] = field(default_factory=dict)
    carried: tuple[Removal, ...] = ()
    remembered: frozenset[ResourceKey] = frozenset()
    blind: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """What Git says now, and what the site shows."""

    head: Snapshot
    observed: Snapshot

    def lacks(self, key: ResourceKey) -> bool:
        """Whether the site is known not to have it."""
        return key not in self.observed.resources and self.observed.is_complete(key.kind, key.host)

    def shows(self, key: ResourceKey) -> bool:
        """Whether the site has it, in a list that was read to its end; and no sealed one in Git may be the same."""
        is_hidden = any(sealed.kind == key.kind for sealed in self.head.sealed)
        return key in self.observed.resources and self.observed.is_complete(key.kind, key.host) and not is_hidden


def gone(base: Snapshot, head: Snapshot, kinds: Kinds) -> dict[ResourceKey, Resource[Any]]:
    """What the base says and the head does not, of kinds that are deleted by key and hosts that Git still says.

    The resources of a host that is no longer said are not deleted one by one: they go, or stay, with their host.
    """
    said = _hosts(head, kinds)
    missing = {key: r for key, r in base.resources.items() if key not in head.resources and key.kind in kinds}
    return {key: r for key, r in missing.items() if _is_by_key(r, head, kinds) and (not key.host or key.host in said)}


def removals(now: Present, past: Past, commits: Mapping[ResourceKey, str], kinds: Kinds) -> Removals:
    """Everything that was removed from Git, by what is to be done with it.

    commits: the commit that removed each resource of `gone`, "" for uncommitted edits. What is not in it was let go of
    in another way (its site was not managed in between), and is no removal.
    """
    carried = {r.key: r for r in past.carried}
    ended = tuple(k for k in carried if _is_over(k, now, kinds))
    found = gone(past.base, now.head, kinds) if past.base else {}
    fresh = [_removal(r, past, commits[k]) for k, r in found.items() if k in commits and k not in carried]
    proved = [r for r in carried.values() if r.key not in ended and not r.is_declined]
    unproved = tuple(r for r in proved if not _is_proved(r, past))
    wanted = [*(r for r in proved if r not in unproved), *(r for r in fresh if not now.lacks(r.key))]
    return Removals(
        open=tuple(sorted((r for r in wanted if now.shows(r.key)), key=lambda r: r.key)),
        unproved=unproved,
        declined=tuple(r for r in carried.values() if r.is_declined and r.key not in ended),
        ended=ended,
        unread=tuple(r for r in wanted if not now.shows(r.key)),
        renderer=tuple(sorted(_unrendered(now, past))),
        blind=past.blind,
    )


def prunings(known: Removals, settings: Settings, kinds: Kinds) -> tuple[Pruning, ...]:
    """The open removals that policy wants planned, with what it asks for each."""
    policies = ((r, settings.prune_of(r.key.kind)) for r in known.open)
    return tuple(
        Pruning(r, policy, kinds[r.key.kind].deletion.is_destructive)
        for r, policy in policies
        if policy is not Prune.NEVER
    )


def let_go(found: Comparison, known: Removals) -> Comparison:
    """The comparison without the extra members that were removed while their list was owned by key.

    Their own policy goes on: a later commit that says the list whole neither skips an approval nor undoes a decline.
    """
    keys = {r.key for r in (*known.carried, *known.open)}
    kept = tuple(r for r in found.extra if r.key in keys)
    return replace(found, extra=tuple(r for r in found.extra if r.key not in keys), unmanaged=(*found.unmanaged, *kept))


def with_deletes(
    found: Comparison, now: Present, base: Snapshot | None, todo: Iterable[Pruning], kinds: Kinds
) -> Comparison:
    """The comparison with the deletes that are to be planned: removals, and extra members of whole lists.

    Without a base nothing is deleted: the extra members stay what they are, and are reported.
    """
    if base is None:
        return found
    extra = [r for r in found.extra if now.shows(r.key) and kinds[r.key.kind].has_deletes]
    mended = [_mending(r, base, kinds) for r in extra]
    pruned = [_pruned(pruning, now, kinds) for pruning in todo]
    keys = {c.key for c in (*pruned, *mended)}
    return replace(
        found,
        changes=(*found.changes, *pruned, *mended),
        extra=tuple(r for r in found.extra if r.key not in keys),
        unmanaged=tuple(r for r in found.unmanaged if r.key not in keys),
    )


def _hosts(snapshot: Snapshot, kinds: Kinds) -> frozenset[str]:
    """The hosts that Git says: of a kind that has an administrative state."""
    states = {n for n, kind in kinds.items() if any(fact.lock_state for fact in kind.attributes.values())}
    return frozenset(k.name for k in snapshot.resources if k.kind in states)


def _is_by_key(resource: Resource[Any], head: Snapshot, kinds: Kinds) -> bool:
    """Whether its list is owned by key. A member of a list that Git says whole is extra: that is told elsewhere."""
    key, kind = resource.key, kinds[resource.key.kind]
    return kind.has_deletes and (key.kind, key.host, kind.member_of(resource)) not in head.owned


def _is_over(key: ResourceKey, now: Present, kinds: Kinds) -> bool:
    is_host_gone = bool(key.host) and key.host not in _hosts(now.head, kinds)
    return key in now.head.resources or now.lacks(key) or is_host_gone or key.kind not in kinds


def _is_proved(removal: Removal, past: Past) -> bool:
    """Never without a base of today: what the site followed last is not known then, and so is what it may have."""
    base = past.older.get(removal.base)
    return past.base is not None and base is not None and removal.key in base.resources


def _removal(resource: Resource[Any], past: Past, commit: str) -> Removal:
    base = past.base.revision if past.base else ""
    return Removal(resource.key, base, commit, resource.origin, tuple(_said(resource)))


def _said(resource: Resource[Any]) -> Iterable[RemovedValue]:
    for name in sorted(resource.spec.model_fields_set):
        value = getattr(resource.spec, name)
        yield RemovedValue(name, as_text(value), str(resource.origin_of(name) or ""))


def _unrendered(now: Present, past: Past) -> Iterable[ResourceKey]:
    if past.base is None:
        return ()
    known = past.base.resources.keys() | now.head.resources.keys()
    return (k for k in past.remembered if k not in known and k in now.observed.resources)


def _pruned(pruning: Pruning, now: Present, kinds: Kinds) -> Change[Any]:
    key = pruning.removal.key
    kind, have = kinds[key.kind], now.observed.resources[key]
    return Change(key, Action.DELETE, None, have, (), Cause.PENDING, kind.area, kind.severity, pruning)


def _mending(resource: Resource[Any], base: Snapshot, kinds: Kinds) -> Change[Any]:
    """An extra member of a whole list goes. Git took it out, or somebody on the site put it in."""
    kind = kinds[resource.key.kind]
    cause = Cause.PENDING if resource.key in base.resources else Cause.DRIFTED
    return Change(resource.key, Action.DELETE, None, resource, (), cause, kind.area, kind.severity)
