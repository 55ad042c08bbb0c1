"""Reviews that somebody asked for, of any two commits: made one after another, and kept."""

from __future__ import annotations

import asyncio

from reconciler.apply import Clock
from reconciler.engine.review_making import Maker
from reconciler.engine.review_proofs import Proofs, Question
from reconciler.model.errors import ConfigError, Held, ReconcilerError
from reconciler.model.review import Finding, Review
from reconciler.store import ReviewStore

MOST = 20  # that wait


class Asking:
    """Belongs to one event loop. proofs: what proves them once they are kept; None where nothing is proved."""

    def __init__(self, maker: Maker, store: ReviewStore, clock: Clock, proofs: Proofs | None = None) -> None:
        self._maker, self._store, self._clock, self._proofs = maker, store, clock, proofs
        self._waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue(MOST)

    async def ask(self, base: str, head: str) -> Review:
        """The review that is to be made, still empty; its id is the one under which it will be kept.

        base, head: as git names commits. Raises ConfigError for what it does not know, Held where too many wait.
        """
        try:
            commits = await asyncio.to_thread(lambda: (self._maker.resolved(base), self._maker.resolved(head)))
        except ReconcilerError as error:
            raise ConfigError(str(error)) from None
        if self._waiting.full():
            raise Held(f"{MOST} reviews are waiting to be made: ask again later")
        self._waiting.put_nowait(commits)
        return Review(*commits, self._maker.root)

    async def run(self) -> None:
        """Make what was asked for, and have it proved; cancel it to end it."""
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self._make())
            if self._proofs:
                jobs.create_task(self._proofs.run())

    async def _make(self) -> None:
        while True:
            base, head = await self._waiting.get()
            try:
                asked = await asyncio.to_thread(self._maker.between, base, head)
                review = await asyncio.to_thread(self._maker.review, asked, self._clock.now())
            except ReconcilerError as error:
                await self._keep(Review(base, head, self._maker.root, self._clock.now(), errors=(Finding(str(error)),)))
                continue
            await self._keep(review)
            if self._proofs and review.sites:
                self._proofs.put(f"review {review.id}", Question(asked, review, self._keep))

    async def _keep(self, review: Review) -> None:
        self._store.keep(review)
