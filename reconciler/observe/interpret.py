"""Rows to an observed Snapshot. Pure: the rows in, the resources of every kind out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.kind import Kinds
from reconciler.model.rows import COLLECTIONS, Rows
from reconciler.model.snapshot import Snapshot, Unread
from reconciler.model.words import Scope


def interpret(site: str, rows: Rows, kinds: Kinds, taken_at: float, unread: Iterable[Unread] = ()) -> Snapshot:
    """Every resource that the rows show. A kind with an unread list is not complete; what it shows still counts."""
    resources = {r.key: r for kind in kinds.values() for r in kind.read(rows)}
    complete = frozenset(_complete(rows, kinds))
    return Snapshot(site, resources, "", taken_at, complete, system=rows.system, unread=tuple(unread))


def _complete(rows: Rows, kinds: Kinds) -> Iterator[tuple[str, str]]:
    for name, kind in kinds.items():
        hosts = ("",) if kind.scope is Scope.SYSTEM else tuple(rows.system.hosts)
        yield from ((name, host) for host in hosts if all(_has(rows, c, host) for c in kind.collections))


def _has(rows: Rows, collection: str, host: str) -> bool:
    """A list that is per host was read for this host, or for all of them where the kind is system-wide."""
    if COLLECTIONS[collection].scope is Scope.SYSTEM or host:
        return rows.has(collection, host)
    return all(rows.has(collection, h) for h in rows.system.hosts)
