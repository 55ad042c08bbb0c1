"""Looks at the fleet now and then, and gives what is news to every notifier. Only the leader tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.clients import Clock
from reconciler.engine.notices import Fleet, Standing, standing, turned
from reconciler.engine.notifiers.dispatch import Dispatch

LOOK_S = 15.0


@dataclass(frozen=True, slots=True)
class Telling:
    """fleet: what is known now. leads: whether this process is the one that tells."""

    dispatches: tuple[Dispatch, ...]
    fleet: Callable[[], Fleet]
    leads: Callable[[], bool]
    clock: Clock

    async def run(self) -> None:
        """Until cancelled. What stands when it begins was told by an earlier process, as far as that lived."""
        before = await self._standing()
        for dispatch in self.dispatches:
            dispatch.knows(before.values())
        async with asyncio.TaskGroup() as group:
            for dispatch in self.dispatches:
                group.create_task(dispatch.run())
            group.create_task(self._look(before))

    async def _look(self, before: Standing) -> None:
        while True:
            await self.clock.sleep(LOOK_S)
            now = await self._standing()
            if self.leads():
                self._tell(before, now)
            before = now

    def _tell(self, before: Standing, now: Standing) -> None:
        for notice in turned(before, now, self.clock.now()):
            for dispatch in self.dispatches:
                dispatch.put(notice)

    async def _standing(self) -> Standing:
        return await asyncio.to_thread(standing, self.fleet())
