"""Proofs in the controller: one change at a time, in a process of its own, while everything else goes on.

The loop only waits for a thread, and the thread for a process; who cancels ends both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from reconciler.apply import Clock
from reconciler.engine.proof_subjects import Inventories, subjects
from reconciler.engine.proving import Budget, Lot, lots_of, proved
from reconciler.engine.repository import Repository
from reconciler.engine.trial_worker import TrialWorker
from reconciler.model.kind import Kinds
from reconciler.model.proof import Proof, ProofPolicy
from reconciler.store import ProofStore


@dataclass(frozen=True, slots=True)
class Prover:
    """kinds: makes the kinds, importable by name: a process of its own makes them anew. store: keeps what failed."""

    kinds: Callable[[], Kinds]
    store: ProofStore
    clock: Clock
    budget: Budget = field(default_factory=Budget)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def lots(
        self, before: Repository, after: Repository, names: Iterable[str], inventories: Inventories
    ) -> tuple[Lot, ...]:
        """What is to be tried for these sites; nothing for those whose policy is `proof: never`.

        Blocking; uses both repositories. Raises what the head says wrongly.
        """
        found = subjects(before, after, names, inventories, self.kinds())
        heeded = (one for one in found if one.edit.settings.proof is not ProofPolicy.NEVER)
        return lots_of(heeded, self.kinds(), self.budget, self.clock.now())

    async def proved(self, lots: tuple[Lot, ...]) -> tuple[Proof, ...]:
        """What came of them, kept for the gate. In turn with others that ask."""
        async with self._turn:
            worker, now = TrialWorker(self.kinds), self.clock.now()
            try:
                found = await asyncio.to_thread(_proved, worker, lots, self.budget, now)
            except asyncio.CancelledError:
                worker.kill()
                raise
        self.store.keep(found, self.clock.now())
        return found


def _proved(worker: TrialWorker, lots: tuple[Lot, ...], budget: Budget, now: float) -> tuple[Proof, ...]:
    with worker:
        return proved(lots, worker, budget, now)
