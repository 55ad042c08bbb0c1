"""Whose turn it is: never two visits of one site, none forgotten, and failing or slow sites in nobody's way."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reconciler.engine.queue import Crowd, Lane, Lingering, Queue
from tests.engine.waiting import FakeTimer, settled

HOUR_S = 3600.0


def after(seconds):
    """A visit lingers, and is one of a slow site, after so long, whatever others take."""
    return Lingering(least_s=seconds, most_s=seconds, first_s=seconds, at_once=1)


class Visits:
    """Visits that last until they are told to end."""

    def __init__(self, workers: int = 2, lingering: Lingering | None = None) -> None:
        self.timer = FakeTimer()
        self.queue = Queue(self.timer, workers, lingering or after(24 * HOUR_S))
        self.begun: list[str] = []
        self.under_way: dict[str, asyncio.Future[float]] = {}

    async def visit(self, site: str) -> float:
        assert site not in self.under_way, f"{site} is visited twice at a time"
        self.begun.append(site)
        self.under_way[site] = asyncio.get_running_loop().create_future()
        try:
            return await self.under_way[site]
        finally:
            del self.under_way[site]

    async def end(self, site: str, next_s: float = HOUR_S) -> None:
        self.under_way[site].set_result(next_s)
        await settled()

    async def pass_time(self, seconds: float) -> None:
        self.timer.advance(seconds)
        await settled()

    async def put(self, *sites: str, delay_s: float = 0.0) -> None:
        for site in sites:
            self.queue.put(site, delay_s)
        await settled()


@asynccontextmanager
async def at_work(workers: int = 2, lingering: Lingering | None = None):
    visits = Visits(workers, lingering)
    running = asyncio.create_task(visits.queue.run(visits.visit))
    await settled()
    try:
        yield visits
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_site_is_visited_when_it_is_due_and_again_when_its_visit_said():
    async with at_work() as visits:
        await visits.put("a", delay_s=10.0)
        await visits.pass_time(9.0)
        assert visits.begun == []
        await visits.pass_time(1.0)
        await visits.end("a", next_s=60.0)
        await visits.pass_time(59.0)
        assert visits.begun == ["a"]
        await visits.pass_time(1.0)
        assert visits.begun == ["a", "a"]


async def test_putting_a_site_sooner_wins_and_later_changes_nothing():
    async with at_work() as visits:
        await visits.put("a", delay_s=60.0)
        await visits.put("a", delay_s=5.0)
        await visits.put("a", delay_s=90.0)
        await visits.pass_time(5.0)
        assert visits.begun == ["a"]


async def test_a_site_put_while_it_is_visited_is_visited_once_more():
    async with at_work() as visits:
        await visits.put("a")
        await visits.put("a", "a")
        assert visits.begun == ["a"]
        await visits.end("a")
        assert visits.begun == ["a", "a"]
        await visits.end("a")
        assert visits.begun == ["a", "a"]


async def test_no_more_sites_are_visited_at_a_time_than_there_are_workers():
    async with at_work(workers=2) as visits:
        await visits.put("a", "b", "c")
        assert visits.begun == ["a", "b"]
        await visits.end("b")
        assert visits.begun == ["a", "b", "c"]


async def test_who_has_been_due_longest_comes_first():
    async with at_work(workers=1) as visits:
        await visits.put("busy")
        await visits.put("late", delay_s=5.0)
        await visits.put("early", delay_s=3.0)
        await visits.pass_time(10.0)
        await visits.end("busy")
        await visits.end("early")
        assert visits.begun == ["busy", "early", "late"]


async def test_what_moved_comes_before_the_round_of_the_fleet():
    async with at_work(workers=1) as visits:
        await visits.put("busy")
        await visits.put("round-1", "round-2", delay_s=5.0)
        await visits.pass_time(10.0)
        await visits.put("committed")
        for site in ("busy", "committed", "round-1"):
            await visits.end(site)
        assert visits.begun == ["busy", "committed", "round-1", "round-2"]


async def test_a_move_during_a_visit_comes_first_after_it():
    async with at_work(workers=1) as visits:
        await visits.put("a")
        await visits.put("round", delay_s=5.0)
        await visits.pass_time(10.0)
        await visits.put("a")
        await visits.end("a")
        assert visits.begun == ["a", "a"]


async def test_a_visit_that_wants_another_at_once_waits_for_its_turn():
    async with at_work(workers=1) as visits:
        await visits.put("a")
        await visits.put("round", delay_s=5.0)
        await visits.pass_time(10.0)
        await visits.end("a", next_s=0.0)
        assert visits.begun == ["a", "round"]


async def test_a_commit_for_failing_sites_comes_before_other_failing_ones():
    async with at_work(workers=1) as visits:
        for site in ("busy", "dark", "mended"):
            visits.queue.mark(site, failing=True)
        await visits.put("busy")
        await visits.put("dark", delay_s=5.0)
        await visits.pass_time(10.0)
        await visits.put("mended")
        for site in ("busy", "mended"):
            await visits.end(site)
        assert visits.begun == ["busy", "mended", "dark"]


async def test_a_failing_site_is_visited_though_others_wait_for_their_time():
    async with at_work() as visits:
        visits.queue.mark("dark", failing=True)
        await visits.put("fine", delay_s=600.0)
        await visits.put("dark", delay_s=5.0)
        await visits.pass_time(5.0)
        assert visits.begun == ["dark"]


async def test_failing_sites_have_half_as_many_workers_and_take_none_from_the_others():
    async with at_work(workers=4) as visits:
        dark = [f"dark-{i}" for i in range(6)]
        for site in dark:
            visits.queue.mark(site, failing=True)
        await visits.put(*dark)
        assert visits.begun == dark[:2]
        await visits.put(*"abcde")
        assert visits.begun == [*dark[:2], *"abcd"]


async def test_a_visit_that_lasts_makes_room_for_another():
    async with at_work(workers=2, lingering=after(10.0)) as visits:
        await visits.put(*"abc")
        await visits.pass_time(9.0)
        assert visits.begun == ["a", "b"]
        await visits.pass_time(1.0)
        assert visits.begun == ["a", "b", "c"]


async def test_so_many_visits_make_room_as_is_said_and_no_more():
    """If the whole fleet becomes slow at once, its visits do not grow without a bound."""
    async with at_work(workers=2, lingering=after(10.0)) as visits:
        await visits.put(*"abcdefgh")
        for _ in range(5):
            await visits.pass_time(10.0)
        assert visits.begun == ["a", "b", "c", "d"]
        await visits.end("a")
        assert visits.begun == ["a", "b", "c", "d", "e"]


def test_a_visit_lingers_by_what_the_others_take_a_fifth_of_them_dark_or_slow():
    lingering = Lingering(times=3.0, least_s=1.0, most_s=10.0, first_s=2.0)
    assert lingering.after_s([]) == 2.0
    assert lingering.after_s([0.1] * 10) == 1.0
    assert lingering.after_s([0.8] * 40 + [60.0] * 10) == pytest.approx(2.4)
    assert lingering.after_s([6.0] * 10) == 10.0  # the machine is slow, not the sites


async def test_a_site_that_takes_somewhat_longer_than_others_does_not_stand_in_line_behind_slow_ones():
    async with at_work(workers=1, lingering=Lingering(least_s=1.0, most_s=10.0)) as visits:
        for number in range(3):
            await visits.put(f"small-{number}")
            await visits.end(f"small-{number}")
        await visits.put("large", "next")
        await visits.pass_time(1.0)
        assert set(visits.under_way) == {"large", "next"}  # it makes room
        for site in ("large", "next"):
            await visits.end(site)
        await visits.put("busy")
        await visits.put("large")
        assert visits.queue.depths() == {Lane.NEW: 1, Lane.HEALTHY: 0, Lane.SLOW: 0, Lane.FAILING: 0}


async def test_slow_sites_have_half_as_many_workers_and_take_none_from_the_others():
    async with at_work(workers=4, lingering=after(10.0)) as visits:
        slow = ["slow-1", "slow-2", "slow-3"]
        await visits.put(*slow)
        await visits.pass_time(10.0)
        for site in slow:
            await visits.end(site)
        await visits.put(*slow, *"abcde")
        assert set(visits.under_way) == {"slow-1", "slow-2", *"abcd"}
        assert visits.queue.depths()[Lane.SLOW] == 1


async def test_a_slow_site_that_answers_quickly_again_is_one_of_the_others():
    async with at_work(workers=2, lingering=after(10.0)) as visits:
        await visits.put("mended", "slow")
        await visits.pass_time(10.0)
        for site in ("mended", "slow"):
            await visits.end(site)
        await visits.put("mended")
        await visits.end("mended")
        await visits.put("mended", "slow")
        assert set(visits.under_way) == {"mended", "slow"}  # two of slow ones would be one at a time


async def test_a_site_that_answers_again_leaves_the_lane():
    async with at_work(workers=2) as visits:
        for site in ("one", "two"):
            visits.queue.mark(site, failing=True)
        await visits.put("one", "two")
        assert visits.begun == ["one"]
        visits.queue.mark("two", failing=False)
        await settled()
        assert visits.begun == ["one", "two"]


async def test_a_dropped_site_is_not_visited_any_more_not_even_after_the_visit_under_way():
    async with at_work() as visits:
        await visits.put("a", "b")
        await visits.put("c", delay_s=5.0)
        await visits.put("a")
        for site in ("a", "c"):
            visits.queue.drop(site)
        await visits.end("a", next_s=1.0)
        await visits.pass_time(HOUR_S)
        assert visits.begun == ["a", "b"]


async def test_a_site_that_comes_back_during_its_last_visit_is_visited_again():
    async with at_work() as visits:
        await visits.put("a")
        visits.queue.drop("a")
        await visits.put("a")
        await visits.end("a")
        assert visits.begun == ["a", "a"]


async def test_the_depths_count_who_is_due_and_waits():
    async with at_work(workers=1) as visits:
        for site in ("dark", "cut"):
            visits.queue.mark(site, failing=True)
        await visits.put("a", "b", "c", "dark", "cut")
        await visits.put("d", delay_s=5.0)
        assert visits.queue.depths() == {Lane.NEW: 2, Lane.HEALTHY: 0, Lane.SLOW: 0, Lane.FAILING: 1}
        await visits.pass_time(5.0)
        assert visits.queue.depths() == {Lane.NEW: 2, Lane.HEALTHY: 1, Lane.SLOW: 0, Lane.FAILING: 1}


async def test_what_a_visit_raises_ends_the_queue_and_every_other_visit():
    visits = Visits()
    running = asyncio.create_task(visits.queue.run(visits.visit))
    await visits.put("a", "b")
    visits.under_way["a"].set_exception(ZeroDivisionError())
    with pytest.raises(ExceptionGroup):
        await running
    assert visits.under_way == {}


@pytest.mark.parametrize("steps", range(12))
async def test_it_ends_when_it_is_cancelled_whatever_it_is_about(steps):
    visits = Visits()
    running = asyncio.create_task(visits.queue.run(visits.visit))
    visits.queue.put("a", 5.0)
    await settled()
    visits.queue.put("b", 7.0)
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    await settled()
    assert running.done()


SITES = st.sampled_from("abcdefgh")
DELAYS = st.sampled_from([0.0, 1.0, 7.0, 60.0])
WORKERS, LINGERS_S = 3, 20.0
ROOM = {Crowd.WELL: WORKERS, Crowd.SLOW: 1, Crowd.FAILING: 1}


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Whatever is put, dropped, ended and marked, and whenever: the promises hold at every moment."""

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.visits = Visits(WORKERS, after(LINGERS_S))
        self.due: dict[str, float] = {}
        self.again: set[str] = set()
        self.new: set[str] = set()
        self.failing: set[str] = set()
        self.slow: set[str] = set()
        self.taken: dict[str, tuple[Crowd, float]] = {}  # whose worker a visit takes, and since when
        self.dropped: set[str] = set()
        self.known = 0
        self.task = self.runner.get_loop().create_task(self.visits.queue.run(self.visits.visit))
        self.settle()

    def settle(self):
        """What began meanwhile was next of its crowd, and is due no more."""
        self.runner.run(settled())
        self.linger()
        begun = self.visits.begun[self.known :]
        waiting = self.ready() | set(begun)
        for site in begun:
            mine = {other for other in waiting if self.crowd(other) is self.crowd(site)}
            assert self.turn(site) == min(map(self.turn, mine)), f"it was not the turn of {site}"
            waiting.discard(site)
            assert self.due.pop(site) <= self.visits.timer.time, f"{site} was not due"
            self.new.discard(site)
            self.taken[site] = self.crowd(site), self.visits.timer.time
        self.known = len(self.visits.begun)

    def linger(self):
        """Visits of well sites that last are those of slow ones, as many as there are workers."""
        for site, (crowd, since) in list(self.taken.items()):
            lasts = crowd is Crowd.WELL and self.visits.timer.time - since >= LINGERS_S
            if lasts and self.busy(Crowd.SLOW) < WORKERS:
                self.taken[site] = Crowd.SLOW, since

    def busy(self, crowd):
        return sum(taken is crowd for taken, _ in self.taken.values())

    def crowd(self, site):
        return Crowd.FAILING if site in self.failing else Crowd.SLOW if site in self.slow else Crowd.WELL

    def ready(self):
        """Sites that are due and not visited."""
        return {s for s, at in self.due.items() if at <= self.visits.timer.time} - self.visits.under_way.keys()

    def turn(self, site):
        return site not in self.new, self.due[site]

    @rule(site=SITES, delay_s=DELAYS)
    def put(self, site, delay_s):
        self.dropped.discard(site)
        if not delay_s:
            self.new.add(site)
        if site in self.visits.under_way and not delay_s:
            self.again.add(site)
        else:
            at = self.visits.timer.time + delay_s
            self.due[site] = min(at, self.due.get(site, at))
        self.visits.queue.put(site, delay_s)
        self.settle()

    @rule(site=SITES)
    def drop(self, site):
        self.due.pop(site, None)
        for known in (self.again, self.new, self.failing, self.slow):
            known.discard(site)
        self.dropped |= {site} & self.visits.under_way.keys()
        self.visits.queue.drop(site)
        self.settle()

    @rule(site=SITES, failing=st.booleans())
    def mark(self, site, failing):
        self.visits.queue.mark(site, failing=failing)
        (self.failing.add if failing else self.failing.discard)(site)
        self.settle()

    @rule(seconds=st.sampled_from([1.0, 10.0, 100.0]))
    def pass_time(self, seconds):
        self.visits.timer.advance(seconds)
        self.settle()

    @precondition(lambda self: self.visits.under_way)
    @rule(data=st.data(), next_s=DELAYS)
    def end(self, data, next_s):
        site = data.draw(st.sampled_from(sorted(self.visits.under_way)))
        self.visits.under_way[site].set_result(next_s)
        _, since = self.taken.pop(site)
        is_slow = self.visits.timer.time - since >= LINGERS_S
        (self.slow.add if is_slow else self.slow.discard)(site)
        if site in self.dropped:
            for known in (self.dropped, self.failing, self.slow):
                known.discard(site)
        else:
            at = self.visits.timer.time + (0.0 if site in self.again else next_s)
            self.due[site] = min(at, self.due.get(site, at))
        self.again.discard(site)
        self.settle()

    @invariant()
    def never_too_many(self):
        assert self.taken.keys() == self.visits.under_way.keys()
        assert self.busy(Crowd.WELL) <= WORKERS
        assert self.busy(Crowd.SLOW) <= WORKERS
        assert self.busy(Crowd.FAILING) <= ROOM[Crowd.FAILING]

    @invariant()
    def nobody_waits_for_a_free_worker(self):
        for crowd, room in ROOM.items():
            waits = {site for site in self.ready() if self.crowd(site) is crowd}
            assert not waits or self.busy(crowd) >= room

    @invariant()
    def it_is_at_work(self):
        assert not self.task.done()

    def teardown(self):
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            self.runner.run(self.ended())
        self.runner.close()

    async def ended(self):
        await self.task


AnyOrderOfEvents.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
