"""Reviews that somebody asked for, of any two commits: made one after another, and kept."""

from __future__ import annotations

import asyncio

from reconciler.apply import Clock
from reconciler.engine.review_making import Maker
from reconciler.model.errors import ConfigError, Held, ReconcilerError
from reconciler.model.review import Finding, Review
from reconciler.store import ReviewStore

MOST = 20  # that wait


class Asking:
    """Belongs to one event loop."""

    def __init__(self, maker: Maker, store: ReviewStore, clock: Clock) -> None:
        self._maker, self._store, self._clock = maker, store, clock
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
        """Make what was asked for; cancel it to end it."""
        while True:
            base, head = await self._waiting.get()
            self._store.keep(await self._made(base, head))

    async def _made(self, base: str, head: str) -> Review:
        now = self._clock.now()
        try:
            return await asyncio.to_thread(lambda: self._maker.review(self._maker.between(base, head), now))
        except ReconcilerError as error:
            return Review(base, head, self._maker.root, now, errors=(Finding(str(error)),))
