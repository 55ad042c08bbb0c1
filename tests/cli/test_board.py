"""`stxr board`: what the controllers of a site's hosts say, and each way in which they do not."""

from __future__ import annotations

import socket
from pathlib import Path

import orjson
import pytest
import yaml

from reconciler.model.board import Trouble
from reconciler.simulator.interference import Connection, Rule
from reconciler.simulator.interference import Trouble as Meddling
from reconciler.store import Store
from tests.adopt.living import SITES
from tests.cli.serving import serving
from tests.clients.emulating import MAC, PASSWORD, emulating

SITE, HOST = "ottawa-003", "controller-0"
WRONG = "Not-the-word-5"


class Asking:
    """The command against a served copy of `sites/`."""

    def __init__(self, stxr, endpoints: Path, server) -> None:
        self._stxr, self.endpoints, self.server = stxr, endpoints, server

    @property
    def standing(self):
        return self.server.boards.room(SITE)[HOST]

    def __call__(self, *words: object, site: str = SITE):
        return self._stxr("board", site, "--repo", SITES, "--endpoints", self.endpoints, *words)

    def told(self, *words: object):
        """The one host's reading, and the exit code."""
        ended = self(*words, "--format", "json")
        [reading] = orjson.loads(ended.out)["hosts"]
        return reading, ended.code

    def reached(self, **board: object) -> None:
        """As an operator says it in the endpoints file."""
        said = yaml.safe_load(self.endpoints.read_text())
        said["endpoints"][SITE]["boards"][HOST] = board
        self.endpoints.write_text(yaml.safe_dump(said))


@pytest.fixture
def asking(stxr, tmp_path):
    with serving(tmp_path / "endpoints.yaml", repo=SITES) as server:
        yield Asking(stxr, tmp_path / "endpoints.yaml", server)


def test_everything_that_a_controller_says_is_shown_and_no_password(asking):
    asking.standing.bmc.bios["SetupPassword"] = WRONG
    asking.standing.bmc.pending["SriovGlobalEnable"] = "Enabled"
    asking.standing.bmc.probes[2].health = "Critical"
    ended = asking()
    assert (ended.code, ended.err) == (0, "")
    assert WRONG not in ended.out
    for line in (
        f"{HOST}: power on, health ok",
        "  pending      SriovGlobalEnable = Enabled after the next reset",
        "  boot order   Boot0000 (PXE IPv4 NIC.1), Boot0001 (Hard drive 1)",
        "  secure boot  off",
        "  media        Cd (CD, DVD): empty",
        "  firmware     BIOS 2.19.1",
        "  sensor       Fan1 5400 RPM, critical",
        "  bios         SetupPassword = ****",
    ):
        assert line in ended.out.splitlines()


def test_for_programs_it_is_json_with_what_waits_for_a_reset(asking):
    asking.standing.bmc.secure_boot_wanted = True
    reading, code = asking.told()
    assert (code, reading["trouble"], reading["board"]["power"]) == (0, None, "on")
    assert reading["board"]["waiting"] == {"secure boot": "on"}


def test_only_the_parts_that_are_asked_for_are_read(asking):
    reading, _ = asking.told("--part", "firmware")
    assert {each["id"] for each in reading["board"]["firmware"]} == {"BMC", "BIOS"}
    assert (reading["board"]["bios"], reading["board"]["sensors"]) == (None, None)


def test_a_site_that_answers_nobody_is_asked_all_the_same(asking):
    asking.server.sites[SITE].power(on=False)
    reading, code = asking.told()
    assert (code, reading["board"]["power"]) == (0, "off")


def test_a_wrong_password_is_told_as_one_and_stands_nowhere(asking, monkeypatch):
    monkeypatch.setenv("WRONG", WRONG)
    asking.reached(credentials={"username": "stxr", "password": {"secretRef": "env:WRONG"}})
    ended = asking()
    assert (ended.code, ended.out.splitlines()[0]) == (3, f"{HOST}: wrong-password")
    assert WRONG not in ended.out + ended.err


def test_one_that_refused_us_is_left_alone_until_somebody_asks_anyway(asking, monkeypatch):
    monkeypatch.setenv("WORD", WRONG)
    asking.reached(credentials={"username": "stxr", "password": {"secretRef": "env:WORD"}})
    with Store.open(Path("state")):
        """A controller has run here."""
    known = ("--state", "state")
    assert asking.told(*known)[0]["trouble"] == Trouble.PASSWORD
    requests = asking.standing.requests
    reading, code = asking.told(*known)
    assert (code, asking.standing.requests) == (3, requests)
    assert "is not asked again before" in reading["message"]
    monkeypatch.setenv("WORD", asking.standing.bmc.password)
    assert asking.told(*known, "--anyway")[1] == 0
    assert asking.told(*known)[1] == 0, "it is forgotten"


def test_one_that_is_dead_or_breaks_off_is_told_as_that(asking):
    asking.standing.interference.connection = Connection.RESET
    assert asking.told()[0]["trouble"] == Trouble.BROKEN
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        asking.reached(url=f"http://127.0.0.1:{free.getsockname()[1]}")
        reading, code = asking.told()
    assert (code, reading["trouble"], reading["board"]) == (3, Trouble.DEAD, None)
    assert "Check its address" in reading["message"]


def test_one_that_is_slow_is_told_as_that(asking, monkeypatch):
    monkeypatch.setattr("reconciler.cli.board.READ_S", 0.3)
    asking.standing.interference.rules.append(Rule(Meddling.DELAY, path="/redfish/v1/", count=None, seconds=5))
    assert asking.told()[0]["trouble"] == Trouble.SLOW


def test_a_certificate_that_nobody_trusts_is_told_as_that(stxr, tmp_path):
    endpoints = tmp_path / "endpoints.yaml"
    with serving(endpoints, repo=SITES, tls_dir=tmp_path / "tls") as server:
        asking = Asking(stxr, endpoints, server)
        assert asking.told()[1] == 0
        asking.reached(fingerprint="00" * 32)
        assert asking.told()[0]["trouble"] == Trouble.CERTIFICATE


def test_a_host_without_an_address_in_git_is_an_error_that_says_where_to_give_it(asking):
    ended = asking("--host", "controller-7")
    assert ended.code == 1
    assert f"{SITE} controller-7: Git says no address" in ended.err
    assert "it is known of controller-0" in ended.err


def test_a_site_that_git_does_not_have_is_an_error(asking):
    ended = asking(site="nowhere")
    assert (ended.code, "no site is named nowhere" in ended.err) == (1, True)


@pytest.mark.slow
@pytest.mark.xdist_group("emulator")
def test_a_controller_that_others_wrote_is_shown_too(asking, tmp_path, monkeypatch):
    monkeypatch.setenv("BMC_PASSWORD", PASSWORD)
    (tmp_path / "emulator").mkdir()
    with emulating(tmp_path / "emulator") as emulator:
        who = {"username": "root", "password": {"secretRef": "env:BMC_PASSWORD"}}
        asking.reached(url=emulator.url, credentials=who)
        reading, code = asking.told()
        assert (code, reading["board"]["health"]) == (0, "ok")
        assert [port["mac"] for port in reading["board"]["ports"]] == [MAC]
        emulator.end()
        assert asking.told()[0]["trouble"] == Trouble.DEAD
