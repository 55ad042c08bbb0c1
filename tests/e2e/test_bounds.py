"""What holds between sites: hosts out of service at a time, and a breaker where one site after another fails."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

from reconciler.engine.bounds import Bounds
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.words import State
from reconciler.simulator.interference import Rule, Trouble
from tests.e2e.ottawa import ONLINE, TWO_STEPS

ONE, TWO, THREE = SITES = ("ottawa-001", "ottawa-002", "ottawa-003")
REFUSED = Rule(Trouble.REFUSE, method="POST|PATCH|PUT", path="/platform/.*", count=None, status=400, text="not today")


def own(name):
    return f"subclouds/{name}/deployment-config.yaml"


@asynccontextmanager
async def bounded(world, clone, more, turns=None, boards=None):
    """A controller over the world's sites, with these lines in fleet.yaml. turns: in which order they may go.

    boards: who asks the controllers of hosts that are to be reinstalled.
    """
    fleet_file = clone.folder / "fleet.yaml"
    if more not in fleet_file.read_text():
        clone.commit({"fleet.yaml": fleet_file.read_text() + more})
    async with world.fleet() as fleet:
        known = []
        store, office = fleet.memory.store, fleet.office
        bounds = Bounds(
            store.bounds,
            office.repository,
            world.clock,
            opened=store.opened,
            hosts=lambda group: known[0].hosts(group),  # noqa: PLW0108 - made after it
            under_way=lambda: known[0].under_way,
        )
        bounds.read()
        fleet.office = replace(office, bounds=bounds, turns=turns or office.turns, boards=boards or office.boards)
        known.append(Controller(fleet, store, Schedule(), Queue(world.clock, 3), lambda _: None))
        yield known[0]


async def test_no_more_hosts_are_locked_at_a_time_than_the_fleet_allows(in_service):
    async with in_service(ONE, TWO) as (world, clone):
        clone.commit({own(ONE): TWO_STEPS, own(TWO): TWO_STEPS})
        locks = {site: world.count(site, "lock") for site in (ONE, TWO)}
        async with bounded(world, clone, "maxUnavailable: 1\n") as it:
            await asyncio.gather(it.visit(ONE), it.visit(TWO))
            held = [v for v in it.verdicts.values() if v.state is State.HELD]
            assert [(v.reason, v.holds[0].reason) for v in held] == [
                ("budget", "1 hosts of the fleet are out of service already, of 1 at a time")
            ]
            assert held[0].holds[0].since is not None
            assert it.store.bounds.claims() == {}
            await it.visit(held[0].site)
            assert {site: world.count(site, "lock") - n for site, n in locks.items()} == {ONE: 1, TWO: 1}


async def test_what_nobody_notices_needs_no_room(in_service):
    async with in_service(ONE, TWO) as (world, clone):
        clone.commit({own(ONE): ONLINE})
        async with bounded(world, clone, "maxUnavailable: 1\n") as it:
            it.store.open_window(TWO, "controller-0", "a plan that left it locked")
            await it.visit(ONE)
            await it.visit(ONE)
            assert it.verdicts[ONE].state is State.IN_SYNC


async def test_after_so_many_failures_nothing_is_begun_until_somebody_says_so(in_service):
    async with in_service(*SITES) as (world, clone):
        clone.commit({own(site): ONLINE for site in SITES})
        for site in (ONE, TWO):
            world.site(site).interference.rules.append(replace(REFUSED))
        async with bounded(world, clone, "breaker: {failures: 2, retryAfter: 30m}\n") as it:
            for site in SITES:
                await it.visit(site)
            states = [it.verdicts[site].state for site in SITES]
            assert states == [State.FAILED, State.FAILED, State.HELD]
            held = it.verdicts[THREE]
            assert held.reason == "breaker"
            assert f"2 sites failed one after another, the last of them {ONE}, {TWO}" in held.message
            assert held.holds[0].until is not None

            assert it.store.bounds.close_all("night-shift", "mended") == ["", "ran"]
            await it.visit(THREE)
            await it.visit(THREE)
            assert it.verdicts[THREE].state is State.IN_SYNC


async def test_one_site_is_tried_after_a_while_and_the_others_follow_if_it_is_well(in_service):
    async with in_service(*SITES) as (world, clone):
        clone.commit({own(site): ONLINE for site in SITES})
        for site in (ONE, TWO):
            world.site(site).interference.rules.append(replace(REFUSED))
        async with bounded(world, clone, "breaker: {failures: 2, retryAfter: 30m}\n") as it:
            for site in SITES:
                await it.visit(site)
            for site in (ONE, TWO):
                world.site(site).interference.rules.clear()
            await it.visit(ONE)
            assert it.verdicts[ONE].reason == "breaker"
            await world.clock.sleep(1_800)
            await it.visit(THREE)
            assert not it.store.bounds.breakers()[""].is_open
            for site in (ONE, TWO):
                await it.visit(site)
                await it.visit(site)
            assert {it.verdicts[site].state for site in (ONE, TWO)} == {State.IN_SYNC}
