"""Controllers of hosts that are to be reinstalled are asked beside the visits: nobody waits for a dead one but its own site."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.board_checks import AGAIN_S, FRESH_S, SOON_S, BoardChecks, Unchecked, asked
from reconciler.engine.board_visits import BoardVisits, OwnRefusals
from reconciler.model.board import Board, BoardError, BoardPlace, Media, Power, Trouble
from reconciler.model.board_check import BoardCheck
from reconciler.model.errors import ConfigError

WELL = Board(power=Power.ON, media=(Media("Cd", ("CD",)),), ports=())
NO_MEDIA = Board(power=Power.ON, media=(), ports=())
HOSTS = frozenset(("controller-0",))


class World:
    """Two hosts' controllers, which answer when the test lets them; a clock that only the test moves."""

    def __init__(self):
        self.time, self.answer, self.asked = 1_000.0, WELL, []
        self.lets = asyncio.Event()
        self.lets.set()
        visits = BoardVisits(self, OwnRefusals(), self)
        self.checks = BoardChecks(self.places, lambda _site: {}, visits, self)
        self.patient = BoardChecks(self.places, lambda _site: {}, visits, self, patience_s=5.0)

    def now(self):
        return self.time

    def places(self, site):
        urls = (("controller-0", "env:A"), ("controller-1", "env:A"), ("worker-0", ""))
        return tuple(BoardPlace(site, host, f"https://{host}", "root", password) for host, password in urls)

    async def read(self, place, parts=()):
        self.asked.append(place.host)
        await self.lets.wait()
        if isinstance(self.answer, BoardError):
            raise self.answer
        return self.answer

    async def told(self, site="ottawa", hosts=HOSTS, **how):
        return [each.check for each in await self.checks.findings(site, hosts, **how)]

    async def rest(self):
        """What was begun comes to its end."""
        self.lets.set()
        await asyncio.gather(*self.checks._asking.values())
        await asyncio.sleep(0)


@pytest.fixture
async def world():
    made = World()
    yield made
    await made.checks.close()
    await made.patient.close()


async def test_a_visit_is_told_at_once_that_they_are_being_asked_and_when_to_come_again(world):
    world.lets.clear()
    [finding] = await world.checks.findings("ottawa", HOSTS)
    assert (finding.check, finding.again_at) == (BoardCheck.ASKING, world.time + SOON_S)


async def test_the_next_visit_is_told_what_they_said(world):
    world.lets.clear()
    world.answer = NO_MEDIA
    await world.told()
    await world.rest()
    assert await world.told() == [BoardCheck.NO_MEDIA]
    assert world.asked == ["controller-0"]


async def test_a_second_visit_meanwhile_asks_nobody_again(world):
    world.lets.clear()
    await world.told()
    await world.told()
    await asyncio.sleep(0)
    assert world.asked == ["controller-0"]


async def test_a_site_whose_controllers_hang_does_not_delay_another(world):
    world.lets.clear()
    assert await world.told("dark") == [BoardCheck.ASKING]
    world.lets.set()
    assert await world.told("ottawa", waits=True) == []


async def test_what_was_well_is_believed_for_minutes(world):
    assert await world.told(waits=True) == []
    world.answer = NO_MEDIA
    world.time += FRESH_S - 1
    assert await world.told(waits=True) == []
    world.time += 1
    assert await world.told(waits=True) == [BoardCheck.NO_MEDIA]


async def test_what_was_wanting_is_looked_at_anew_a_minute_later(world):
    world.answer = NO_MEDIA
    [finding] = await world.checks.findings("ottawa", HOSTS, waits=True)
    assert finding.again_at == world.time + AGAIN_S
    world.answer = WELL
    assert await world.told(waits=True) == [BoardCheck.NO_MEDIA]
    world.time += AGAIN_S
    assert await world.told(waits=True) == []


async def test_of_one_that_refused_our_password_nobody_can_say_when_it_may_be_asked_again(world):
    world.answer = BoardError(Trouble.PASSWORD, "ottawa", "controller-0", "https://controller-0", "401")
    [finding] = await world.checks.findings("ottawa", HOSTS, waits=True)
    assert (finding.check, finding.again_at) == (BoardCheck.PASSWORD, None)


async def test_a_command_waits_for_the_answer(world):
    world.answer = NO_MEDIA
    found = await world.patient.findings("ottawa", HOSTS)
    assert [each.check for each in found] == [BoardCheck.NO_MEDIA]


async def test_only_the_hosts_that_are_reinstalled_are_asked_and_none_that_nobody_said_a_password_of(world):
    await world.told(hosts=frozenset(("controller-1", "worker-0", "worker-9")), waits=True)
    assert world.asked == ["controller-1"]


async def test_one_that_is_not_asked_in_time_is_slow(world, monkeypatch):
    monkeypatch.setattr("reconciler.engine.board_checks.LIMIT_S", 0.01)
    world.lets.clear()
    assert await world.told(waits=True) == [BoardCheck.SLOW]


async def test_where_nothing_is_reinstalled_or_git_is_wrong_nothing_is_found(world):
    def wrong(_site):
        raise ConfigError("deployment-config.yaml:3: not YAML")

    broken = BoardChecks(wrong, lambda _site: {}, BoardVisits(world, OwnRefusals(), world), world)
    assert await asked(broken, "ottawa", HOSTS, waits=True) == ()
    assert await asked(world.checks, "ottawa", frozenset(), waits=True) == ()
    assert await asked(Unchecked(), "ottawa", HOSTS, waits=True) == ()
    assert world.asked == []
