"""A second writer that sets a field back each time that we write it: the field is left to people, the rest goes on."""

from __future__ import annotations

from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.gate import GateName
from reconciler.model.words import Result, State
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN

DAY = 86_400.0
FIELD = "dns:servers"
SAYS = document("System", "ottawa", "  dnsServers: [192.0.2.53]\n  location: Hull")
MORE = document("System", "ottawa", "  dnsServers: [192.0.2.53]\n  location: Aylmer")
OTHER = document("System", "ottawa", "  dnsServers: [192.0.2.54]\n  location: Hull")


def sets_back(world):
    world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "203.0.113.9"})


def servers(world):
    return world.site(OTTAWA).rows("idns", {})[0]["nameservers"]


async def fought_over(world, clone):
    """Git's servers, written once for the commit and twice for what another writer made of them; and set back again."""
    clone.commit({OWN: SAYS})
    for _ in range(3):
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert servers(world) == "192.0.2.53"
        await world.clock.sleep(600)
        sets_back(world)


async def test_the_third_time_that_a_field_is_set_back_it_is_left_alone(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        sent = len(world.writes(OTTAWA))
        ended = await world.applied(OTTAWA, approved="")
        assert (ended.result, [hold.gate for hold in ended.holds]) == (Result.HELD, [GateName.FIGHTING])
        assert f"{FIELD} was set back each time that we wrote it, 3 times in" in ended.message
        assert "stxr accept" in ended.message
        assert world.writes(OTTAWA, sent) == []


async def test_what_nobody_fights_over_goes_on(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        clone.commit({OWN: MORE})
        ended = await world.applied(OTTAWA, approved="")
        assert [hold.gate for hold in ended.holds] == [GateName.FIGHTING]
        assert (servers(world), world.site(OTTAWA).rows("isystems", {})[0]["location"]) == ("203.0.113.9", "Aylmer")


async def test_another_value_in_git_is_another_matter(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        clone.commit({OWN: OTHER})
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert servers(world) == "192.0.2.54"


async def test_an_approval_sends_it_once_more(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        plan = (await world.judged(OTTAWA)).plan
        assert (await world.applied(OTTAWA, approved=plan.id)).is_done
        sets_back(world)
        assert (await world.applied(OTTAWA, approved="")).result is Result.HELD


async def test_it_is_tried_again_when_it_was_long_ago(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        await world.clock.sleep(DAY)
        assert (await world.applied(OTTAWA, approved="")).is_done


async def test_the_controller_says_since_when(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await fought_over(world, clone)
        async with world.fleet() as fleet:
            it = Controller(fleet, fleet.memory.store, Schedule(), Queue(world.clock, 1), lambda _: None)
            await it.visit(OTTAWA)
            held, began = it.verdicts[OTTAWA], world.clock.now()
            assert (held.state, held.reason) == (State.HELD, "fighting")
            assert held.holds[0].since == began
            await world.clock.sleep(600)
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].holds[0].since == began
