"""Two snapshots in, a Comparison out: what Git says and the site lacks, what is extra, what nobody manages.

Only what Git says is compared: the attributes in a desired spec's `model_fields_set`. Values are compared with `==`
and, only where that fails, in the canonical form that their attribute declares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.diff.unsettled import unsettled
from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.unsaid import as_written
from reconciler.model.words import Action, Cause, Severity


def spelled(snapshot: Snapshot, observed: Snapshot, kinds: Kinds) -> Snapshot:
    """A desired snapshot in the site's own spelling: device paths, names that the platform gave. Before comparing."""
    resources = (_spelled(r, observed, kinds) for r in snapshot.resources.values())
    return replace(snapshot, resources={r.key: r for r in resources})


def compare(desired: Snapshot, observed: Snapshot, kinds: Kinds, base: Snapshot | None = None) -> Comparison:
    """What differs, and which side moved. Desired and base are spelled as the site spells.

    base: the rendering whose plan last ended on this site; without one every difference is pending, none is drift.
    """
    want = desired.resources
    changes = tuple(_changes(want, observed, kinds, base))
    changes += tuple(unsettled(desired, observed, kinds, base, {c.key for c in changes}))
    unread = (k for k in want if k not in observed.resources and not _is_judged(k, observed))
    unjudged = (*unread, *desired.sealed)
    return Comparison(changes, unjudged=unjudged, reasons=desired.sealed, **_sorted(desired, observed, kinds))


def _spelled(resource: Resource[Any], observed: Snapshot, kinds: Kinds) -> Resource[Any]:
    spell = kinds[resource.key.kind].spell
    return resource if spell is as_written else spell(resource, observed)


def _changes(
    want: Mapping[ResourceKey, Resource[Any]], observed: Snapshot, kinds: Kinds, base: Snapshot | None
) -> Iterator[Change[Any]]:
    for key in sorted(want):
        kind, have = kinds[key.kind], observed.resources.get(key)
        before = base.resources.get(key) if base else None
        if kind.unwanted(want[key]):
            yield from _unwanted(kind, want[key], have, before)
        elif have is None and kind.is_made and observed.is_complete(key.kind, key.host):
            cause = Cause.DRIFTED if before else Cause.PENDING
            yield Change(key, Action.CREATE, want[key], None, (), cause, kind.area, kind.severity)
        elif have and (fields := tuple(_fields(kind, want[key], have, before))):
            yield _changed(kind, want[key], have, fields)


def _unwanted(
    kind: ResourceKind[Any], want: Resource[Any], have: Resource[Any] | None, before: Resource[Any] | None
) -> Iterator[Change[Any]]:
    """What Git says the site is not to have, and it has. It came by itself where Git said so before."""
    if have is not None:
        cause = Cause.DRIFTED if before and kind.unwanted(before) else Cause.PENDING
        yield Change(want.key, Action.DELETE, None, have, (), cause, kind.area, kind.severity)


def _changed(
    kind: ResourceKind[Any], want: Resource[Any], have: Resource[Any], fields: tuple[FieldChange, ...]
) -> Change[Any]:
    facts = [kind.attributes[f.name] for f in fields]
    action = Action.REPLACE if any(a.replaces for a in facts) else Action.UPDATE
    cause = Cause.PENDING if any(f.cause is Cause.PENDING for f in fields) else Cause.DRIFTED
    severity = max((a.severity or kind.severity for a in facts), key=list(Severity).index)
    return Change(want.key, action, want, have, fields, cause, kind.area, severity)


def _fields(
    kind: ResourceKind[Any], want: Resource[Any], have: Resource[Any], before: Resource[Any] | None
) -> Iterator[FieldChange]:
    for name in kind.compared(want.spec):
        new, old = getattr(want.spec, name), getattr(have.spec, name)
        if kind.is_same(name, new, old):
            continue
        # the site moved if Git says what it said when it was last applied; what it reads once it never moves
        same = before is not None and kind.read_once is None and kind.is_same(name, getattr(before.spec, name), new)
        yield FieldChange(name, old, new, want.origin_of(name), Cause.DRIFTED if same else Cause.PENDING)


def _is_judged(key: ResourceKey, observed: Snapshot) -> bool:
    """Its list was read, or belongs to a host that is not on the site: the host itself is what is missing."""
    return observed.is_complete(key.kind, key.host) or (
        bool(key.host and observed.system.hosts) and key.host not in observed.system.hosts
    )


def _sorted(desired: Snapshot, observed: Snapshot, kinds: Kinds) -> dict[str, tuple[Resource[Any], ...]]:
    """What Git does not say, by the member of Comparison that has it."""
    found: dict[str, list[Resource[Any]]] = {"extra": [], "unmanaged": [], "built_in": []}
    for key, resource in observed.resources.items():
        kind = kinds[key.kind]
        if key in desired.resources or kind.is_inventory:
            continue
        if (key.kind, key.host, kind.member_of(resource)) in desired.owned:
            found["extra"].append(resource)
        else:
            found["built_in" if kind.is_built_in(resource, observed) else "unmanaged"].append(resource)
    return {name: tuple(resources) for name, resources in found.items()}
