"""The same client against sushy-tools' emulator: a Redfish service that others wrote, with its FAKE driver.

Its power takes 1 to 11 seconds of real time, so what is waited for is looked at again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from reconciler.clients.redfish import BoardLimits, Boards
from reconciler.model.board import Board, BoardError, BoardPlace, Health, Part, Power, Trouble
from reconciler.model.board_orders import EjectMedia, InsertMedia, PowerOrder, SetBoot, SetPower, SetSecureBoot
from tests.clients.emulating import MAC, PASSWORD, Emulator, emulating

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulator")]
HASTY = BoardLimits(connect_s=1, read_s=1, visit_s=3)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulating(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> Iterator[Boards]:
    monkeypatch.setenv("BMC_PASSWORD", PASSWORD)
    monkeypatch.setenv("WRONG_PASSWORD", "no")
    with Boards(limits=BoardLimits(connect_s=5, read_s=30, visit_s=60)) as opened:
        yield opened


@pytest.fixture
def place(emulator: Emulator) -> BoardPlace:
    return BoardPlace("sc-1", "controller-0", emulator.url, "root", "env:BMC_PASSWORD")


async def until(read: Callable[[], Awaitable[Board]], power: Power) -> None:
    """The timeout of the test ends it."""
    while (await read()).power is not power:  # noqa: ASYNC110 - only looking shows it
        await asyncio.sleep(0.2)


async def test_power_goes_on_and_off(boards, place):
    await boards.order(place, SetPower(PowerOrder.ON))
    await until(lambda: boards.read(place), Power.ON)
    await boards.order(place, SetPower(PowerOrder.FORCE_OFF))
    await until(lambda: boards.read(place), Power.OFF)


async def test_it_is_well_and_says_its_ports_and_sensors(boards, place):
    board = await boards.read(place, [Part.PORTS, Part.SENSORS, Part.SECURE_BOOT])
    assert board.health is Health.OK
    assert [port.mac for port in board.ports] == [MAC]
    assert {sensor.kind for sensor in board.sensors} == {"temperature", "fan"}
    assert board.secure_boot is False


async def test_the_boot_device_is_set(boards, place):
    await boards.order(place, SetBoot("Cd"))
    assert (await boards.read(place)).boot.target == "Cd"
    await boards.order(place, SetBoot("Hdd", once=False))
    boot = (await boards.read(place)).boot
    assert (boot.target, boot.enabled) == ("Hdd", "continuous")


async def test_secure_boot_is_switched(boards, place):
    await boards.order(place, SetSecureBoot(enabled=True))
    assert (await boards.read(place, [Part.SECURE_BOOT])).secure_boot is True
    await boards.order(place, SetSecureBoot(enabled=False))


async def test_an_image_is_fetched_inserted_and_ejected(boards, place):
    async def image(_request: web.Request) -> web.Response:
        return web.Response(body=b"an image" * 64, content_type="application/octet-stream")

    application = web.Application()
    application.router.add_get("/boot.iso", image)
    async with TestServer(application) as shop:
        await boards.order(place, InsertMedia(str(shop.make_url("/boot.iso"))))
        [drive] = [each for each in (await boards.read(place, [Part.MEDIA])).media if each.is_inserted]
        assert "CD" in drive.types
        await boards.order(place, EjectMedia())
        assert not any(each.is_inserted for each in (await boards.read(place, [Part.MEDIA])).media)


async def test_an_image_that_nobody_serves_is_told_in_its_words(boards, place):
    with pytest.raises(BoardError) as raised:
        await boards.order(place, InsertMedia("http://127.0.0.1:9/boot.iso"))
    assert raised.value.trouble in {Trouble.FAILING, Trouble.REFUSED}


async def test_a_wrong_password_is_told_as_one(boards, place):
    with pytest.raises(BoardError) as raised:
        await boards.read(BoardPlace("sc-1", "controller-0", place.url, "root", "env:WRONG_PASSWORD"))
    assert raised.value.trouble is Trouble.PASSWORD


async def test_bios_and_firmware_that_it_does_not_have_are_no_errors(boards, place):
    board = await boards.read(place, [Part.BIOS, Part.FIRMWARE])
    assert (board.bios, board.firmware) == (None, None)


async def trouble_of(place):
    with Boards(limits=HASTY) as hasty, pytest.raises(BoardError) as raised:
        await hasty.read(place)
    assert PASSWORD not in str(raised.value)
    return raised.value.trouble


async def test_one_that_hangs_is_slow_and_answers_once_it_goes_on(boards, place, emulator):
    with emulator.hanging():
        assert await trouble_of(place) is Trouble.SLOW
    assert (await boards.read(place)).health is Health.OK


async def test_one_that_is_gone_is_dead(boards, tmp_path):
    with emulating(tmp_path) as other:
        place = BoardPlace("sc-1", "controller-0", other.url, "root", "env:BMC_PASSWORD")
        assert (await boards.read(place)).health is Health.OK
        other.end()
        assert await trouble_of(place) is Trouble.DEAD
