"""Looks at a site until something shows there: when each is due, and which of them is the last.

The last one begins when the time is over. One that began before says nothing of then, if its answer took long, or if
the process was stopped meanwhile: what came in time would be taken for missing, and a host be locked twice for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from reconciler.apply.work import Work


async def looks(limit_s: float, work: Work, *, is_new: bool = False) -> AsyncIterator[bool]:
    """Before each look: whether it is the last. Sleeps in between, and before the first where something has just begun."""
    limit, polls = work.clock.now() + limit_s, work.pace.polls()
    if is_new:
        await work.clock.sleep(polls())
    while not (is_last := work.clock.now() >= limit):
        yield is_last
        await work.clock.sleep(polls())
    yield is_last
