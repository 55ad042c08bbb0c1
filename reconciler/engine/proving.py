"""The change of every kind of affected site, run on a twin: the widest and most disruptive first, as far as time allows.

Sites for which a change is equal, and that are equal in what it meets, are one lot: one of them is tried for all. Each
change is tried once before any is tried on a second lot. What is not proved is said, with the reason.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.engine.likeness import likeness
from reconciler.engine.preview import Edit, Preview, shape
from reconciler.engine.trial import Case
from reconciler.engine.trial_worker import UntriedError
from reconciler.model.errors import ReconcilerError
from reconciler.model.kind import Kinds
from reconciler.model.proof import Proof, ProofResult
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Cause

HOUR_S = 3600.0
Tries = Callable[[Case, float], Proof]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a site showed, as `stxr inventory` writes it, and when (Unix seconds).

    read: gives it; asked again when it is needed again, since those of a fleet do not fit into memory.
      Raises ReconcilerError.
    """

    read: Callable[[], Mapping[str, Any]]
    taken_at: float


@dataclass(frozen=True, slots=True)
class Subject:
    """One site that a change reaches: what Git will say, how the site is treated, and what was found with that."""

    preview: Preview
    after: Snapshot
    edit: Edit
    inventory: Inventory | None = None

    @property
    def site(self) -> str:
        return self.preview.site


@dataclass(frozen=True, slots=True)
class Budget:
    """How long all proofs may take, and each, in real seconds, and how old an inventory may be.

    clock: real seconds, ever growing.
    """

    seconds: float = 300.0
    each_s: float = 120.0
    oldest_s: float = 24 * HOUR_S
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Lot:
    """Sites that are one case, and what is needed to try it on the first of them; of a thousand previews none is kept.

    sites: in the order in which they came. rank: how disruptive the plan is. reason: why it cannot be tried.
    """

    fingerprint: str
    sites: tuple[str, ...]
    rank: int
    after: Snapshot
    edit: Edit
    inventory: Inventory | None
    reason: str = ""

    @property
    def weight(self) -> int:
        """How much would be disturbed, if it went wrong."""
        return len(self.sites) * (1 + self.rank)


def lots_of(subjects: Iterable[Subject], kinds: Kinds, budget: Budget, now: float) -> tuple[Lot, ...]:
    """The subjects that an edit reaches, equal ones together, in the order in which they are to be tried.

    now: Unix seconds, for the age of inventories.
    """
    found: dict[Any, Lot] = {}
    for one in subjects:
        if any(change.cause is Cause.PENDING for change in one.preview.found.changes):
            *key, reason = _key(one, kinds, budget, now)
            known = found.get((*key, reason)) or _lot(one, reason)
            found[*key, reason] = replace(known, sites=(*known.sites, one.site))
    return tuple(_in_turn(found.values()))


def proved(lots: Iterable[Lot], tries: Tries, budget: Budget, now: float) -> tuple[Proof, ...]:
    """A proof for each lot, in their order. Blocks until they are done, or the budget is spent.

    tries: runs one case within so many seconds; raises UntriedError.
    """
    end = budget.clock() + budget.seconds
    return tuple(_of(lot, tries, end, budget, now) for lot in lots)


def _lot(one: Subject, reason: str) -> Lot:
    rank = one.preview.plan.disruption.rank
    return Lot(one.preview.fingerprint, (), rank, one.after, one.edit, one.inventory, reason)


def _key(one: Subject, kinds: Kinds, budget: Budget, now: float) -> tuple[Any, ...]:
    """What makes sites one lot; its last word is why they cannot be tried."""
    known, told = one.inventory, one.preview.fingerprint
    if known is None:
        return told, "no inventory of it: write one with `stxr inventory`"
    if now - known.taken_at > budget.oldest_s:
        return told, f"its inventory is older than {budget.oldest_s / HOUR_S:g} h: write it anew"
    try:
        return told, shape(one.preview.plan), likeness(one.preview, known.read(), kinds), ""
    except ReconcilerError as error:
        return told, str(error)


def _in_turn(lots: Iterable[Lot]) -> list[Lot]:
    """Each change once before any a second time; among those, what would disturb most first."""
    seen: dict[str, int] = defaultdict(int)
    turns = []
    for lot in sorted(lots, key=lambda lot: (-lot.weight, lot.sites)):
        turns.append((seen[lot.fingerprint], lot))
        seen[lot.fingerprint] += not lot.reason
    return [lot for _, lot in sorted(turns, key=lambda turn: turn[0])]


def _of(lot: Lot, tries: Tries, end: float, budget: Budget, now: float) -> Proof:
    age = None if lot.inventory is None else max(0.0, now - lot.inventory.taken_at)
    left_s = end - budget.clock()
    reason = lot.reason or ("" if left_s > 0 else f"the {budget.seconds:g} s for proofs were spent before its turn")
    proof = Proof("", lot.sites[0], (), ProofResult.NOT_PROVED, reason)
    if not reason:
        try:
            proof = _tried(lot, tries, min(left_s, budget.each_s))
        except (UntriedError, ReconcilerError) as error:
            proof = replace(proof, reason=str(error))
    return replace(proof, fingerprint=lot.fingerprint, sites=lot.sites, inventory_age_s=age)


def _tried(lot: Lot, tries: Tries, limit_s: float) -> Proof:
    shown = lot.inventory.read() if lot.inventory else {}
    return tries(Case(lot.sites[0], lot.after, lot.edit, shown), limit_s)
