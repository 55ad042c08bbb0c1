"""Controllers of a served repository: who has one, whose power they tell, and what becomes of a site that has none."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

import reconciler
from reconciler.clients import load
from reconciler.clients.redfish import Boards
from reconciler.model.board import Board, BoardError, BoardPlace, Part, Power, Trouble
from reconciler.model.board_orders import PowerOrder, SetPower
from reconciler.simulator.interference import Connection
from reconciler.simulator.run import SimulateOptions, simulated
from reconciler.simulator.server import Server

SITES = Path(reconciler.__file__).parents[1] / "sites"
SITE, YARD, FIRST, SECOND = "ottawa-003", "yard-west", "controller-0", "controller-1"
LONG = 7200.0
MANAGED = """\
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata: {name: yard-server}
spec:
  boardManagement: {type: redfish, address: 10.30.0.99}
"""


class Rooms:
    """A served copy of `sites/`, asked as an operator would: by the endpoints file."""

    def __init__(self, server: Server, endpoints: Path, boards: Boards) -> None:
        self.server, self._endpoints, self._boards = server, endpoints, boards

    def place(self, site: str, host: str) -> BoardPlace:
        return load(self._endpoints)[site].reached(BoardPlace(site, host, "https://10.30.0.3", "", ""))

    async def read(self, site: str = SITE, host: str = FIRST, *parts: Part) -> Board:
        return await self._boards.read(self.place(site, host), parts)

    async def order(self, order: PowerOrder, site: str = SITE, host: str = FIRST) -> None:
        await self._boards.order(self.place(site, host), SetPower(order))
        self.server.boards.room(site)[host].advance(60.0)

    async def answers(self, site: str = SITE) -> bool:
        async with aiohttp.ClientSession() as session:
            try:
                async with session.get(f"{self.server.url}/{site}/platform/v1/") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

    def row(self, site: str = SITE, host: str = FIRST) -> dict[str, object]:
        return self.server.sites[site].system.host(host)


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    shutil.copytree(SITES, tmp_path / "repo")
    with (tmp_path / "repo/subclouds" / YARD / "deployment-config.yaml").open("a") as file:
        file.write(MANAGED)
    endpoints = tmp_path / "endpoints.yaml"
    options = SimulateOptions(repo=tmp_path / "repo", endpoints_out=endpoints, port=0)
    async with simulated(options) as server:
        with Boards(tmp_path) as boards:
            yield Rooms(server, endpoints, boards)


async def test_a_host_whose_address_git_says_has_a_controller_with_the_hosts_own_ports(rooms):
    board = await rooms.read(SITE, FIRST, Part.PORTS)
    reported = rooms.server.sites[SITE].system.tables.rows("ports")
    assert board.power is Power.ON
    assert {(port.id, port.mac) for port in board.ports} >= {(row["name"], row["mac"]) for row in reported}


async def test_every_host_that_a_profile_gives_one_has_one(rooms):
    assert set(rooms.server.boards.room(YARD)) == {FIRST, SECOND}


async def test_a_host_of_which_git_says_no_address_has_none(rooms):
    with pytest.raises(BoardError) as raised:
        await rooms.read(SITE, "worker-9")
    assert raised.value.trouble is Trouble.FOREIGN


async def test_nobody_is_let_in_without_the_password_of_the_endpoints_file(rooms, monkeypatch):
    monkeypatch.setenv("OTHER", "no")
    place = rooms.place(SITE, FIRST)
    wrong = BoardPlace(SITE, FIRST, place.url, place.username, "env:OTHER")
    with Boards() as boards, pytest.raises(BoardError) as raised:
        await boards.read(wrong)
    assert raised.value.trouble is Trouble.PASSWORD


async def test_the_link_to_a_site_is_not_its_controllers(rooms):
    rooms.server.sites[SITE].connect(Connection.RESET)
    assert not await rooms.answers()
    assert (await rooms.read()).power is Power.ON


async def test_a_site_that_lost_power_answers_nobody_and_its_controllers_say_so(rooms):
    rooms.server.sites[SITE].power(on=False)
    assert not await rooms.answers()
    assert (await rooms.read()).power is Power.OFF


async def test_with_power_the_site_answers_once_it_has_booted(rooms):
    site = rooms.server.sites[SITE]
    site.power(on=False)
    site.power(on=True)
    assert (await rooms.read()).power is Power.ON
    assert not await rooms.answers()
    site.advance(LONG)
    assert await rooms.answers()


async def test_a_host_in_service_that_is_switched_off_by_its_controller_comes_back_into_service(rooms):
    site = rooms.server.sites[SITE]
    site.change_rows("ihosts", {"hostname": FIRST}, {"administrative": "unlocked", "operational": "enabled"})
    await rooms.order(PowerOrder.FORCE_OFF)
    assert (rooms.row()["availability"], await rooms.answers()) == ("offline", False)
    await rooms.order(PowerOrder.ON)
    site.advance(LONG)
    assert (rooms.row()["operational"], rooms.row()["availability"]) == ("enabled", "available")
    assert site.counters()["hosts"][FIRST]["reboot"] == 1


async def test_one_host_of_two_without_power_leaves_the_site_answering(rooms):
    rooms.server.sites[YARD].power(on=False, host=SECOND)
    assert await rooms.answers(YARD)
    assert (await rooms.read(YARD, SECOND)).power is Power.OFF
    assert (await rooms.read(YARD, FIRST)).power is Power.ON


async def test_a_host_that_the_platform_switched_off_is_off_by_its_controller(rooms):
    rooms.server.sites[SITE].change_rows("ihosts", {"hostname": FIRST}, {"availability": "power-off"})
    assert (await rooms.read()).power is Power.OFF


async def test_power_is_switched_over_the_control_api(rooms):
    async with aiohttp.ClientSession() as session:
        url = f"{rooms.server.url}/control/v1/sites/{SITE}/power"
        async with session.put(url, json={"on": False}) as answer:
            assert await answer.json() == {"off": [FIRST]}
    assert not await rooms.answers()
