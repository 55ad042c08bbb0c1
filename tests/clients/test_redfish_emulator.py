"""The same client against sushy-tools' emulator: a Redfish service that others wrote, with its FAKE driver.

Its power takes 1 to 11 seconds of real time, so what is waited for is looked at again and again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import bcrypt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from reconciler.clients.redfish import BoardLimits, Boards
from reconciler.model.board import Board, BoardError, BoardPlace, Health, Part, Power, Trouble
from reconciler.model.board_orders import EjectMedia, InsertMedia, PowerOrder, SetBoot, SetPower, SetSecureBoot

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("emulator")]
PASSWORD = "Emulated-7-hush"
UUID = "7d1b42a6-0001-4b1c-9d5e-0123456789ab"
MAC = "02:00:00:00:0e:01"
CONFIG = """
SUSHY_EMULATOR_LISTEN_IP = "127.0.0.1"
SUSHY_EMULATOR_LISTEN_PORT = {port}
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_FEATURE_SET = "full"
SUSHY_EMULATOR_STATE_DIR = {state!r}
SUSHY_EMULATOR_AUTH_FILE = {auth!r}
SUSHY_EMULATOR_FAKE_SYSTEMS = [
    {{"uuid": "{uuid}", "name": "fake", "power_state": "Off", "nics": [{{"mac": "{mac}", "ip": "192.0.2.10"}}]}}
]
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its URL. State lies in a folder of the test: the emulator would remember the last run otherwise."""
    folder = tmp_path_factory.mktemp("emulator")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    auth = folder / "htpasswd"
    auth.write_text(f"root:{bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()}\n")
    config = folder / "emulator.conf"
    config.write_text(CONFIG.format(port=port, state=str(folder), auth=str(auth), uuid=UUID, mac=MAC))
    with (folder / "log").open("wb") as log:
        program = Path(sys.executable).with_name("sushy-emulator")
        process = subprocess.Popen([program, "--config", str(config)], stdout=log, stderr=log, cwd=folder)
    try:
        until_it_listens(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(10)


def until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
    pytest.fail(f"the emulator ended: {log.read_text()}")


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> Iterator[Boards]:
    monkeypatch.setenv("BMC_PASSWORD", PASSWORD)
    monkeypatch.setenv("WRONG_PASSWORD", "no")
    with Boards(limits=BoardLimits(connect_s=5, read_s=30, visit_s=60)) as opened:
        yield opened


@pytest.fixture
def place(emulator: str) -> BoardPlace:
    return BoardPlace("sc-1", "controller-0", emulator, "root", "env:BMC_PASSWORD")


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


async def test_a_stopped_emulator_is_slow_and_one_that_is_gone_is_dead(boards, place, emulator):
    hasty = BoardLimits(connect_s=1, read_s=1, visit_s=3)
    with socket.socket() as mute, Boards(limits=hasty) as others:
        mute.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        dead = BoardPlace("sc-1", "controller-0", url, "root", "env:BMC_PASSWORD")
        with pytest.raises(BoardError) as raised:
            await others.read(dead)
        assert raised.value.trouble is Trouble.DEAD
        mute.listen()
        with pytest.raises(BoardError) as raised:
            await others.read(dead)
        assert raised.value.trouble is Trouble.SLOW
