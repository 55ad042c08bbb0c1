"""What is forecast of a rollout while its sites are visited, what is kept of it, and how far it was off in the end."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from reconciler.apply import Pace
from reconciler.engine import foresight
from reconciler.engine.foresight import Foresight, planned, standing
from reconciler.model.forecast import PlanForecast, Span
from reconciler.model.gate import GateName, Hold
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.rollout_look import Saw
from reconciler.model.waves import Strategy
from reconciler.store import StoreMemory
from tests.engine.offices import APPLY
from tests.engine.test_rollouts import NEW, Fleet
from tests.engine.test_rollouts import store as store  # noqa: PLC0414 - a fixture
from tests.model.verdicts import verdict
from tests.worlds import Iface, snap

NAMES = [f"sc-{n:03}" for n in range(12)]
ONE_BY_ONE = Strategy(max_concurrent=1, soak="10m", max_failures=3)


@pytest.fixture
def fleet(store):
    return Fleet(store, NAMES, strategy=ONE_BY_ONE)


async def test_a_rollout_is_forecast_as_soon_as_it_goes_and_that_is_kept(fleet, store):
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    one = fleet.one
    assert one.expected.unplanned == 0
    # twelve sites, each of them a call of two seconds and two reads of ten, and the soak
    assert one.expected.waves_end == pytest.approx(one.started + 12 * 22.0 + 600.0, abs=5.0)
    assert store.rollouts.one(one.id).expected == one.expected


async def test_when_it_has_ended_the_first_forecast_is_judged(fleet):
    await fleet.begin()
    await fleet.push("c2", NEW)
    [known] = fleet.rollouts.live.values()
    for _ in range(40):
        await fleet.round(30.0)
    ended = fleet.store.rollouts.one(known.id)
    assert ended.ended is not None
    foreseen_s, took_s = ended.foreseen.waves_end - ended.foreseen.made_at, ended.ended - ended.foreseen.made_at
    assert fleet.rollouts.error == ended.error == pytest.approx(took_s / foreseen_s - 1)


async def test_it_is_not_made_again_at_every_step(fleet):
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    before = fleet.one.expected.made_at
    await fleet.round(30.0)
    assert fleet.one.expected.made_at == before
    await fleet.round(40.0)
    assert fleet.one.expected.made_at > before


async def test_a_rollout_goes_on_though_nothing_can_be_forecast_of_it(fleet, monkeypatch):
    def wrong(*_):
        raise ZeroDivisionError

    said = []
    fleet.rollouts.foresight.say = said.append
    monkeypatch.setattr(foresight, "rollout_forecast", wrong)
    await fleet.begin()
    await fleet.push("c2", NEW)
    for _ in range(40):
        await fleet.round(30.0)
    assert not fleet.rollouts.live
    assert "please report it" in said[0]
    assert len(said) < 25  # once a minute, for twenty minutes


def member(**said):
    return Member("sc-1", 0, "digest", **{"saw": Saw.DIFFERS, **said})


def test_a_site_is_taken_as_it_was_planned_for_what_git_says_now():
    plan = PlanForecast(span=Span(60.0, 90.0))
    assert planned(member(), verdict("sc-1", forecast=plan), APPLY).plan == plan
    assert planned(member(), None, APPLY).plan is None
    assert planned(member(saw=Saw.UNKNOWN), verdict("sc-1", forecast=plan), APPLY).plan is None
    assert planned(member(saw=Saw.FOLLOWS), verdict("sc-1"), APPLY).plan == PlanForecast()


@pytest.mark.parametrize(
    ("holds", "not_before"),
    [
        ((), -inf),
        ((Hold(GateName.APPROVAL, "wait for an approval"), Hold(GateName.ROLLOUT, "wave 2")), -inf),
        ((Hold(GateName.WINDOW, "outside the maintenance windows", until=500.0),), -inf),
        ((Hold(GateName.FREEZE, "year's end", until=900.0), Hold(GateName.WINDOW, "outside", until=500.0)), 900.0),
        ((Hold(GateName.SUSPENDED, "crane on site"),), inf),
    ],
)
def test_what_else_keeps_a_site_back_has_an_end_or_nobody_knows_it(holds, not_before):
    assert planned(member(), verdict("sc-1", holds=holds), APPLY).not_before == not_before


def test_a_dark_site_is_not_waited_for_and_one_on_its_way_is_in_its_time():
    assert planned(member(saw=Saw.DARK), verdict("sc-1"), APPLY).not_before == inf
    going = planned(member(state=MemberState.GOING, began=50.0, saw=Saw.BUSY), verdict("sc-1"), APPLY)
    assert (going.began, going.not_before) == (50.0, -inf)


def test_somebodys_word_to_go_on_begins_the_deadlines_anew():
    one = Rollout("7c1f", "c" * 40, Strategy(), {"sc-1": member()}, 0.0, wave_began=100.0)
    assert standing(one, 900.0).began == 100.0
    assert standing(replace(one, words=Words(resumed=Said("day-shift", 700.0))), 900.0).began == 700.0


def test_one_that_is_stopped_is_not_forecast(fleet):
    one = Rollout("7c1f", "c" * 40, Strategy(), {"sc-1": member()}, 0.0, mass="changes 9 of 10 sites")
    assert Foresight(fleet.git).of(one, {}, 10.0) is one


async def test_once_acts_were_measured_the_next_rollout_is_forecast_by_them(store):
    fleet = Fleet(store, NAMES, strategy=Strategy(max_concurrent=1))
    object.__setattr__(fleet.office, "lasting", StoreMemory(store))
    object.__setattr__(fleet.office, "pace", Pace(first_poll_s=60.0, last_poll_s=60.0))  # so long each act takes
    for name in NAMES:
        fleet.git.said[name] = snap(Iface(name="a", mtu=1500))
        fleet.lines[name].shown, fleet.lines[name].took_s = snap(Iface(name="a", mtu=1500)), 0.1
    await fleet.begin()
    errors = []
    for number, mtu in enumerate((9000, 9100)):
        fleet.clock.time += 120.0
        await fleet.push(f"c{number + 2}", Iface(name="a", mtu=mtu))
        [one] = fleet.rollouts.live.values()
        for _ in range(40):
            await fleet.round()
        assert store.rollouts.one(one.id).ended is not None
        errors.append(fleet.rollouts.error)
    guessed, measured = errors
    assert guessed < -0.8
    assert abs(measured) < 0.1
