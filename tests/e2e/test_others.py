"""People who lock, unlock and change things, a store that is lost, drift, and sites beside one that is dark."""

from __future__ import annotations

import asyncio
import shutil

from reconciler.clients.http import Limits
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.gate import GateName
from reconciler.model.words import Cause, Result
from reconciler.simulator.interference import Connection
from tests.desired.writing import document
from tests.e2e.ottawa import (
    LABELLED,
    LOCKED,
    ONE_MORE,
    ONLINE,
    OTTAWA,
    OWN,
    PATIENCE_S,
    SETTINGS,
    TWO_STEPS,
    by_hand,
    state,
)


async def test_a_host_that_a_person_locked_stays_locked_and_says_so(in_service):
    async with in_service(OTTAWA) as (world, clone):
        by_hand(world, "lock")
        clone.commit({OWN: TWO_STEPS})
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.HELD
        assert (world.count(OTTAWA, "unlock"), state(world)) == (1, "locked-disabled")

        async with world.fleet() as fleet:
            it = Controller(fleet, fleet.memory.store, Schedule(), Queue(world.clock, 1), lambda _: None)
            await it.visit(OTTAWA)
            [hold] = it.verdicts[OTTAWA].holds
            assert (hold.gate, hold.since) == (GateName.OTHER_WRITER, world.clock.now())
            assert hold.reason.startswith("locked-by-operator: controller-0 is locked-disabled-online")

        blocked = {b.reason.split(":")[0] for b in (await world.judged(OTTAWA)).plan.blocked}
        assert blocked == {"locked-by-operator"}
        by_hand(world, "unlock")
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_without_our_store_a_window_of_ours_is_not_known_as_ours(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LABELLED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        shutil.rmtree(world.state)

        assert (await world.applied(OTTAWA)).result is Result.HELD
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "locked-disabled")
        by_hand(world, "unlock")
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_without_our_store_only_what_git_says_now_is_written(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        assert (await world.applied(OTTAWA)).is_done
        shutil.rmtree(world.state)

        clone.commit({OWN: ONLINE})  # and `backhaul` is gone from it
        sent = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert {w.method for w in world.writes(OTTAWA, sent)} == {"PATCH"}
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (0, 1)
        assert len(world.site(OTTAWA).rows("datanetworks", {"name": "backhaul"})) == 1
        assert await world.is_in_sync(OTTAWA)


async def test_a_person_who_writes_before_our_window_keeps_the_host_from_being_locked(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", "ottawa", "  location: Hull") + "---\n" + TWO_STEPS})
        mtu = {"imtu": 4000}
        world.at(OTTAWA, "isystems", lambda: world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, mtu))
        ended = await world.applied(OTTAWA)
        assert (ended.result, ended.open_windows) == (Result.CONFLICT, ())
        assert world.count(OTTAWA, "lock") == 0


async def test_a_person_who_writes_into_our_window_is_not_overwritten(in_service):
    """The field is neither as it was planned for, nor as Git wants it: the window is closed, and planned afresh."""
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        mtu = {"imtu": 4000}
        world.at(OTTAWA, LOCKED, lambda: world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, mtu))
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.CONFLICT
        assert "data0" in ended.message or "ens1f0" in ended.message
        assert (state(world), world.windows(OTTAWA)) == ("unlocked-enabled", frozenset())
        assert world.site(OTTAWA).rows("iinterfaces", {"ifname": "data0"})[0]["imtu"] == 4000

        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_a_host_that_a_person_locks_before_us_is_left_to_that_person(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", "ottawa", "  location: Hull") + "---\n" + TWO_STEPS})
        world.at(OTTAWA, "PATCH /v1/isystems", lambda: by_hand(world, "lock"))
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.HELD
        assert "locked-by-operator" in ended.message
        assert (world.count(OTTAWA, "unlock"), state(world)) == (1, "locked-disabled")
        assert world.windows(OTTAWA) == frozenset()


async def test_a_person_who_unlocks_our_window_is_not_locked_out_again(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LABELLED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        by_hand(world, "unlock")
        assert await world.is_in_sync(OTTAWA)
        assert (await world.applied(OTTAWA)).result is Result.IN_SYNC
        assert (world.count(OTTAWA, "lock"), world.windows(OTTAWA)) == (1, frozenset())


async def test_what_git_no_longer_says_is_let_go_of_and_stays_where_nothing_is_pruned(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        assert (await world.applied(OTTAWA)).is_done
        sent = len(world.writes(OTTAWA))
        settings = (clone.folder / SETTINGS).read_text() + "prune: {default: never}\n"
        clone.commit({OWN: ONE_MORE.replace("backhaul", "other"), SETTINGS: settings})
        assert (await world.applied(OTTAWA)).is_done
        assert [(w.method, w.path) for w in world.writes(OTTAWA, sent)] == [("POST", "/v1/datanetworks")]
        assert len(world.site(OTTAWA).rows("datanetworks", {"name": "backhaul"})) == 1


async def test_drift_that_nothing_has_to_be_locked_for_is_healed(in_service):
    async with in_service(OTTAWA) as (world, _clone):
        world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        judged = await world.judged(OTTAWA)
        assert [(c.key.kind, c.cause) for c in judged.found.changes] == [("dns", Cause.DRIFTED)]
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert world.count(OTTAWA, "lock") == 0
        assert await world.is_in_sync(OTTAWA)


async def test_drift_that_a_host_has_to_be_locked_for_waits_for_an_approval(in_service):
    async with in_service(OTTAWA) as (world, _clone):
        world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, {"imtu": 9000})
        assert [c.cause for c in (await world.judged(OTTAWA)).found.changes] == [Cause.DRIFTED]
        held = await world.applied(OTTAWA, approved="")
        assert (held.result, world.count(OTTAWA, "lock")) == (Result.HELD, 0)

        assert (await world.applied(OTTAWA, approved=held.plan_id)).is_done
        assert world.count(OTTAWA, "lock") == 1
        assert await world.is_in_sync(OTTAWA)


async def test_a_site_that_is_only_observed_is_not_written_to(git, opened):
    clone = git(OTTAWA)
    text = (clone.folder / SETTINGS).read_text()
    clone.commit({SETTINGS: text + "mode: observe\n"})
    async with opened(clone) as world:
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.PLANNED
        assert world.writes(OTTAWA) == []


async def test_a_site_that_says_nothing_keeps_no_other_waiting(in_service):
    others = [f"ottawa-00{number}" for number in range(2, 7)]
    shared = "profiles/common/deployment-config.yaml"
    async with in_service(OTTAWA, *others) as (world, clone):
        clone.commit({shared: (clone.folder / shared).read_text().replace("noc@", "ops@")})
        world.site(OTTAWA).connect(Connection.SILENT)
        names = dict.fromkeys((OTTAWA, *others), "*")
        ended = {}
        world.limits = Limits(read_s=2 * PATIENCE_S)
        async with asyncio.timeout(PATIENCE_S), world.fleet() as fleet:
            async for result in fleet.apply_all(names, names):
                ended[result.site] = result.outcome and result.outcome.result
                if len(ended) == len(others):
                    break  # the silent one is still waiting for its first answer
        assert ended == dict.fromkeys(others, Result.DONE)
