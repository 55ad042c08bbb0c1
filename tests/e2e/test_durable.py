"""Plans as workflows: they end once, go on after a death, and leave no host locked."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from dbos import DBOS
from sqlalchemy.exc import OperationalError

from reconciler.engine import durable, workflows
from reconciler.engine.membership import Alone
from reconciler.engine.sending import Order
from reconciler.engine.workflows import LONG_S, SLOW_QUEUE, WAITING_QUEUE, WAITS
from reconciler.model.errors import Lost
from reconciler.model.history import Deed, Sending
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Call, Plan, Stage, StageType, Step, Until
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Result, State
from reconciler.simulator.interference import Connection
from reconciler.store import Store
from reconciler.store.history import History
from tests.e2e.ottawa import OTTAWA, OWN, TWO_STEPS
from tests.faults.controlled import WORKERS, controlled, until
from tests.store.conftest import empty_database, postgresql

__all__ = ["empty_database", "postgresql"]  # fixtures
pytestmark = pytest.mark.xdist_group("dbos")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def database(request):
    """Where workflows are kept: "" beside the store, or a database of a real server."""
    return "" if request.param == "sqlite" else request.getfixturevalue("empty_database")


async def test_a_plan_is_sent_by_a_workflow_and_the_site_looked_at_when_it_ended(in_service, database):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        locks = world.count(OTTAWA, "lock")
        async with controlled(world, database) as it:
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.APPLYING
            await until(lambda: not it.is_under_way(OTTAWA))
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC
            sending = it.store.history.sendings(OTTAWA)[0]
            known = it.store.writes.of(OTTAWA)
        assert [name for name, one in known.items() if sending.name in one.at]  # a second writer is told by these
        assert world.count(OTTAWA, "lock") == locks + 1
        deeds = Counter(happening.deed for happening in sending.happenings)
        assert deeds[Deed.SENT] == deeds[Deed.ANSWERED] > 2  # a lock, at least one change, an unlock
        assert [h.text.rpartition(" ")[2] for h in sending.happenings if "ihosts" in h.text] == ["(lock)", "(unlock)"]
        assert (deeds[Deed.ENDED], sending.end.text) == (1, "done")


async def test_a_site_whose_plan_stands_in_the_queue_is_not_planned_for_again(in_service, database):
    """By a replica that has just got the site, and has not heard of the plan yet."""
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        async with controlled(world, database) as it:
            await it.visit(OTTAWA)
            it._under_way.clear()
            await it.visit(OTTAWA)
            assert len(await DBOS.list_workflows_async(name="apply")) == 1
            await until(lambda: not it.is_under_way(OTTAWA))


@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_plan_that_is_on_its_way_when_its_controller_is_stopped_has_not_ended(in_service, database, nth):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        locks, taken = world.count(OTTAWA, "lock"), asyncio.Event()
        world.at(OTTAWA, "", taken.set, nth)
        async with controlled(world, database) as it:
            await it.visit(OTTAWA)
            await taken.wait()
        async with controlled(world, database) as it:
            [sending] = it.store.history.sendings(OTTAWA)[:1]
            assert [h.text for h in sending.happenings if h.deed is Deed.ENDED] == []
            await until(lambda: not it.is_under_way(OTTAWA))
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC
            [sending] = it.store.history.sendings(OTTAWA)[:1]
            assert [h.text for h in sending.happenings if h.deed is Deed.ENDED] == ["done"]
        assert world.count(OTTAWA, "lock") == locks + 1


class Late(Alone):
    """Its session runs out, and nobody else is there yet."""

    is_over = False

    async def may_write(self, site):
        if self.is_over:
            await asyncio.Event().wait()


@pytest.mark.parametrize("nth", [1, 2, 3], ids=["lock", "change", "unlock"])
async def test_what_became_of_a_deed_while_its_controller_was_stopped_for_too_long_is_no_end_of_it(
    in_service, database, nth
):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        line, members, locks = world.site(OTTAWA).interference, Late(), world.count(OTTAWA, "lock")

        def stopped():
            members.is_over, line.connection = True, Connection.RESET

        def deeds(it, deed):
            return [h.text for h in it.store.history.sendings(OTTAWA)[0].happenings if h.deed is deed]

        world.at(OTTAWA, "", stopped, nth)
        async with controlled(world, database, members) as it:
            await it.visit(OTTAWA)
            await until(lambda: deeds(it, Deed.STOPPED))  # no answer came before it was over
            with pytest.raises(AssertionError, match="it did not come to that"):
                await until(lambda: deeds(it, Deed.ENDED), seconds=0.3)
        line.connection = Connection.UP
        async with controlled(world, database) as it:
            await until(lambda: not it.is_under_way(OTTAWA))
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC
            assert deeds(it, Deed.ENDED) == ["done"]
        assert world.count(OTTAWA, "lock") == locks + 1


async def test_who_loses_its_site_while_it_tells_how_a_plan_ended_leaves_that_to_others(in_service, monkeypatch):
    members, keep, refused = Late(), History.keep, asyncio.Event()

    def lost(store, sending):
        if sending.end:
            members.is_over = True
            refused.set()
            raise Lost("its lease is over")
        keep(store, sending)

    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        with monkeypatch.context() as patched:
            patched.setattr(History, "keep", lost)
            async with controlled(world, members=members) as it:
                await it.visit(OTTAWA)
                await asyncio.wait_for(refused.wait(), 60)
                with pytest.raises(AssertionError, match="it did not come to that"):
                    await until(lambda: not it.is_under_way(OTTAWA), seconds=0.3)
        async with controlled(world) as it:
            await until(lambda: not it.is_under_way(OTTAWA))
            assert it.store.history.sendings(OTTAWA)[0].end.text == "done"


@pytest.mark.parametrize(
    "asked",
    ids=lambda asked: asked[1],
    argvalues=[(Store, "open_window"), (Store, "close_window"), (Store, "record"), (History, "keep")],
)
async def test_a_database_that_is_away_for_a_while_fails_no_plan(in_service, monkeypatch, asked):
    ask, left = getattr(*asked), 2

    def away(*args):
        nonlocal left
        is_asked = not isinstance(args[1], Sending) or args[1].end
        left -= bool(is_asked)
        if is_asked and left >= 0:
            raise OperationalError("", None, Exception("the connection is lost"))
        return ask(*args)

    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        locks = world.count(OTTAWA, "lock")
        async with controlled(world) as it:
            await it.visit(OTTAWA)
            monkeypatch.setattr(*asked, away)
            await until(lambda: not it.is_under_way(OTTAWA))
            assert it.store.history.sendings(OTTAWA)[0].end.text == "done"
        assert (world.count(OTTAWA, "lock"), left) == (locks + 1, -1)


async def test_a_plan_of_a_site_that_is_slow_to_read_waits_in_no_other_site_s_way(in_service, monkeypatch):
    monkeypatch.setattr(workflows, "SLOW_S", -1.0)
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        async with controlled(world) as it:
            await it.visit(OTTAWA)
            assert len(await DBOS.list_workflows_async(queue_name=SLOW_QUEUE)) == 1
            await until(lambda: not it.is_under_way(OTTAWA))
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC


def an_order(site, *, waits_s):
    """One call, whose effect may take so long."""
    call = Call("PATCH", "/v1/idns", until=Until("/v1/idns", "state", ("done",), waits_s))
    stage = Stage(StageType.ONLINE, steps=(Step("dns", "", (), (call,)),))
    return Order(site, Plan(f"plan-of-{site}", site, (stage,)), Snapshot(site, {}))


async def test_sixty_sites_that_wait_for_others_keep_nobody_from_being_sent_to(in_service, monkeypatch):
    """More of them than may wait at a time, and many times more than there are workers."""
    released, begun = asyncio.Event(), []

    async def outcome(run):
        begun.append(run.order.site)
        if run.order.plan.waits_s >= LONG_S:
            await released.wait()
        return run.order.ended(Outcome(run.order.plan.id, Result.DONE))

    monkeypatch.setattr(durable.Run, "outcome", outcome)
    new = [f"new-{number:02}" for number in range(60)]
    async with in_service(OTTAWA) as (world, _), controlled(world) as it:
        visit = await it._fleet.visit(OTTAWA)
        for site in new:
            await it._sends(an_order(site, waits_s=LONG_S), visit, it._fleet.office)
        room = WAITS * WORKERS
        await until(lambda: len(begun) == room)
        assert len(await DBOS.list_workflows_async(queue_name=WAITING_QUEUE)) == len(new)
        await it._sends(an_order(OTTAWA, waits_s=60.0), visit, it._fleet.office)
        await until(lambda: OTTAWA in begun, seconds=5)
        assert len(begun) == room + 1
        released.set()
        await until(lambda: len(begun) == len(new) + 1)
        assert sorted(begun) == sorted([*new, OTTAWA])
