"""A rollout played out in time: who goes when, by the rules that `model.rollout_steps` moves it on by. Pure.

Sites of the same windows and needs wait in one lane. The next to go is always the first of the first lane that is open,
so a fleet costs its sites times the logarithm of them, whatever the number of nights.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.waves import Strategy
from reconciler.plan.openings import Hours, Openings

TICK_S = 1.0  # so long after a window has become too short this is noticed
FLEET = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One site that is to go. lasts_s: for how long it takes a place. needed_s: what a window must have left for it.

    windows: none where it may go at any time. hosts: how many it has out of service at a time. began: since when it is
    on its way. is_late: its wave has gone on without it. not_before: until then something else keeps it back; infinity
    where nobody knows for how long.
    """

    site: str
    wave: int
    lasts_s: float
    needed_s: float = 0.0
    windows: tuple[MaintenanceWindow, ...] = ()
    group: str = "default"
    hosts: int = 0
    began: float | None = None
    is_late: bool = False
    not_before: float = -inf


@dataclass(frozen=True, slots=True)
class Terms:
    """By what rules. places: sites that are changed at a time.

    canaries: so many waves are theirs, from the first on; one of which nobody could go stops all. most_out: hosts that may
    be out of service at a time, by group; "" for the fleet.
    """

    strategy: Strategy
    places: int
    canaries: int = 0
    most_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands. waves: how many. began, ended: of the wave that goes. went: one of its sites went already."""

    now: float
    waves: int
    wave: int = 0
    began: float | None = None
    ended: float | None = None
    went: bool = False


@dataclass(slots=True)
class Wave:
    """How one wave goes. first: when the first of its sites goes; ended: when it waits for nobody any more."""

    began: float
    first: float = inf
    ended: float = inf
    left: list[str] = field(default_factory=list)  # behind, by its deadline


@dataclass(slots=True)
class Played:
    """How it goes. done: when each site is; never for those that are not in it."""

    waves: dict[int, Wave] = field(default_factory=dict)
    done: dict[str, float] = field(default_factory=dict)
    ended: float = inf
    stops: bool = False

    @property
    def ends(self) -> float:
        """When the last wave has soaked and the last site that can be caught up is done."""
        return max([self.ended, *self.done.values()])


@dataclass(slots=True, eq=False)
class _Lane:
    """Sites that wait for the same, in order; `waiting` are of the wave that goes. offered: which of the two is."""

    hours: Hours
    key: tuple[str, int]
    waiting: deque[int] = field(default_factory=deque)
    late: list[int] = field(default_factory=list)
    offered: set[bool] = field(default_factory=set)
    is_asleep: bool = False


def play(courses: Iterable[Course], terms: Terms, standing: Standing) -> Played:
    """The rollout to its end. Sites go in the order in which they are given; all of a wave before the next."""
    return _Play(tuple(courses), terms, standing).played()


class _Play:
    def __init__(self, courses: tuple[Course, ...], terms: Terms, standing: Standing) -> None:
        self._courses, self._terms, self._standing = courses, terms, standing
        self._now, self._wave, self._went = standing.now, standing.wave, standing.went
        self._told, self._open = Played(), 0  # open: sites that the wave waits for
        self._lanes: dict[object, _Lane] = {}
        self._openings: dict[MaintenanceWindow, Openings] = {}
        self._of_wave: dict[int, list[int]] = {}
        self._behind = {number for number, course in enumerate(courses) if course.is_late}
        self._ready: dict[tuple[str, int], list[tuple[bool, int, _Lane]]] = {}
        self._going: list[tuple[float, int]] = []
        self._out: dict[str, int] = {}
        self._alarms: list[tuple[float, int, _Lane | None]] = []
        self._set = 0  # alarms, so far
        self._lane_of = [self._placed(number, course) for number, course in enumerate(courses)]

    def played(self) -> Played:
        self._begin(self._now if self._standing.began is None else self._standing.began)
        while not self._told.stops:
            self._forward()
            if not self._told.stops:
                self._let_go()
            later = min((heap[0][0] for heap in (self._going, self._alarms) if heap), default=inf)
            if later == inf:
                break
            self._now = max(self._now, later)
            self._arrive()
        return self._told

    # ---- who waits where

    def _placed(self, number: int, course: Course) -> _Lane:
        lane = self._lane(course)
        if course.began is not None:
            self._goes(number, course.began)
        elif course.is_late:
            heappush(lane.late, number)
        else:
            self._of_wave.setdefault(max(course.wave, self._wave), []).append(number)
        return lane

    def _lane(self, course: Course) -> _Lane:
        needed_s = course.needed_s if course.windows else 0.0
        alike = (course.windows, needed_s, course.not_before, course.group, course.hosts)
        if alike not in self._lanes:
            not_before = course.not_before if course.hosts <= self._limit(course.group) else inf
            hours = Hours(map(self._openings_of, course.windows), needed_s, not_before)
            self._lanes[alike] = _Lane(hours, (course.group, course.hosts))
        return self._lanes[alike]

    def _openings_of(self, window: MaintenanceWindow) -> Openings:
        if window not in self._openings:
            self._openings[window] = Openings(window, self._now)
        return self._openings[window]

    def _limit(self, group: str) -> float:
        return min(self._terms.most_out.get(scope, inf) for scope in (FLEET, group))

    # ---- waves

    def _begin(self, at: float) -> None:
        """A wave, with those that are on their way already and those that wait."""
        waiting = self._of_wave.get(self._wave, [])
        going = [number for _, number in self._going if self._is_awaited(number)]
        self._open = len(waiting) + len(going)
        ended = self._standing.ended if self._wave == self._standing.wave and not self._open else None
        first = min((self._courses[number].began or at for number in going), default=inf)
        self._told.waves[self._wave] = Wave(at, first, inf if ended is None else ended)
        for number in waiting:
            self._lane_of[number].waiting.append(number)
        for lane in self._lanes.values():
            self._offer(lane)
        self._wake_at(at + self._terms.strategy.deadline_s)

    def _is_awaited(self, number: int) -> bool:
        return number not in self._behind

    def _forward(self) -> None:
        """The wave, when it has ended and soaked; the next one then."""
        while self._told.ended == inf and not self._open:
            wave, soak_s = self._told.waves[self._wave], self._terms.strategy.soak_s
            wave.ended = min(wave.ended, self._now)
            if soak_s and self._went and self._now < wave.ended + soak_s:
                self._wake_at(wave.ended + soak_s)
                return
            has_gone = wave.first < inf or (self._standing.went and self._wave == self._standing.wave)
            if self._wave < self._terms.canaries and not has_gone:
                self._told.stops = True
                return
            if self._wave + 1 >= self._standing.waves:
                self._told.ended = self._now
                return
            self._wave, self._went = self._wave + 1, False
            self._begin(self._now)

    # ---- places

    def _let_go(self) -> None:
        while len(self._going) < self._terms.places and (found := self._next()):
            is_late, lane = found
            number = heappop(lane.late) if is_late else lane.waiting.popleft()
            self._goes(number, self._now)
            wave = self._told.waves[max(self._courses[number].wave, self._standing.wave)]
            wave.first = min(wave.first, self._now)
            self._offer(lane)

    def _goes(self, number: int, at: float) -> None:
        course = self._courses[number]
        heappush(self._going, (max(self._now, at + course.lasts_s), number))
        self._count(course, course.hosts)

    def _count(self, course: Course, hosts: int) -> None:
        for scope in (FLEET, course.group):
            self._out[scope] = self._out.get(scope, 0) + hosts

    def _next(self) -> tuple[bool, _Lane] | None:
        """The first that may go now: of the wave before those that are caught up."""
        while heaps := [heap for key, heap in self._ready.items() if heap and self._has_room(*key)]:
            is_late, number, lane = heappop(min(heaps, key=lambda heap: heap[0][:2]))
            lane.offered.discard(is_late)
            queue = lane.late if is_late else lane.waiting
            if not queue or queue[0] != number:
                self._offer(lane)  # those it was offered for have been left behind, or others were before them
            elif lane.hours.until(self._now) >= self._now:
                return is_late, lane
            else:
                self._sleeps(lane)
        return None

    def _has_room(self, group: str, hosts: int) -> bool:
        limits = ((self._out.get(scope, 0), self._terms.most_out.get(scope, inf)) for scope in (FLEET, group))
        return not hosts or all(out + hosts <= most for out, most in limits)

    def _offer(self, lane: _Lane) -> None:
        """Put its first ones where the next to go is taken from."""
        for is_late, queue in ((False, lane.waiting), (True, lane.late)):
            if queue and is_late not in lane.offered and not lane.hours.is_never:
                lane.offered.add(is_late)
                heappush(self._ready.setdefault(lane.key, []), (is_late, queue[0], lane))

    # ---- time

    def _wake_at(self, at: float, lane: _Lane | None = None) -> None:
        """Look at a lane then, or at all of them."""
        self._set += 1
        if at < inf:
            heappush(self._alarms, (at, self._set, lane))

    def _sleeps(self, lane: _Lane) -> None:
        if not lane.is_asleep:
            lane.is_asleep = True
            self._wake_at(lane.hours.opens_after(self._now), lane)

    def _arrive(self) -> None:
        """What has ended, opened or waited for too long by now."""
        while self._going and self._going[0][0] <= self._now:
            at, number = heappop(self._going)
            course = self._courses[number]
            self._told.done[course.site] = at
            self._count(course, -course.hosts)
            self._open -= self._is_awaited(number)
            self._went = True
        while self._alarms and self._alarms[0][0] <= self._now:
            _, _, lane = heappop(self._alarms)
            for one in (lane,) if lane else tuple(self._lanes.values()):
                self._looked_at(one)

    def _looked_at(self, lane: _Lane) -> None:
        until = lane.hours.until(self._now)
        is_overdue = self._now >= self._told.waves[self._wave].began + self._terms.strategy.deadline_s
        if until >= self._now:
            lane.is_asleep = False
            self._offer(lane)
            if is_overdue and lane.waiting:
                self._wake_at(until + TICK_S, lane)
        elif is_overdue:
            self._leave_behind(lane)

    def _leave_behind(self, lane: _Lane) -> None:
        """The wave waits for them no longer."""
        for number in lane.waiting:
            heappush(lane.late, number)
            self._told.waves[self._wave].left.append(self._courses[number].site)
        self._behind.update(lane.waiting)
        self._open -= len(lane.waiting)
        lane.waiting.clear()
        self._offer(lane)
