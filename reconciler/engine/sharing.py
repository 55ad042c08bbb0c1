"""What a replica does beside its visits, so that many are as one: hears of the others, and takes over from the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.engine.controller import Controller
from reconciler.engine.durable import Durable
from reconciler.engine.replicas import Replicas, moved
from reconciler.model.replica import Post

LOOK_S = 2.0
Say = Callable[[str], None]


@dataclass
class Sharing:
    """One replica's part. say: is told what it takes over, and from whom."""

    it: Controller
    durable: Durable
    replicas: Replicas
    say: Say

    async def run(self) -> None:
        """For ever; cancel it to end it."""
        live: frozenset[str] = self.replicas.live
        while True:
            await asyncio.sleep(LOOK_S)
            live = await self.look(live)

    async def look(self, before: frozenset[str]) -> frozenset[str]:
        """Once: what the others did, then who of them is there. before: who was, the last time; who is there now."""
        under_way = self.it.under_way
        self.it.heard(under_way, await self.durable.under_way())
        self.it.refresh()
        if self.replicas.post is Post.LEADER:
            await self._take_over()
        now = self.replicas.live
        if now != before:
            self._share(before, now)
        return now

    def _share(self, before: frozenset[str], now: frozenset[str]) -> None:
        mine = moved(self.it.sites, before, now, self.replicas.name)
        words = [f"{name} has gone" for name in sorted(before - now)] + [
            f"{name} is here" for name in sorted(now - before)
        ]
        self.say(f"{', '.join(words)}: {len(mine)} sites more are looked at from here")
        self.it.put(mine)

    async def _take_over(self) -> None:
        for name in self.replicas.gone:
            if taken := await self.durable.take_over(name):
                self.say(f"{name} has not come back: what it was sending to {len(taken)} sites goes on")
