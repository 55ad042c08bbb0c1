"""A controller over a world, as `stxr run` puts it together, whose visits are asked for one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.durable import Durable
from reconciler.engine.membership import Membership
from reconciler.engine.queue import Queue
from reconciler.engine.workflows import Limits, Place
from tests.e2e.world import World

LOOK_S = 0.02
WORKERS = 4


@asynccontextmanager
async def controlled(world: World, database: str = "", members: Membership | None = None) -> AsyncIterator[Controller]:
    """Plans are sent by workflows, kept on disk beside the store, or in the database."""
    async with world.fleet() as fleet:
        store = fleet.memory.store
        it = Controller(fleet, store, Schedule(), Queue(world.clock, WORKERS), lambda _: None, members=members)

        def ended(order, outcome, identity):
            store.record(order.site, order.plan.commit, outcome, identity)
            it.ended(order.site, outcome)

        place = Place(database or f"sqlite:///{world.state}/workflows.db", limits=Limits(WORKERS, polling_s=LOOK_S))
        async with Durable(fleet, place, ended, members) as durable:
            it.goes_on(durable.send, await durable.under_way(), durable.sends_to)
            yield it


async def until(told: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what happens beside us, in real time, a look every few milliseconds."""
    for _ in range(int(seconds / LOOK_S)):
        if told():
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError("it did not come to that")


async def visited(it: Controller, site: str) -> None:
    """One visit, and the end of the plan that it began."""
    await it.visit(site)
    await until(lambda: not it.is_under_way(site))
