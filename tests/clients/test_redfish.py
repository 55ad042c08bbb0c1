"""Controllers as we speak to them, against simulated ones: what is read, what is ordered, and each way to fail."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from reconciler.clients.redfish import BoardLimits, Boards
from reconciler.model.board import Board, BoardError, BoardPlace, Health, Part, Power, Trouble
from reconciler.model.board_orders import (
    EjectMedia,
    InsertMedia,
    PowerOrder,
    SetBios,
    SetBoot,
    SetBootOrder,
    SetPower,
    SetSecureBoot,
    TaskState,
    UpdateFirmware,
)
from reconciler.model.errors import ConfigError
from reconciler.simulator.interference import Connection, Rule
from reconciler.simulator.interference import Trouble as Meddling
from reconciler.simulator.redfish import Bmc, Probe, serve_boards
from reconciler.simulator.redfish.shell import Rack, Standing
from reconciler.simulator.site import Pace

PASSWORD = "Calvin-9-hush"
IMAGE = "http://192.0.2.9/bios-2.20.exe"
QUICK = BoardLimits(connect_s=2.0, read_s=1.0, visit_s=2.0, at_once=4)
HOST = "h"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BMC_PASSWORD", PASSWORD)
    monkeypatch.setenv("WRONG_PASSWORD", "not-" + PASSWORD)


@pytest.fixture
async def rack() -> AsyncIterator[Rack]:
    bmc = Bmc(
        HOST,
        password=PASSWORD,
        ports={"NIC.1": "02:00:00:00:00:0a"},
        images={IMAGE: ("BIOS", "2.20.0")},
    )
    async with serve_boards({HOST: bmc}, Pace(lambda: 0.0)) as served:
        yield served


@pytest.fixture
def boards() -> AsyncIterator[Boards]:
    with Boards(limits=QUICK) as opened:
        yield opened


def at(url: str, **other: str) -> BoardPlace:
    return BoardPlace("sc-1", "controller-0", url, "root", other.pop("password", "env:BMC_PASSWORD"), **other)


@pytest.fixture
def place(rack: Rack) -> BoardPlace:
    return at(rack.url_of(HOST))


@pytest.fixture
def standing(rack: Rack) -> Standing:
    return rack.boards[HOST]


async def trouble_of(boards: Boards, place: BoardPlace) -> BoardError:
    with pytest.raises(BoardError) as raised:
        await boards.read(place)
    told = str(raised.value)
    assert PASSWORD not in told
    assert "sc-1 controller-0" in told
    return raised.value


# ---- who we are


async def test_git_may_not_name_what_lets_the_program_itself_in(boards, place, monkeypatch):
    monkeypatch.setenv("STXR_API_TOKEN", PASSWORD)
    with pytest.raises(ConfigError, match="this program's own"):
        await boards.read(replace(place, password="env:STXR_API_TOKEN", in_git=True))


async def test_a_password_in_a_file_of_the_repository_is_read_of_the_commit(place):
    known = {"sops:boards.enc.json#sc-1": SecretStr(PASSWORD)}
    with Boards(limits=QUICK, reveal=known.__getitem__) as boards:
        board = await boards.read(replace(place, password="sops:boards.enc.json#sc-1", in_git=True))
    assert board.power is Power.ON


async def test_a_password_that_was_changed_where_it_is_kept_is_tried_at_once(place, standing):
    given = iter(["before", PASSWORD])
    with Boards(limits=QUICK, reveal=lambda _: SecretStr(next(given))) as boards:
        board = await boards.read(replace(place, in_git=True))
    assert board.power is Power.ON


# ---- reading


async def test_power_and_health_cost_five_requests_and_leave_no_session(boards, place, standing):
    standing.bmc.health = "Warning"
    board = await boards.read(place)
    assert (board.power, board.health, board.model) == (Power.ON, Health.WARNING, "Simulated Edge 1")
    assert standing.requests <= 6
    assert standing.bmc.sessions == {}


async def test_parts_that_were_not_asked_for_are_not_read(boards, place):
    board = await boards.read(place)
    assert (board.ports, board.bios, board.firmware, board.sensors) == (None, None, None, None)


async def test_everything_that_a_controller_has_is_read(boards, place):
    board = await boards.read(place, list(Part))
    assert [(port.id, port.mac) for port in board.ports] == [("NIC.1", "02:00:00:00:00:0a")]
    assert board.bios["SriovGlobalEnable"] == "Disabled"
    assert (board.pending, board.secure_boot) == ({}, False)
    assert {each.id: each.version for each in board.firmware} == {"BMC": "7.10.30", "BIOS": "2.19.1"}
    assert {each.id for each in board.media if "CD" in each.types} == {"Cd"}
    assert {(each.kind, each.health) for each in board.sensors} == {
        ("temperature", Health.OK),
        ("fan", Health.OK),
        ("power-supply", Health.OK),
    }


async def test_sensors_are_found_where_newer_controllers_have_them(boards, place, standing):
    standing.bmc.newer_sensors = True
    standing.bmc.probes = [Probe("Inlet Temp", "Temperatures", 51.5, "Critical")]
    [sensor] = (await boards.read(place, [Part.SENSORS])).sensors
    assert (sensor.name, sensor.kind, sensor.reading, sensor.health) == (
        "Inlet Temp",
        "temperature",
        51.5,
        Health.CRITICAL,
    )


async def test_a_controller_without_sessions_is_asked_with_basic(boards, place, standing):
    standing.bmc.has_sessions = False
    assert (await boards.read(place)).power is Power.ON


# ---- orders


async def test_power_goes_off_and_on_in_its_time(boards, place, standing):
    await boards.order(place, SetPower(PowerOrder.FORCE_OFF))
    assert (await boards.read(place)).power is Power.POWERING_OFF
    standing.advance(10)
    assert (await boards.read(place)).power is Power.OFF
    await boards.order(place, SetPower(PowerOrder.ON))
    standing.advance(10)
    assert (await boards.read(place)).power is Power.ON


async def test_a_boot_override_for_once_is_gone_after_the_boot(boards, place, standing):
    await boards.order(place, SetBoot("Cd", mode="UEFI"))
    boot = (await boards.read(place)).boot
    assert (boot.target, boot.enabled, boot.mode) == ("Cd", "once", "UEFI")
    await boards.order(place, SetPower(PowerOrder.FORCE_RESTART))
    standing.advance(10)
    assert (await boards.read(place)).boot.enabled == "disabled"


async def test_the_boot_order_is_told_by_names_and_set_whole(boards, place):
    board = await boards.read(place, [Part.BOOT_OPTIONS])
    assert board.boot.order == ("Boot0000", "Boot0001")
    assert {option.reference: option.name for option in board.boot_options}["Boot0001"] == "Hard drive 1"
    await boards.order(place, SetBootOrder(("Boot0001", "Boot0000")))
    assert (await boards.read(place)).boot.order == ("Boot0001", "Boot0000")


async def test_a_boot_option_that_is_not_there_is_refused(boards, place):
    with pytest.raises(BoardError, match="Boot0009") as raised:
        await boards.order(place, SetBootOrder(("Boot0009",)))
    assert raised.value.trouble is Trouble.REFUSED


async def test_an_image_is_inserted_once_and_ejected(boards, place):
    await boards.order(place, InsertMedia("http://192.0.2.9/boot.iso"))
    [drive] = [each for each in (await boards.read(place, [Part.MEDIA])).media if each.is_inserted]
    assert drive.image == "http://192.0.2.9/boot.iso"
    with pytest.raises(BoardError, match="every drive for CD holds an image") as raised:
        await boards.order(place, InsertMedia("http://192.0.2.9/other.iso"))
    assert raised.value.trouble is Trouble.REFUSED
    await boards.order(place, EjectMedia())
    assert not any(each.is_inserted for each in (await boards.read(place, [Part.MEDIA])).media)


async def test_bios_attributes_wait_for_a_reset(boards, place, standing):
    await boards.order(place, SetBios({"SriovGlobalEnable": "Enabled"}))
    before = await boards.read(place, [Part.BIOS])
    assert before.bios["SriovGlobalEnable"] == "Disabled"
    assert before.pending == {"SriovGlobalEnable": "Enabled"}
    await boards.order(place, SetPower(PowerOrder.FORCE_RESTART))
    standing.advance(10)
    after = await boards.read(place, [Part.BIOS])
    assert (after.bios["SriovGlobalEnable"], after.pending) == ("Enabled", {})


async def test_passwords_of_the_bios_are_not_shown_and_whether_they_are_set_is(boards, place, standing):
    standing.bmc.bios = {"SetupPassword": PASSWORD, "SysPassword": "", "SHA256SetupPasswordSalt": "c0ffee"}
    standing.bmc.bios |= {"PasswordStatus": "Unlocked"}
    standing.bmc.pending = {"SysPassword": PASSWORD}
    board = await boards.read(place, [Part.BIOS])
    assert dict(board.bios) == {
        "SetupPassword": "****",
        "SysPassword": "",
        "SHA256SetupPasswordSalt": "****",
        "PasswordStatus": "Unlocked",
    }
    assert dict(board.pending) == {"SysPassword": "****"}


async def test_the_account_in_an_images_url_is_not_shown(boards, place, standing):
    standing.bmc.drives["Cd"].image = f"http://installer:{PASSWORD}@192.0.2.9/boot.iso"
    [drive] = [each for each in (await boards.read(place, [Part.MEDIA])).media if each.is_inserted]
    assert drive.image == "http://192.0.2.9/boot.iso"


async def test_an_unknown_bios_attribute_is_refused_in_the_controllers_words(boards, place):
    with pytest.raises(BoardError, match="NoSuchThing is not in the list of valid properties") as raised:
        await boards.order(place, SetBios({"NoSuchThing": "1"}))
    assert raised.value.trouble is Trouble.REFUSED


async def test_secure_boot_is_asked_for(boards, place):
    await boards.order(place, SetSecureBoot(enabled=True))
    board = await boards.read(place, [Part.SECURE_BOOT])
    assert (board.secure_boot, board.secure_boot_now, board.waiting) == (True, False, {"secure boot": "on"})


async def test_firmware_is_updated_by_a_task(boards, place, standing):
    task = await boards.order(place, UpdateFirmware(IMAGE))
    assert (await boards.task(place, task)).state is TaskState.RUNNING
    standing.advance(200)
    ended = await boards.task(place, task)
    assert (ended.state, ended.percent) == (TaskState.DONE, 100)
    [bios] = [each for each in (await boards.read(place, [Part.FIRMWARE])).firmware if each.id == "BIOS"]
    assert bios.version == "2.20.0"


async def test_a_task_that_fails_says_why(boards, place, standing):
    task = await boards.order(place, UpdateFirmware("http://192.0.2.9/of-another-machine.exe"))
    standing.advance(200)
    ended = await boards.task(place, task)
    assert ended.state is TaskState.FAILED
    assert "not for this system" in ended.said


# ---- each way to be of no use


async def test_nobody_listens(boards):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await trouble_of(boards, at(f"http://127.0.0.1:{port}"))
    assert (error.trouble, error.detail) == (Trouble.DEAD, "Connection refused")


async def test_one_that_accepts_and_says_nothing_is_slow(boards, place, standing):
    standing.interference.connection = Connection.SILENT
    assert (await trouble_of(boards, place)).trouble is Trouble.SLOW


async def test_one_that_sends_a_byte_now_and_then_holds_no_thread_for_long(boards):
    async with trickling() as url:
        began = asyncio.get_running_loop().time()
        error = await trouble_of(boards, at(url))
        assert error.trouble is Trouble.SLOW
        assert asyncio.get_running_loop().time() - began < QUICK.visit_s + QUICK.read_s + 1


@pytest.mark.parametrize("has_sessions", [True, False])
async def test_a_wrong_password_is_told_as_one(boards, place, standing, has_sessions):
    standing.bmc.has_sessions = has_sessions
    error = await trouble_of(boards, at(place.url, password="env:WRONG_PASSWORD"))
    assert error.trouble is Trouble.PASSWORD


async def test_a_missing_password_is_told_before_anything_is_sent(boards, place, standing):
    with pytest.raises(ConfigError, match="env:NOT_SET"):
        await boards.read(at(place.url, password="env:NOT_SET"))
    assert standing.requests == 0


async def test_a_web_page_is_no_redfish_service(boards, place, standing):
    standing.interference.rules.append(Rule(Meddling.REFUSE, count=None, status=200, text="<html>It works!</html>"))
    assert (await trouble_of(boards, place)).trouble is Trouble.FOREIGN


async def test_a_service_without_redfish_is_no_redfish_service(boards, rack):
    assert (await trouble_of(boards, at(f"{rack.url}/unknown"))).trouble is Trouble.FOREIGN


async def test_half_a_body_is_broken(boards, place, standing):
    standing.interference.rules.append(Rule(Meddling.HALF, path=r"/redfish/v1/Systems/1", count=None))
    assert (await trouble_of(boards, place)).trouble is Trouble.BROKEN


async def test_a_connection_that_is_cut_is_broken(boards, place, standing):
    standing.interference.connection = Connection.RESET
    assert (await trouble_of(boards, place)).trouble is Trouble.BROKEN


async def test_one_that_answers_500_is_failing(boards, place, standing):
    standing.interference.rules.append(Rule(Meddling.REFUSE, path=r".*/Systems.*", count=None, status=500, text="busy"))
    assert (await trouble_of(boards, place)).trouble is Trouble.FAILING


async def test_an_order_is_never_sent_twice(boards, place, standing):
    standing.interference.rules.append(Rule(Meddling.RESET_AFTER, path=r".*ComputerSystem\.Reset", count=None))
    with pytest.raises(BoardError) as raised:
        await boards.order(place, SetPower(PowerOrder.FORCE_RESTART))
    assert raised.value.trouble is Trouble.BROKEN
    standing.advance(20)
    assert standing.bmc.boots == 1


async def test_a_link_to_somebody_else_is_not_followed(boards, place, standing):
    members = '{"Name": "Systems", "Members": [{"@odata.id": "http://192.0.2.1/redfish/v1/Systems/1"}]}'
    standing.interference.rules.append(Rule(Meddling.REFUSE, path=".*/Systems", count=None, status=200, text=members))
    error = await trouble_of(boards, place)
    assert error.trouble is Trouble.FOREIGN
    assert "leads to 192.0.2.1, and is not followed" in error.detail


# ---- whom it trusts


@asynccontextmanager
async def secured(names: tuple[str, ...]) -> AsyncIterator[tuple[BoardPlace, trustme.CA, ssl.SSLContext]]:
    authority = trustme.CA()
    certificate = authority.issue_cert(*names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    pem = certificate.cert_chain_pems[0].bytes().decode()
    async with serve_boards({HOST: Bmc(HOST, password=PASSWORD)}, Pace(lambda: 0.0), tls=context) as rack:
        yield at(rack.url_of(HOST)), authority, sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def test_a_certificate_of_nobody_known_is_not_accepted(boards):
    async with secured(("127.0.0.1",)) as (place, _, _):
        error = await trouble_of(boards, place)
        assert error.trouble is Trouble.CERTIFICATE
        assert "caBundle or fingerprint" in str(error)


async def test_a_bundle_is_trusted(boards, tmp_path: Path):
    async with secured(("127.0.0.1",)) as (place, authority, _):
        bundle = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(bundle)
        assert (await boards.read(at(place.url, ca_bundle=str(bundle)))).power is Power.ON


async def test_a_fingerprint_is_trusted_whatever_the_name(boards):
    async with secured(("idrac-7.example",)) as (place, _, print_):
        assert (await boards.read(at(place.url, fingerprint=print_))).power is Power.ON


async def test_another_fingerprint_is_not(boards):
    async with secured(("127.0.0.1",)) as (place, _, print_):
        other = ("0" if print_[0] != "0" else "1") + print_[1:]
        assert (await trouble_of(boards, at(place.url, fingerprint=other))).trouble is Trouble.CERTIFICATE


# ---- manners


async def test_a_controller_gets_one_call_at_a_time(boards, place, standing):
    standing.interference.rules.append(Rule(Meddling.DELAY, path="/redfish/v1/", count=None, seconds=0.05))
    read = await asyncio.gather(*(boards.read(place) for _ in range(4)))
    assert read == [Board(**{slot: getattr(read[0], slot) for slot in Board.__slots__})] * 4
    assert standing.bmc.logins == 4
    assert standing.bmc.sessions == {}


async def test_nothing_is_logged_by_others(boards, place, standing, caplog):
    standing.interference.rules.append(Rule(Meddling.REFUSE, count=None, status=200, text=f"echo {PASSWORD}"))
    with caplog.at_level(logging.DEBUG):
        await trouble_of(boards, place)
    assert not [record for record in caplog.records if record.name.startswith("sushy")]
    assert PASSWORD not in caplog.text


@asynccontextmanager
async def trickling() -> AsyncIterator[str]:
    """A service whose answer never ends."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        try:
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.1)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
