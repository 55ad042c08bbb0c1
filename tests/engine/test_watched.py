"""What metrics and messages are told of a controller: who leads, what waits, and what nobody is called for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from reconciler.engine.queue import Crowd, Lane, Queue
from reconciler.engine.watched import Watched, heard, silence
from reconciler.kinds import registry
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.telemetry import Sight
from tests.apply.fakes import FakeClock
from tests.model.verdicts import difference, verdict

MTU = difference(kind="ethernet", host="controller-0")
OSD = difference("", resource="controller-0/osd/sdb", kind="osd", host="controller-0", action="create")
SEEN = verdict("going", judged_at=1_000.0, differences=(MTU, OSD))
KNOWN, _ = step(SiteDrift("going"), SEEN)


def rollout(state, **facts):
    return Rollout("7f3a", "c1", Strategy(), {"going": Member("going", 0, state=state)}, 900.0, **facts)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (rollout(MemberState.GOING), True),
        (rollout(MemberState.WAITING), False),
        (rollout(MemberState.DONE), False),
        (rollout(MemberState.GOING, is_guided=False), False),
    ],
)
def test_a_site_is_quiet_while_its_wave_goes(one, expected):
    quiet = silence([one], registry())
    assert quiet.is_going("going") is expected
    assert heard(KNOWN, quiet, 9_000.0).open == ({} if expected else KNOWN.open)


def test_kinds_that_the_platform_makes_have_their_time_and_what_flaps_is_told():
    quiet = silence([], registry())
    assert set(quiet.graces) == {"application", "application-state", "osd", "physical-volume", "storage-backend"}
    assert list(heard(KNOWN, quiet, 1_500.0).open) == [MTU.place]
    flapping = replace(KNOWN, open={MTU.place: replace(KNOWN.open[MTU.place], is_flapping=True)})
    assert heard(flapping, quiet, 1_500.0) is flapping


@pytest.fixture
def watched():
    clock = FakeClock()
    queue = Queue(clock, 4)
    queue.put("new")
    queue.put("healthy", 5.0)
    queue.put("later", 500.0)
    clock.time += 60
    it = SimpleNamespace(verdicts={"going": SEEN}, drift={"going": KNOWN}, breakers_open=2)
    rollouts = SimpleNamespace(live={"7f3a": rollout(MemberState.GOING)})
    repository = SimpleNamespace(commit="c1", authored_at={"c1": 500.0}.get)
    return Watched(it, queue, rollouts, repository, registry(), lambda: False)


def test_the_queue_is_told_lane_by_lane(watched):
    load = watched.load()
    assert (load.depths[Lane.NEW], load.depths[Lane.HEALTHY], load.breakers_open) == (1, 1, 2)
    assert (load.oldest_s[Lane.NEW], load.oldest_s[Lane.HEALTHY], load.oldest_s[Lane.FAILING]) == (60, 55, 0)
    assert load.busy == dict.fromkeys(map(str, Crowd), 0)


def test_a_sight_shows_the_fleet_and_hands_out_copies(watched):
    sight = watched.onto(Sight())
    assert ([v.site for v in sight.verdicts()], sight.head(), sight.authored_at("c1")) == (["going"], "c1", 500.0)
    assert (sight.is_leader(), sight.silence().is_going("going")) == (False, True)
    seen = sight.drift()
    watched.it.drift.clear()
    assert seen == {"going": KNOWN}


def test_nobody_is_told_of_what_a_rollout_changes(watched):
    assert watched.told(9_000.0)["going"].open == {}
