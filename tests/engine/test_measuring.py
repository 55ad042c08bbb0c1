"""What a plan took is what the next one is expected to take: windows are judged by it once there is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.measuring import FRESH_S, OURS_S, Recent, Stopwatch
from reconciler.model.durations import Durations, Key
from reconciler.model.forecast import Act, Basis, Like, Took
from reconciler.model.gate import GateName
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.store import StoreMemory
from tests.apply.fakes import FakeClock, refused
from tests.engine.test_gating import DUPLEX, gates, ottawa, policy, store, visited  # noqa: F401 - fixtures among them

CONTROLLER = Like("duplex", "All-in-one", "controller")
SOON = MaintenanceWindow(cron="* * * * *", duration="10m")  # always open, and for ten minutes only


class Kept:
    def __init__(self):
        self.asked, self.known, self.learned = 0, Durations(), []

    def durations(self):
        self.asked += 1
        return self.known

    def took(self, took, at):
        self.learned.append((list(took), at))


@pytest.fixture
def measuring(ottawa, store):  # noqa: F811
    """The site of the gates' tests, with a memory of what was measured there."""
    object.__setattr__(ottawa.office, "lasting", StoreMemory(store))
    return ottawa


async def test_a_plan_that_is_sent_is_measured_act_by_act(measuring, store):  # noqa: F811
    await visited(measuring)
    found = store.durations.known().lasted
    assert set(found) == {
        Key(Act.CALL, CONTROLLER, "iface"),
        Key(Act.CALL, Like("duplex", "All-in-one"), "net"),
        Key(Act.LOCK, CONTROLLER),
        Key(Act.UNLOCK, CONTROLLER),
    }
    assert all(len(seconds) == 1 for seconds in found.values())


async def test_a_lock_that_is_refused_was_none(measuring, store):  # noqa: F811
    measuring.lines["ottawa"].before["PATCH lock controller-1"] = [refused()]
    await visited(measuring)
    assert not [key for key in store.durations.known().lasted if key.act in {Act.LOCK, Act.UNLOCK}]


async def test_a_window_that_the_guess_is_too_long_for_is_long_enough_for_what_was_measured(measuring, store):  # noqa: F811
    policy(measuring, windows=(SOON,))
    _, known, sent = await visited(measuring)
    assert (gates(known), sent) == ([GateName.WINDOW], ["PATCH /v1/net"])
    assert known.message == "takes about 21m4s: no maintenance window is as long"
    took = [(Act.LOCK, 30.0), (Act.UNLOCK, 300.0)]
    store.durations.note([Took(act, CONTROLLER, seconds) for act, seconds in took for _ in range(10)], 1_000.0)
    _, known, sent = await visited(measuring)
    assert (gates(known), sent) == ([], ["PATCH lock controller-1", "PATCH /v1/iface", "PATCH unlock controller-1"])
    assert (known.forecast.span.late_s, known.forecast.span.basis) == (332.0, Basis.MEASURED)


async def test_a_window_is_judged_by_what_one_in_twenty_exceeds(measuring, store):  # noqa: F811
    policy(measuring, windows=(SOON,))
    took = [Took(Act.UNLOCK, CONTROLLER, 300.0 if n else 900.0) for n in range(12)]
    store.durations.note([Took(Act.LOCK, CONTROLLER, 30.0) for _ in range(12)] + took, 1_000.0)
    _, known, sent = await visited(measuring)
    assert (gates(known), sent) == ([GateName.WINDOW], ["PATCH /v1/net"])


def test_what_was_read_is_believed_for_a_minute_and_not_after_the_clock_went_back():
    kept, clock = Kept(), FakeClock()
    recent = Recent(kept, clock)
    for at, asked in ((0.0, 1), (FRESH_S - 1, 1), (FRESH_S, 2), (5.0, 3)):
        clock.time = at
        assert recent.durations() is kept.known
        assert kept.asked == asked
    recent.took((), 7.0)
    assert kept.learned == [([], 7.0)]
    for at, asked in ((5.0 + OURS_S - 0.1, 3), (5.0 + OURS_S, 4), (20.0, 4)):  # what was measured here is known soon
        clock.time = at
        recent.durations()
        assert kept.asked == asked


def test_a_sending_without_an_act_says_nothing_of_reading():
    watch = Stopwatch()
    assert watch.took(DUPLEX, 12.0) == ()
    watch(Act.LOCK, "controller-0", 30.0)
    host = replace(DUPLEX.hosts["controller-0"], hardware="Xeon")
    assert watch.took(replace(DUPLEX, hosts={"controller-0": host}), 12.0) == (
        Took(Act.READ, Like("duplex", "All-in-one"), 12.0),
        Took(Act.LOCK, replace(CONTROLLER, hardware="Xeon"), 30.0),
    )
