"""Dark sites are looked at slowly, each with its own hosts, and wrong passwords are not tried again and again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.clients.endpoints import load
from reconciler.engine.board_visits import PAUSE_S, BoardVisits, OwnRefusals
from reconciler.engine.dark import AT_ONCE, DARK_S, DarkSites
from reconciler.model.board import Board, BoardError, BoardPlace, Health, Power, Trouble
from reconciler.model.dark import SitePower
from reconciler.model.errors import ConfigError, ConfigErrors, Reason
from reconciler.model.verdict import Verdict
from reconciler.model.words import State

PLACE = BoardPlace("ottawa", "controller-0", "https://192.0.2.20", "root", "env:BOARD")


class Clock:
    time = 1_795_000_000.0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += seconds


class Known:
    """Verdicts, as the controller has them."""

    def __init__(self, *sites):
        self.verdicts = {site: Verdict(site, State.UNREACHABLE, reason=str(Reason.UNREACHABLE)) for site in sites}

    def dark(self):
        return tuple(v for v in self.verdicts.values() if v.is_dark)

    def light(self, name, boards):
        if not self.verdicts[name].is_dark:
            return False
        self.verdicts[name] = replace(self.verdicts[name], boards=boards)
        return True


class Boards:
    """Answers, or fails; remembers whom it was asked for."""

    def __init__(self):
        self.asked, self.answer = [], Board(power=Power.ON, health=Health.OK)

    async def read(self, place, parts=()):
        self.asked.append(place)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def trouble(kind: Trouble) -> BoardError:
    return BoardError(kind, "ottawa", "controller-0", "https://192.0.2.20", "said so")


class World:
    def __init__(self, *sites):
        self.known, self.boards, self.clock, self.said = Known(*sites), Boards(), Clock(), []
        self.places = (PLACE,)
        visits = BoardVisits(self.boards, OwnRefusals(), self.clock)
        self.dark = DarkSites(self.known, self.places_of, visits, self.clock)

    def places_of(self, site: str):
        return tuple(replace(place, site=site) for place in self.places)

    async def look(self, after_s: float = 0.0):
        self.clock.time += after_s
        await self.dark.look(self.said.append)

    @property
    def verdict(self) -> Verdict:
        return self.known.verdicts["ottawa"]


@pytest.fixture
def world() -> World:
    return World("ottawa")


async def test_a_dark_site_is_told_with_the_power_of_its_hosts(world):
    await world.look()
    assert world.verdict.power is SitePower.ON
    assert world.said == ["ottawa answers nobody: hosts powered on"]


async def test_it_is_asked_again_when_its_time_has_come_and_not_before(world):
    await world.look()
    await world.look(DARK_S - 1)
    assert len(world.boards.asked) == 1
    await world.look(1)
    assert len(world.boards.asked) == 2


async def test_the_same_is_not_said_twice_and_what_is_new_is(world):
    await world.look()
    await world.look(DARK_S)
    world.boards.answer = Board(power=Power.OFF)
    await world.look(DARK_S)
    assert world.said == ["ottawa answers nobody: hosts powered on", "ottawa answers nobody: power lost"]


async def test_a_site_that_answers_is_not_looked_at(world):
    world.known.verdicts["ottawa"] = Verdict("ottawa", State.IN_SYNC)
    await world.look()
    assert world.boards.asked == []


async def test_a_site_that_does_not_let_us_in_is_not_dark(world):
    world.known.verdicts["ottawa"] = Verdict("ottawa", State.UNREACHABLE, reason=str(Reason.UNAUTHORIZED))
    await world.look()
    assert world.boards.asked == []


async def test_a_controller_that_does_not_answer_is_told_by_its_trouble(world):
    world.boards.answer = trouble(Trouble.DEAD)
    await world.look()
    [sight] = world.verdict.boards
    assert sight.trouble is Trouble.DEAD
    assert world.verdict.power is SitePower.UNKNOWN


async def test_a_wrong_password_is_left_alone_for_a_day(world):
    world.boards.answer = trouble(Trouble.PASSWORD)
    await world.look()
    await world.look(DARK_S)
    assert len(world.boards.asked) == 1
    assert world.verdict.boards[0].trouble is Trouble.PASSWORD
    await world.look(PAUSE_S)
    assert len(world.boards.asked) == 2


async def test_a_secret_that_is_not_there_is_told(world):
    world.boards.answer = ConfigError("env:BOARD: the environment variable BOARD is not set")
    await world.look()
    assert "BOARD is not set" in world.verdict.boards[0].in_words


async def test_in_a_large_outage_those_that_were_never_asked_come_first():
    world = World(*(f"sc-{number:03}" for number in range(AT_ONCE + 10)))
    await world.look()
    await world.look(DARK_S)
    assert {place.site for place in world.boards.asked} == set(world.known.verdicts)


# ---- how the endpoints file has them reached

ENDPOINTS = """\
endpoints:
  ottawa:
    authUrl: https://192.0.2.1:5000/v3
    services: {platform: "https://192.0.2.1:6385"}
    credentials: {username: admin, password: {secretRef: "env:X"}}
    boards:
      controller-0: BOARD
"""


def entry(tmp_path: Path, said: str):
    file = tmp_path / "endpoints.yaml"
    file.write_text(ENDPOINTS.replace("BOARD", said))
    return load(file)["ottawa"]


def test_the_endpoints_file_says_whom_to_trust(tmp_path):
    print_ = ":".join(["AB"] * 32)
    place = entry(tmp_path, f'{{fingerprint: "{print_}", url: "https://bmc.example:8443"}}').reached(PLACE)
    assert (place.url, place.fingerprint) == ("https://bmc.example:8443", "ab" * 32)
    assert (place.username, place.password) == (PLACE.username, PLACE.password)


def test_a_host_of_which_it_says_nothing_is_reached_as_git_says(tmp_path):
    other = replace(PLACE, host="controller-1")
    assert entry(tmp_path, "{caBundle: ca.pem}").reached(other) == other


def test_a_fingerprint_that_is_none_is_refused(tmp_path):
    with pytest.raises(ConfigErrors, match="64 hexadecimal digits"):
        entry(tmp_path, '{fingerprint: "ab:cd"}')


def test_what_is_said_of_every_host_is_filled_in_for_each_and_its_own_entry_counts_first(tmp_path):
    every = '{url: "https://gateway.example/{address}/{host}", caBundle: all.pem}'
    said = f'{{fingerprint: "{"ab" * 32}"}}\n      "*": {every}'
    place = entry(tmp_path, said).reached(PLACE)
    assert (place.url, place.ca_bundle) == ("https://gateway.example/192.0.2.20/controller-0", "all.pem")
    assert place.fingerprint == "ab" * 32


def test_the_operator_may_have_an_account_of_his_own(tmp_path):
    said = '{credentials: {username: reader, password: {secretRef: "env:READER"}}}'
    place = entry(tmp_path, said).reached(replace(PLACE, username="", password=""))
    assert (place.username, place.password, place.lets_us_in) == ("reader", "env:READER", True)


def test_a_field_that_nobody_fills_in_is_refused(tmp_path):
    with pytest.raises(ConfigErrors, match=r"knows no \{site\}"):
        entry(tmp_path, '{url: "https://gateway.example/{site}"}')


async def test_a_controller_that_nobody_said_a_password_of_is_not_asked(world):
    world.places = (replace(PLACE, password=""),)
    await world.look()
    assert (world.boards.asked, world.said) == ([], [])
