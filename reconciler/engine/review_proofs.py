"""Reviews proved after they are shown: a plan is there to be read at once, and what twins say of it some minutes later.

One at a time; of a pull request only the newest, and a proof of an older one is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from reconciler.engine.prover import Prover
from reconciler.engine.review_making import Maker, Proposed
from reconciler.model.errors import ReconcilerError
from reconciler.model.proof import Proof, ProofResult
from reconciler.model.review import Review

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A review that was shown, of what was proposed. told: is given the same with its proofs; may raise ReconcilerError."""

    asked: Proposed
    review: Review
    told: Callable[[Review], Awaitable[None]]


Proves = Callable[[str, Question], None]


class Proofs:
    """Belongs to one event loop. say: is told what could not be shown."""

    def __init__(self, maker: Maker, prover: Prover, say: Say = lambda _text: None) -> None:
        self._maker, self._prover, self._say = maker, prover, say
        self._waiting: dict[str, Question] = {}
        self._any = asyncio.Event()
        self._now = ("", asyncio.Event())  # whose turn it is, and that it is given up

    def put(self, name: str, question: Question) -> None:
        """It is to be proved, in place of what was asked before under this name."""
        self._waiting[name] = question
        self._any.set()
        if name == self._now[0]:
            self._now[1].set()

    async def run(self) -> None:
        """For ever; cancel it to end it, and the process that proves."""
        while True:
            await self._any.wait()
            await self.step()

    async def step(self) -> None:
        """All that waits, one after another."""
        self._any.clear()
        while self._waiting:
            name = next(iter(self._waiting))
            question, self._now = self._waiting.pop(name), (name, asyncio.Event())
            proofs = await self._unless_given_up(self._proofs(question))
            self._now = ("", asyncio.Event())
            if proofs is not None:
                await self._tell(name, question, proofs)

    async def _unless_given_up(self, work: Awaitable[tuple[Proof, ...]]) -> tuple[Proof, ...] | None:
        task, over = asyncio.ensure_future(work), asyncio.ensure_future(self._now[1].wait())
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()
            over.cancel()
            await asyncio.gather(task, over, return_exceptions=True)

    async def _proofs(self, question: Question) -> tuple[Proof, ...]:
        """What came of it; what kept it from being proved is said in place of that."""
        sites = question.review.sites
        try:
            lots = await asyncio.to_thread(self._maker.lots, question.asked, sites, self._prover)
            return await self._prover.proved(lots)
        except ReconcilerError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours here ends no more than this proof
            why = f"a fault of stx-reconciler: {type(error).__name__}: {error}; please report it"
        return (Proof("", sites[0], sites, ProofResult.NOT_PROVED, why),)

    async def _tell(self, name: str, question: Question, proofs: tuple[Proof, ...]) -> None:
        try:
            await question.told(replace(question.review, proofs=proofs))
        except ReconcilerError as error:
            self._say(f"{name}: its proofs could not be shown: {error}")
