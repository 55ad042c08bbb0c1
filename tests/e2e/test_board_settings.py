"""What site.yaml says of a host's controller: compared, told while its host is locked, in force once it has booted."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from reconciler.engine.board_service import READ_S
from reconciler.model.words import Cause, Disruption, Result
from reconciler.simulator.interference import Connection, Rule, Trouble
from tests.e2e.ottawa import OTTAWA

HOST, SETTINGS = "controller-0", f"subclouds/{OTTAWA}/site.yaml"
BIOS = "bios: {SriovGlobalEnable: Enabled}"
ALL = f'{BIOS}, bootOrder: [Hard drive 1], secureBoot: true, firmware: {{BIOS: "2.19.1"}}'


class Board:
    """A site in service, and the controller of its host."""

    def __init__(self, world, clone):
        self.world, self.clone = world, clone
        self.before = (clone.folder / SETTINGS).read_text()

    @property
    def standing(self):
        return self.world.server.boards.room(OTTAWA)[HOST]

    @property
    def bmc(self):
        return self.standing.bmc

    def say(self, facts: str) -> None:
        self.clone.commit({SETTINGS: f"{self.before}hosts: {{{HOST}: {{board: {{{facts}}}}}}}\n"})

    async def applied(self, result: Result = Result.DONE):
        outcome = await self.world.applied(OTTAWA)
        assert outcome.result is result, outcome.message
        return outcome


@pytest.fixture
def board(in_service):
    @asynccontextmanager
    async def board():
        async with in_service(OTTAWA) as (world, clone):
            yield Board(world, clone)

    return board


async def test_where_git_says_nothing_of_it_no_controller_is_asked(board):
    async with board() as one:
        assert await one.world.is_in_sync(OTTAWA)
        assert one.standing.requests == 0


async def test_settings_are_told_in_one_window_and_in_force_after_its_boot(board):
    async with board() as one:
        one.say(ALL)
        planned = (await one.world.judged(OTTAWA)).plan
        assert (planned.locked_hosts, planned.disruption) == ((HOST,), Disruption.REBOOT)
        before = one.world.count(OTTAWA, "lock")
        await one.applied()
        assert one.world.count(OTTAWA, "lock") == before + 1
        assert await one.world.is_in_sync(OTTAWA)
        assert (one.bmc.bios["SriovGlobalEnable"], one.bmc.pending) == ("Enabled", {})
        assert (one.bmc.secure_boot, one.bmc.boot_order) == (True, ["Boot0001", "Boot0000"])
        assert one.bmc.sessions == {}


async def test_what_only_waits_for_a_reset_is_not_in_sync_yet(board):
    async with board() as one:
        one.bmc.pending["SriovGlobalEnable"] = "Enabled"
        one.say(BIOS)
        [change] = (await one.world.judged(OTTAWA)).found.changes
        assert (str(change.key), change.fields[0].observed) == (f"{HOST}/bios-attribute/SriovGlobalEnable", "Disabled")


async def test_what_somebody_sets_by_hand_is_drift_once_it_is_looked_at(board):
    async with board() as one:
        one.say(BIOS)
        await one.applied()
        one.bmc.bios["SriovGlobalEnable"] = "Disabled"
        [change] = (await one.world.judged(OTTAWA)).found.changes
        assert change.cause is Cause.DRIFTED


async def test_firmware_is_compared_and_nobody_installs_any(board):
    async with board() as one:
        one.say('firmware: {BIOS: "2.20.0"}')
        judged = await one.world.judged(OTTAWA)
        assert judged.plan.is_empty
        [blocked] = judged.plan.blocked
        assert "bring controller-0 to 2.20.0 with its maker's tool" in blocked.reason


async def test_an_attribute_that_the_controller_does_not_have_locks_nothing(board):
    async with board() as one:
        one.say("bios: {NoSuchThing: Enabled}")
        judged = await one.world.judged(OTTAWA)
        assert judged.plan.is_empty
        assert "has no BIOS attribute NoSuchThing" in judged.plan.blocked[0].reason


async def test_a_controller_that_does_not_answer_is_not_judged_and_the_rest_of_the_site_is(board):
    async with board() as one:
        one.say(BIOS)
        one.standing.interference.connection = Connection.RESET
        judged = await one.world.judged(OTTAWA)
        assert [str(key) for key in judged.found.unjudged] == [f"{HOST}/bios-attribute/SriovGlobalEnable"]
        assert judged.plan.is_empty
        assert any("is broken" in each.reason for each in judged.observed.unread)


async def test_one_that_says_no_inside_the_window_leaves_no_host_locked(board):
    async with board() as one:
        one.say(BIOS)
        refusal = Rule(Trouble.REFUSE, method="PATCH", path=".*/Bios/Settings", count=None, status=400, text="{}")
        one.standing.interference.rules.append(refusal)
        await one.applied(Result.FAILED)
        assert one.world.host(OTTAWA)["administrative"] == "unlocked"
        assert one.world.windows(OTTAWA) == frozenset()


async def test_one_that_dies_inside_the_window_leaves_no_host_locked(board):
    async with board() as one:
        one.say(BIOS)

        def dies():
            one.standing.interference.connection = Connection.RESET

        one.world.at(OTTAWA, "PATCH .*lock", dies)
        await one.applied(Result.FAILED)
        assert one.world.host(OTTAWA)["administrative"] == "unlocked"
        one.standing.interference.connection = Connection.UP
        await one.applied()
        assert one.bmc.bios["SriovGlobalEnable"] == "Enabled"


async def test_it_is_not_asked_at_every_look_of_a_controller_that_stays(board):
    async with board() as one:
        one.say(BIOS)
        await one.applied()
        async with one.world.fleet() as fleet:
            await fleet.judged_beside(OTTAWA)
            asked = one.standing.requests
            await fleet.judged_beside(OTTAWA)
            assert one.standing.requests == asked
            await one.world.clock.sleep(READ_S)
            await fleet.judged_beside(OTTAWA)
            assert one.standing.requests > asked


async def test_a_host_that_is_not_well_is_told_by_the_same_reading(board):
    async with board() as one:
        one.bmc.probes[2].health = "Critical"
        one.say(BIOS)
        async with one.world.fleet() as fleet:
            visit = await fleet.visit(OTTAWA)
            await visit.remote.observe()
            [sight] = visit.remote.ailing()
        assert sight.in_words == f"{HOST}: health critical: Fan1 5400 RPM, critical"
