"""A host that is to be installed anew waits for its controller: each thing that is wrong there is told, and mended it goes on."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from reconciler.model.plan import Plan
from reconciler.model.words import Result
from reconciler.simulator.interference import Connection
from reconciler.simulator.redfish.host import Drive
from tests.desired.writing import document
from tests.e2e.ottawa import by_hand
from tests.e2e.test_bounds import own
from tests.e2e.test_host_life import NEW_MAC, PLANT, machine

HOST, CANARY = "worker-1", "Canary-of-a-board-8"
SETTINGS = f"subclouds/{PLANT}/site.yaml"
SECRETS = "secrets: {bmc: {username: root, secretRef: env:PLANT_BMC}}\n"
MANAGED = document(
    "Host",
    HOST,
    f'  overrides:\n    bootMAC: "{NEW_MAC}"\n'
    "    boardManagement: {type: redfish, address: 10.30.0.77, credentials: {password: {secret: bmc}}}",
)


class Replacement:
    """A worker whose machine Git replaces, locked already, with its controller."""

    def __init__(self, world, clone):
        self.world, self.clone = world, clone

    @property
    def standing(self):
        return self.world.server.boards.room(PLANT)[HOST]

    async def plan(self) -> Plan:
        return (await self.world.judged(PLANT)).plan

    async def applied(self):
        """An apply of somebody who approved this very plan."""
        return await self.world.applied(PLANT, approved=(await self.plan()).id)

    async def held(self) -> str:
        """Why it was held; nothing was sent."""
        before = len(self.world.writes(PLANT))
        outcome = await self.applied()
        assert (outcome.result, self.world.writes(PLANT, before)) == (Result.HELD, [])
        assert [str(hold.gate) for hold in outcome.holds] == ["board"]
        return outcome.holds[0].reason


@pytest.fixture
def replacing(in_service, monkeypatch):
    @asynccontextmanager
    async def replacing():
        monkeypatch.setenv("PLANT_BMC", CANARY)
        async with in_service(PLANT) as (world, clone):
            world.site(PLANT).bring(machine(), is_on=False)
            by_hand(world, "lock", HOST, PLANT)
            clone.commit({own(PLANT): MANAGED, SETTINGS: (clone.folder / SETTINGS).read_text() + SECRETS})
            yield Replacement(world, clone)

    return replacing


def no_media(standing):
    standing.bmc.drives = {"Floppy": Drive(("Floppy",))}


def another_machine(standing):
    standing.bmc.ports = {"NIC.1": "02:00:00:00:00:99"}


def unreachable(standing):
    standing.interference.connection = Connection.RESET


def other_password(standing):
    standing.bmc.password = CANARY


def switched_by_somebody(standing):
    standing.bmc.power = "PoweringOff"


WRONG = {
    no_media: "no-virtual-media: its controller has no virtual CD or DVD (it has Floppy (Floppy))",
    another_machine: f"other-machine: Git says that it boots by {NEW_MAC}",
    unreachable: "broken: plant-1 worker-1: its controller",
    other_password: "wrong-password: plant-1 worker-1: its controller",
    switched_by_somebody: "power-changing: its host is powering-off already",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_with_its_controller_holds_the_reinstall_and_is_told(replacing, wrong):
    async with replacing() as replacement:
        wrong(replacement.standing)
        reason = await replacement.held()
        assert f"not to be installed: {HOST} {WRONG[wrong]}" in reason
        assert CANARY not in reason


async def test_it_goes_on_once_all_is_well(replacing):
    async with replacing() as replacement:
        drives = replacement.standing.bmc.drives
        no_media(replacement.standing)
        another_machine(replacement.standing)
        reason = await replacement.held()
        assert "no-virtual-media" in reason
        assert "other-machine" in reason
        replacement.standing.bmc.drives = drives
        replacement.standing.bmc.ports = {"NIC.1": NEW_MAC}
        await replacement.applied()
        assert "POST /v1/ihosts" in [f"{w.method} {w.path}" for w in replacement.world.writes(PLANT)]
