"""A commit says what a host's own controller should be, under a real controller: a workflow locks, tells, and unlocks."""

from __future__ import annotations

import asyncio

from reconciler.model.board import Health
from reconciler.store import verdicts_of
from tests.e2e.ottawa import OTTAWA
from tests.e2e.world import running
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller

HOST, SETTINGS = "controller-0", f"subclouds/{OTTAWA}/site.yaml"
FACTS = f"hosts: {{{HOST}: {{board: {{bios: {{SriovGlobalEnable: Enabled}}}}}}}}\n"


def verdict(world):
    return next(iter(verdicts_of(world.state)), None)


def follows(world, commit):
    known = verdict(world)
    return known is not None and known.is_in_sync and known.commit == commit


async def test_a_setting_reaches_the_bios_by_a_workflow_and_an_ill_host_is_told(in_service):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        bmc = world.server.boards.room(OTTAWA)[HOST].bmc
        bmc.probes[2].health = "Critical"
        locks = world.count(OTTAWA, "lock")
        commit = clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + FACTS})
        place = Place(world.root, world.endpoints, world.state, boards_s=0.05)
        async with controller(place, asyncio.Event()):
            await until(lambda: follows(world, commit))
            assert (bmc.bios["SriovGlobalEnable"], bmc.pending) == ("Enabled", {})
            assert world.count(OTTAWA, "lock") == locks + 1
            [sight] = verdict(world).ailing
            assert (sight.host, sight.health) == (HOST, Health.CRITICAL)
