"""Controllers are asked so that no account is locked: who refused us is left alone, and every call is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.board_visits import PAUSE_S, BoardVisits, OwnRefusals
from reconciler.model.board import Board, BoardCall, BoardError, BoardPlace, Power, Trouble
from reconciler.model.board_orders import PowerOrder, SetPower
from reconciler.model.board_reading import reading_json
from reconciler.model.errors import ConfigError

PLACE = BoardPlace("ottawa", "controller-0", "https://192.0.2.20", "root", "env:BOARD")


class World:
    """A controller that answers, or fails; a clock that each call moves by a second."""

    def __init__(self):
        self.time, self.answer, self.asked, self.counted = 1_795_000_000.0, Board(power=Power.ON), [], []
        self.visits = BoardVisits(self, OwnRefusals(), self, lambda *call: self.counted.append(call))

    def now(self):
        return self.time

    async def read(self, place, parts=()):
        return self._called(place)

    async def order(self, place, order):
        self._called(place)

    def _called(self, place):
        self.time += 1
        self.asked.append(place)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def fails(self, trouble):
        self.answer = BoardError(trouble, "ottawa", "controller-0", PLACE.url, "said so")

    async def trouble_of(self, place=PLACE):
        with pytest.raises(BoardError) as raised:
            await self.visits.read(place)
        return raised.value


@pytest.fixture
def world() -> World:
    return World()


async def test_one_that_refused_us_is_not_asked_again_for_a_day_and_that_is_told(world):
    world.fails(Trouble.PASSWORD)
    await world.trouble_of()
    told = await world.trouble_of()
    assert (len(world.asked), told.trouble) == (1, Trouble.PASSWORD)
    assert "is not asked again before 2026-11-" in str(told)
    assert "said so" in str(told)
    assert "stxr board ottawa --host controller-0 --anyway" in str(told)
    world.time += PAUSE_S
    await world.trouble_of()
    assert len(world.asked) == 2


async def test_neither_is_it_given_an_order(world):
    world.fails(Trouble.PASSWORD)
    await world.trouble_of()
    with pytest.raises(BoardError):
        await world.visits.order(PLACE, SetPower(PowerOrder.ON))
    assert len(world.asked) == 1


@pytest.mark.parametrize("other", [{"password": "env:NEW"}, {"username": "stxr"}, {"url": "https://192.0.2.21"}])
async def test_with_another_account_it_is_asked_at_once(world, other):
    world.fails(Trouble.PASSWORD)
    await world.trouble_of()
    world.answer = Board(power=Power.ON)
    assert (await world.visits.read(replace(PLACE, **other))).power is Power.ON


@pytest.mark.parametrize("trouble", [t for t in Trouble if t is not Trouble.PASSWORD])
async def test_any_other_trouble_is_no_reason_to_wait(world, trouble):
    world.fails(trouble)
    await world.trouble_of()
    await world.trouble_of()
    assert len(world.asked) == 2


async def test_every_call_is_counted_by_its_end_with_its_time_and_what_is_not_asked_is_not(world):
    await world.visits.read(PLACE)
    world.fails(Trouble.PASSWORD)
    await world.trouble_of()
    await world.trouble_of()
    assert world.counted == [(BoardCall.READ, "ok", 1.0), (BoardCall.READ, Trouble.PASSWORD, 1.0)]


async def test_a_reading_says_what_came_of_it_and_raises_nothing(world):
    well = await world.visits.reading(PLACE)
    world.fails(Trouble.SLOW)
    slow = await world.visits.reading(PLACE)
    world.answer = ConfigError("env:BOARD: the environment variable BOARD is not set")
    secretless = await world.visits.reading(PLACE)
    assert (well.board.power, slow.trouble, secretless.trouble) == (Power.ON, Trouble.SLOW, None)
    assert "BOARD is not set" in secretless.said
    assert reading_json(slow)["trouble"] == "slow"


async def test_where_nobody_said_who_we_are_nobody_is_asked(world):
    [reading] = await world.visits.readings([replace(PLACE, password="")])
    assert world.asked == []
    assert "give its user and a reference to its password" in reading.said
