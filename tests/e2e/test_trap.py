"""The apply trap: a value that is stored and reaches no host is unverified, and mended by setting it back and again."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.judgement import state_of
from reconciler.model.outcome import Outcome, StepResult
from reconciler.model.words import Result, State
from reconciler.simulator.interference import Rule, Trouble
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN
from tests.e2e.test_windows import YARD, own

NAMES = "  dnsServers: [10.0.0.53, 10.0.2.53]"
TIMES = "  ntpServers: [2.pool.ntp.org]"


def targets(world, name=OTTAWA):
    return {row["config_target"] for row in world.site(name).rows("ihosts", {})}


def sent(world, collection, since, name=OTTAWA):
    """What was set there, in order."""
    writes = [w for w in world.writes(name, since) if f"/{collection}/" in w.path]
    return [w.body.split('"value":"')[1].split('"')[0] for w in writes]


async def test_a_setting_that_is_stored_and_reaches_no_host_is_set_back_and_set_again(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", OTTAWA, NAMES)})
        world.site(OTTAWA).interference.rules.append(Rule(Trouble.STORED, "PATCH", ".*/idns/.*"))
        began, before = len(world.writes(OTTAWA)), targets(world)
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.DONE
        assert [e.result for e in ended.entries if e.kind == "dns"] == [
            StepResult.UNVERIFIED,
            StepResult.DONE,
            StepResult.DONE,
        ]
        wanted, old = "10.0.0.53,10.0.2.53", "10.0.0.53,10.0.1.53"
        assert sent(world, "idns", began) == [wanted, old, wanted]
        assert targets(world) != before
        assert await world.is_in_sync(OTTAWA)


async def test_it_is_mended_though_the_process_ended_before_it_could_know(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", OTTAWA, NAMES)})
        world.site(OTTAWA).interference.rules.append(Rule(Trouble.STORED, "PATCH", ".*/idns/.*"))
        began, before = len(world.writes(OTTAWA)), targets(world)
        run = asyncio.create_task(world.applied(OTTAWA))
        world.at(OTTAWA, "PATCH /v1/idns", run.cancel)
        with pytest.raises(asyncio.CancelledError):
            await run
        judged = await world.judged(OTTAWA)
        assert targets(world) == before
        assert state_of(judged.found, judged.plan, Outcome("", Result.PLANNED)) is State.UNVERIFIED
        assert (await world.applied(OTTAWA)).is_done
        assert len(sent(world, "idns", began)) == 3
        assert targets(world) != before
        assert await world.is_in_sync(OTTAWA)


async def test_a_setting_that_needs_a_lock_of_both_controllers_is_mended_with_one_lock_of_each(in_service):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): document("System", YARD, TIMES)})
        world.site(YARD).interference.rules.append(Rule(Trouble.STORED, "PATCH", ".*/intp/.*"))
        ended = await world.applied(YARD)
        assert ended.result is Result.CONFLICT
        assert "no host knows of it; planned afresh, before hosts are locked for it" in ended.message
        assert (await world.applied(YARD)).is_done
        assert [world.count(YARD, "lock", host) for host in ("controller-0", "controller-1")] == [1, 1]
        assert await world.is_in_sync(YARD)


async def test_what_people_have_set_since_is_not_set_again(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", OTTAWA, NAMES)})
        world.site(OTTAWA).interference.rules.append(Rule(Trouble.STORED, "PATCH", ".*/idns/.*"))
        run = asyncio.create_task(world.applied(OTTAWA))
        world.at(OTTAWA, "PATCH /v1/idns", run.cancel)
        with pytest.raises(asyncio.CancelledError):
            await run
        world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "10.0.9.53"})
        began = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert sent(world, "idns", began) == ["10.0.0.53,10.0.2.53"]
        assert await world.is_in_sync(OTTAWA)
