"""Plans as workflows: they end once, go on after a death, and leave no host locked."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from reconciler.engine.controller import Controller, Schedule
from reconciler.engine.durable import Durable, Limits, Place
from reconciler.engine.queue import Queue
from reconciler.model.history import Deed
from reconciler.model.words import State
from tests.e2e.ottawa import OTTAWA, OWN, TWO_STEPS

pytestmark = pytest.mark.xdist_group("dbos")


@asynccontextmanager
async def controlled(world):
    """A controller over the world, whose plans are sent by workflows."""
    async with world.fleet() as fleet:
        store = fleet.memory.store
        it = Controller(fleet, store, Schedule(), Queue(world.clock, 4), lambda _: None)

        def ended(order, outcome, identity):
            store.record(order.site, order.plan.commit, outcome)
            it.ended(order.site, outcome)

        place = Place(f"sqlite:///{world.state}/applies.db", limits=Limits(polling_s=0.02))
        async with Durable(fleet, place, ended) as durable:
            it.goes_on(durable.send, await durable.under_way())
            yield it


async def until(told, seconds=20):
    for _ in range(int(seconds / 0.02)):
        if told():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


async def test_a_plan_is_sent_by_a_workflow_and_the_site_looked_at_when_it_ended(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        locks = world.count(OTTAWA, "lock")
        async with controlled(world) as it:
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.APPLYING
            await until(lambda: OTTAWA not in it._under_way)
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC
            sending = it.store.history.sendings(OTTAWA)[0]
        assert world.count(OTTAWA, "lock") == locks + 1
        deeds = Counter(happening.deed for happening in sending.happenings)
        assert deeds[Deed.SENT] == deeds[Deed.ANSWERED] > 2  # a lock, at least one change, an unlock
        assert [h.text.rpartition(" ")[2] for h in sending.happenings if "ihosts" in h.text] == ["(lock)", "(unlock)"]
        assert (deeds[Deed.ENDED], sending.end.text) == (1, "done")
