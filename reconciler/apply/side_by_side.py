"""Windows of hosts that may be out of service together: each goes its own way, so many of them at a time.

One that ends badly keeps those that are not open yet from opening; those that are open go on to their end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.apply.window import deeds_of, window
from reconciler.apply.work import Keeps, Work
from reconciler.model.errors import Held, ReconcilerError
from reconciler.model.outcome import Entry
from reconciler.model.plan import Stage
from reconciler.model.snapshot import Snapshot

Entries = tuple[Entry, ...]
End = tuple[Entries, ReconcilerError | None]


async def side_by_side(
    left: tuple[Stage, ...], number: int, work: Work, plan_id: str
) -> tuple[Entries, tuple[ReconcilerError, ...]]:
    """The entries of so many of the stages that are left, and why those ended early that did, the worst first.

    Raises a fault of ours, once all have ended.
    """
    stages = left[:number]
    run = _Run(work, asyncio.Semaphore(stages[0].at_once))
    keepers = work.lanes([deeds_of(stage) for stage in stages])
    lanes = [run.lane(left[i:], work.stage + i, plan_id, kept) for i, kept in enumerate(keepers)]
    ends = await asyncio.gather(*lanes, return_exceptions=True)
    for fault in ends:
        if isinstance(fault, BaseException):
            raise fault
    return _together([end for end in ends if not isinstance(end, BaseException)])


def _together(ends: Sequence[End]) -> tuple[Entries, tuple[ReconcilerError, ...]]:
    entries = tuple(entry for some, _ in ends for entry in some)
    errors = (error for _, error in ends if error)
    return entries, tuple(sorted(errors, key=lambda error: isinstance(error, Held)))


@dataclass
class _Run:
    """What the windows of one run share. failed: the host that ended badly first."""

    work: Work
    turn: asyncio.Semaphore
    failed: str = ""

    async def lane(self, left: tuple[Stage, ...], index: int, plan_id: str, kept: Keeps) -> End:
        host = left[0].host
        async with self.turn:
            own = replace(self.work, stage=index, kept=kept, permits=self._permits)
            try:
                entries, error = await window(left, own, plan_id)
            except ReconcilerError as raised:
                entries, error = (), raised
            except Exception:
                self.failed = self.failed or host
                raise
            if error:
                self.failed = self.failed or host
            return entries, error

    async def _permits(self, left: tuple[Stage, ...], seen: Snapshot) -> None:
        """Asked in the deed that opens a window: what it said then is kept, and said again when it is replayed."""
        if self.failed:
            raise Held(f"{self.work.site} {left[0].host}: not locked, because {self.failed} ended badly")
        await self.work.permits(left, seen)
