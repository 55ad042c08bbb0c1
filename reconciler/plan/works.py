"""Changes grouped into works: the atomic changes of one kind on one host with one need. A work becomes a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reconciler.model.change import Change
from reconciler.model.kind import Context, Kinds
from reconciler.model.words import Action, Needs
from reconciler.plan.cascade import atoms, known, released


@dataclass(frozen=True, slots=True)
class Work:
    """Atomic changes of one kind on one host with one need: what becomes a step.

    is_late: it removes, or changes, what an update of another kind still has to let go of; or sets again what is set
      back first.
    """

    kind: str
    host: str
    needs: Needs
    removes: bool
    is_late: bool
    changes: tuple[Change[Any], ...]
    settles: frozenset[str] = frozenset()
    waits_for: frozenset[str] = frozenset()


def works_of(changes: Iterable[Change[Any]], context: Context, kinds: Kinds) -> Iterator[Work]:
    changes = tuple(changes)
    let_go = frozenset(released(changes, kinds))

    def sort(change: Change[Any]) -> tuple[str, str, Needs, bool, bool]:
        needs = Needs.LOCKED if _is_only_state(change, kinds) else kinds[change.key.kind].needs_of(change, context)
        host = change.key.host or _lock_host(change, kinds)
        removes = change.action is Action.DELETE
        is_let_go = removes and change.observed is not None and known(change.observed, kinds) in let_go
        is_late = (
            is_let_go
            or change.by_way_of is not None
            or (not removes and kinds[change.key.kind].comes_late(change, context))
        )
        return change.key.kind, host, needs, removes, is_late

    for (kind, host, needs, removes, is_late), group in groupby(sorted(atoms(changes), key=sort), key=sort):
        members = tuple(group)
        settles = frozenset(h for c in members for h in _settled(c, context, kinds))
        waits = frozenset(h for c in members for h in kinds[kind].waits_for(c, context))
        yield Work(kind, host, needs, removes, is_late, members, settles, waits)


def _settled(change: Change[Any], context: Context, kinds: Kinds) -> Iterator[str]:
    """The hosts that have to take a change up: of one that is stored already, those that have not."""
    hosts = kinds[change.key.kind].settles(change, context)
    return (h for h in hosts if not change.is_stored or context.system.hosts[h].needs_reboot)


def _lock_host(change: Change[Any], kinds: Kinds) -> str:
    """A host is its own host: its attributes need its own lock."""
    facts = kinds[change.key.kind].attributes
    return change.key.name if any(a.lock_state for a in facts.values()) else ""


def _is_only_state(change: Change[Any], kinds: Kinds) -> bool:
    """Nothing but the administrative state differs: the window itself is the change."""
    facts = kinds[change.key.kind].attributes
    return bool(change.fields) and all(facts[f.name].lock_state for f in change.fields)
