"""A rollout played out ends when the rollout itself does, moved on step by step; and never before a window allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.maintenance import MaintenanceWindow, closes_at
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.rollout_look import Saw, Seen
from reconciler.model.rollout_steps import step
from reconciler.model.waves import Strategy
from reconciler.plan.playing import TICK_S, Course, Standing, Terms, play

NOON = datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp()  # the clocks go back in the night that follows
HOUR = 3600.0
NIGHT = MaintenanceWindow(cron="0 1 * * *", duration="4h", timezone="Europe/Berlin")
WEEKEND = MaintenanceWindow(cron="0 22 * * 6", duration="9h", timezone="America/Toronto")
DINNER = MaintenanceWindow(cron="0 18 * * *", duration="45m")
COURSES = st.lists(
    st.builds(
        Course,
        site=st.just(""),
        wave=st.integers(0, 2),
        lasts_s=st.sampled_from([60.0, 600.0, 1500.0, 2 * HOUR, 5 * HOUR]),
        needed_s=st.sampled_from([600.0, 1800.0, 3 * HOUR]),
        windows=st.sampled_from([(), (NIGHT,), (NIGHT, WEEKEND), (DINNER,)]),
        not_before=st.sampled_from([-inf, -inf, -inf, NOON + 2 * HOUR, inf]),
    ),
    min_size=1,
    max_size=12,
)
STRATEGIES = st.builds(
    Strategy,
    max_concurrent=st.integers(1, 4),
    soak=st.sampled_from(["", "30m", "13h"]),
    progress_deadline=st.sampled_from(["1h", "4h", "20h", "3d"]),
)


def numbered(courses):
    """Wave by wave, as rollouts order their sites; no wave without one."""
    ordered, taken = sorted(courses, key=lambda c: c.wave), sorted({c.wave for c in courses})
    return [replace(c, site=f"sc-{n:04}", wave=taken.index(c.wave)) for n, c in enumerate(ordered)]


def played(courses, strategy, **said):
    waves = 1 + max(c.wave for c in courses)
    terms = Terms(strategy, strategy.max_concurrent, canaries=bool(strategy.canaries), **said)
    return play(courses, terms, Standing(NOON, waves))


@dataclass
class Stage:
    """A rollout as the engine moves it on, over sites that take as long as they are said to."""

    rollout: Rollout
    courses: dict[str, Course]
    now: float = NOON

    def sight(self, member: Member) -> Seen:
        course = self.courses[member.site]
        if member.state is MemberState.DONE:
            return Seen(Saw.FOLLOWS, self.now, is_heard=True)
        if member.state is MemberState.GOING and member.began is not None:
            is_done = member.began + course.lasts_s <= self.now
            saw = Saw.FOLLOWS if is_done else Saw.BUSY
            return Seen(saw, self.now, is_busy=not is_done, is_sent=True, is_heard=True)
        if self.now < course.not_before:
            return Seen(Saw.DARK, self.now)
        end = closes_at(course.windows, self.now)
        is_open = not course.windows or (end is not None and self.now + course.needed_s <= end)
        return Seen(Saw.DIFFERS if is_open else Saw.HELD, self.now, is_heard=True)

    def to_the_end(self, horizon_s: float = 21 * 86_400.0) -> Rollout:
        """A step at each moment at which anything may come of it, until none is left."""
        while self.now < NOON + horizon_s:
            before = None
            while before != self.rollout:
                before = self.rollout
                sights = {m.site: self.sight(m) for m in before.members.values()}
                self.rollout = step(before, sights, self.now)
            if not (moments := [at for at in self._moments() if at > self.now]):
                break
            self.now = min(moments)
        return self.rollout

    def _moments(self):
        one = self.rollout
        for member in one.members.values():
            if member.state is MemberState.GOING:
                yield member.began + self.courses[member.site].lasts_s
        if one.ended is None and not one.stopped:
            yield one.wave_began + one.strategy.deadline_s
            if one.wave_ended is not None:
                yield one.wave_ended + one.strategy.soak_s
        left = {m.site for m in one.members.values() if m.state in {MemberState.WAITING, MemberState.LATE}}
        for course in (self.courses[site] for site in left):
            if course.not_before < inf:
                yield course.not_before
            yield from (window.opens_at(self.now) for window in course.windows)
            if end := closes_at(course.windows, self.now):
                yield end - course.needed_s + TICK_S


def stepped(courses, strategy):
    members = {c.site: Member(c.site, c.wave, "digest") for c in courses}
    rollout = Rollout("7c1f", "c" * 40, strategy, members, NOON)
    return Stage(rollout, {c.site: c for c in courses}).to_the_end()


@settings(deadline=None, max_examples=150)
@given(COURSES, STRATEGIES)
def test_it_goes_as_the_rollout_itself_goes(courses, strategy):
    courses = numbered(courses)
    found, real = played(courses, strategy), stepped(courses, strategy)
    assert found.done == {m.site: m.ended for m in real.members.values() if m.state is MemberState.DONE}
    assert found.ended == real.ended


@settings(deadline=None, max_examples=60)
@given(COURSES, STRATEGIES)
def test_canaries_that_cannot_go_in_time_stop_it_as_they_do(courses, strategy):
    courses = numbered(courses)
    strategy = strategy.model_copy(update={"canaries": tuple(c.site for c in courses if c.wave == 0)})
    found, real = played(courses, strategy), stepped(courses, strategy)
    assert found.stops == bool(real.halted)
    assert (found.ended == inf) == (real.ended is None)


@settings(deadline=None)
@given(COURSES, STRATEGIES)
def test_nothing_begins_before_a_window_lets_it(courses, strategy):
    courses = numbered(courses)
    done = played(courses, strategy).done
    for course in courses:
        if course.windows and course.site in done:
            began = done[course.site] - course.lasts_s
            assert began + course.needed_s <= (closes_at(course.windows, began) or 0.0)


@settings(deadline=None)
@given(COURSES, STRATEGIES.filter(lambda s: s.max_concurrent > 0))
def test_without_windows_nothing_ends_earlier_where_everything_takes_longer(courses, strategy):
    courses = [replace(c, windows=(), not_before=-inf) for c in numbered(courses)]
    longer = [replace(c, lasts_s=2 * c.lasts_s) for c in courses]
    assert played(courses, strategy).ends <= played(longer, strategy).ends


@settings(deadline=None)
@given(COURSES, STRATEGIES, st.integers(1, 4))
def test_no_more_hosts_are_out_than_may_be(courses, strategy, most):
    courses = [replace(c, hosts=1 + n % 3, group=("ran", "rail")[n % 2]) for n, c in enumerate(numbered(courses))]
    done = played(courses, strategy, most_out={"": most}).done
    spans = [(done[c.site] - c.lasts_s, done[c.site], c.hosts) for c in courses if c.site in done]
    for began, _, _ in spans:
        assert sum(hosts for first, last, hosts in spans if first <= began < last) <= most
    assert not {c.site for c in courses if c.hosts > most} & done.keys()


def test_who_is_on_its_way_already_ends_when_it_would_have():
    courses = [Course("sc-1", 0, HOUR, began=NOON - 600.0), Course("sc-2", 0, HOUR)]
    found = play(courses, Terms(Strategy(), 1), Standing(NOON, 1, began=NOON - 600.0))
    assert found.done == {"sc-1": NOON + 3000.0, "sc-2": NOON + 3000.0 + HOUR}


def test_a_wave_that_soaks_goes_on_when_it_has():
    strategy, standing = Strategy(soak="1h"), Standing(NOON, 2, began=NOON - HOUR, ended=NOON - 600.0, went=True)
    found = play([Course("sc-2", 1, 60.0)], Terms(strategy, 10), standing)
    assert found.waves[1].first == NOON + 3000.0
