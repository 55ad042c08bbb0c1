"""A site goes dark under a real controller: with power it reads unlike without, and when it is back nothing is left of that."""

from __future__ import annotations

import asyncio
import time

import yaml

from reconciler.model.board import Trouble
from reconciler.model.dark import SitePower
from reconciler.model.words import State
from reconciler.simulator.interference import Connection
from reconciler.simulator.redfish import Bmc, serve_boards
from reconciler.simulator.site import Pace
from reconciler.store import verdicts_of
from tests.e2e.ottawa import OTTAWA
from tests.e2e.world import running
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller

HOST = "controller-0"
INSTALL = f"subclouds/{OTTAWA}/install-values.yaml"
CANARY = "Canary-of-a-board-5"


def reached_at(world, url):
    """As an operator says it in the endpoints file."""
    said = yaml.safe_load(world.endpoints.read_text())
    said["endpoints"][OTTAWA]["boards"] = {HOST: {"url": url}}
    world.endpoints.write_text(yaml.safe_dump(said))


def verdict(world):
    return next(iter(verdicts_of(world.state)), None)


def reads(world, power):
    known = verdict(world)
    return known is not None and known.state is State.UNREACHABLE and known.power is power


async def test_a_dark_site_is_told_with_the_power_of_its_hosts_until_it_is_back(in_service, tmp_path):
    secret = tmp_path / "board.password"
    secret.write_text(CANARY)
    secret.chmod(0o600)
    bmc = Bmc(HOST, username="stxr", password=CANARY)
    async with (
        in_service(OTTAWA, kind=running) as (world, clone),
        serve_boards({HOST: bmc}, Pace(time.monotonic)) as rack,
    ):
        reached_at(world, rack.url_of(HOST))
        install = (clone.folder / INSTALL).read_text()
        clone.commit({INSTALL: f'{install}bmc_password: {{secretRef: "file:{secret}"}}\n'})
        place = Place(world.root, world.endpoints, world.state, boards_s=0.05)
        async with controller(place, asyncio.Event()):
            await until(lambda: verdict(world) is not None and verdict(world).is_in_sync)
            assert rack.boards[HOST].requests == 0  # a site that answers needs no other witness

            world.site(OTTAWA).connect(Connection.RESET)
            await until(lambda: reads(world, SitePower.ON))
            bmc.lose_power()
            await until(lambda: reads(world, SitePower.OFF))
            rack.boards[HOST].interference.connection = Connection.RESET
            await until(lambda: reads(world, SitePower.UNKNOWN))
            [sight] = verdict(world).boards
            assert (sight.trouble, CANARY in sight.said) == (Trouble.BROKEN, False)

            world.site(OTTAWA).connect(Connection.UP)
            await until(lambda: verdict(world).is_in_sync)
            assert verdict(world).boards == ()
        left = [file for file in world.state.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]
        assert left == []
