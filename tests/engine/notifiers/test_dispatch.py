"""Notices on the way to one notifier: gathered, paced, tried again, counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from reconciler.clients.delivery import NotTakenError
from reconciler.engine.notifiers.dispatch import WAITING, Dispatch, Out
from reconciler.engine.notifiers.notifier import Notifier
from reconciler.model.letter import Post
from tests.model.notices import notice

DRIFT = notice()


class Plain(Notifier):
    """A notifier that writes keys and counts of sites."""

    type: Literal["plain"] = "plain"

    def letter(self, notices, folder, now):
        said = ",".join(f"{one.key}:{'over' if one.is_over else len(one.sites)}" for one in notices)
        return Post("http://plain", said.encode())


class Forgetful(Plain):
    repeats_s: ClassVar[float | None] = 60.0


class Enough(Exception):  # noqa: N818 - no error
    """The time of the test is over."""


@dataclass
class World:
    """A clock that moves when slept on, things that happen on the way, and a server that takes what it is told to."""

    until: float = 1_000.0
    refusals: list[NotTakenError] = field(default_factory=list)
    at: float = 0.0
    taken: list[tuple[float, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    then: dict[float, object] = field(default_factory=dict)

    def now(self):
        return self.at

    async def sleep(self, seconds):
        target = self.at + seconds
        for moment in sorted(m for m in self.then if m <= target):
            self.then.pop(moment)()
        self.at = target
        if self.at > self.until:
            raise Enough
        await asyncio.sleep(0)

    async def deliver(self, letter):
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken.append((self.at, letter.body.decode()))

    def count(self, _notifier, fate, number):
        self.counted[fate.value] += number

    def dispatch(self, kind=Plain):
        return Dispatch(kind(name="x", every=30), Out(self.deliver, self, Path(), self.said.append, self.count))

    async def runs(self, dispatch):
        """Until the time is over, or nothing is left to do and it waits for ever."""
        with pytest.raises((Enough, TimeoutError)):
            await asyncio.wait_for(dispatch.run(), 0.2)


def of(count, key=DRIFT.key):
    return replace(DRIFT, key=key, sites=tuple(f"sc-{number}" for number in range(count)))


def over(key=DRIFT.key):
    return replace(of(1, key), is_over=True, state="resolved")


async def test_a_wave_of_equal_drifts_becomes_one_message():
    world = World()
    dispatch = world.dispatch()
    for count in range(1, 201):
        dispatch.put(of(count))
    await world.runs(dispatch)
    assert world.taken == [(30.0, f"{DRIFT.key}:200")]
    assert world.counted == {"sent": 1}


async def test_what_comes_while_it_waits_goes_along_and_the_next_message_comes_later():
    world = World()
    dispatch = world.dispatch()
    dispatch.put(of(1, "a"))
    world.then = {10.0: lambda: dispatch.put(of(1, "b"))}
    await world.runs(dispatch)
    dispatch.put(of(1, "c"))
    await world.runs(dispatch)
    assert world.taken == [(30.0, "a:1,b:1"), (60.0, "c:1")]


async def test_the_same_again_is_not_told_and_its_end_is():
    world = World()
    dispatch = world.dispatch()
    for now in (of(10), of(10), of(15), over()):
        dispatch.put(now)
        await world.runs(dispatch)
    assert [said for _, said in world.taken] == [f"{DRIFT.key}:10", f"{DRIFT.key}:over"]


async def test_what_is_over_before_it_was_told_is_not_told():
    world = World()
    dispatch = world.dispatch()
    dispatch.put(of(1))
    dispatch.put(over())
    await world.runs(dispatch)
    assert world.taken == []


async def test_what_an_earlier_process_told_is_not_told_again_but_its_end_is():
    world = World()
    dispatch = world.dispatch()
    dispatch.knows([of(3)])
    dispatch.put(of(3))
    await world.runs(dispatch)
    assert world.taken == []
    dispatch.put(over())
    await world.runs(dispatch)
    assert [said for _, said in world.taken] == [f"{DRIFT.key}:over"]


async def test_a_server_that_is_away_is_asked_again_when_it_says_so():
    world = World(refusals=[NotTakenError("ConnectionError"), NotTakenError("503", after_s=120.0)])
    dispatch = world.dispatch()
    dispatch.put(of(1))
    await world.runs(dispatch)
    assert world.taken == [(30.0 + 5.0 + 120.0, f"{DRIFT.key}:1")]
    assert world.said[0] == "notifier x: not taken (ConnectionError); 5 more tries"


async def test_what_is_refused_is_dropped_at_once_and_counted():
    world = World(refusals=[NotTakenError("404 no such hook", is_final=True)])
    dispatch = world.dispatch()
    dispatch.put(of(1))
    await world.runs(dispatch)
    assert (world.taken, world.counted) == ([], {"refused": 1})
    assert world.said == ["notifier x: not taken (404 no such hook); it is dropped"]


async def test_the_secrets_of_what_is_refused_are_asked_for_anew(monkeypatch):
    forgotten = []
    monkeypatch.setattr(Plain, "forget", lambda _self, folder: forgotten.append(folder))
    world = World(refusals=[NotTakenError("401", is_final=True)])
    dispatch = world.dispatch()
    dispatch.put(of(1))
    await world.runs(dispatch)
    assert forgotten == [Path()]


async def test_after_six_tries_it_is_given_up_and_counted():
    world = World(refusals=[NotTakenError("500")] * 6, until=10_000)
    dispatch = world.dispatch()
    dispatch.put(of(1))
    await world.runs(dispatch)
    assert world.counted == {"undelivered": 1}


async def test_when_too_much_waits_the_oldest_goes_and_is_counted():
    world = World()
    dispatch = world.dispatch()
    for number in range(WAITING + 2):
        dispatch.put(of(1, f"key-{number}"))
    await world.runs(dispatch)
    assert world.counted == {"crowded_out": 2, "sent": WAITING}
    assert "key-0:" not in world.taken[0][1]


async def test_who_forgets_is_told_again_for_as_long_as_it_stands():
    world = World(until=400.0)
    dispatch = world.dispatch(Forgetful)
    dispatch.put(of(1))
    world.then = {100.0: lambda: dispatch.put(over())}
    await world.runs(dispatch)
    assert world.taken == [(30.0, f"{DRIFT.key}:1"), (90.0, f"{DRIFT.key}:1"), (150.0, f"{DRIFT.key}:over")]
