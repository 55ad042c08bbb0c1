"""A permitted plan before the gates: what is held waits with its reason, the rest goes on, what we owe is closed."""

from __future__ import annotations

import pytest

from reconciler.engine.answers import of_plan
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.approval import Answer, Saying
from reconciler.model.gate import Freeze, GateName, Surroundings
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.words import ApplyPolicy, State
from reconciler.store import Store, StoreMemory
from tests.engine.offices import APPLY, Git, Line, World
from tests.worlds import Iface, Net, host, snap, system

DUPLEX = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")
LOCKS, NOTHING = Iface(name="a", mtu=9000), Net(name="a", mtu=9000)
WAS = (("controller-1", Iface(name="a", mtu=1500)), Net(name="a", mtu=1500))
WANTED = (("controller-1", LOCKS), NOTHING)
DOWN = Alarm("1", "200.004", "host=controller-0", AlarmSeverity.CRITICAL, affects_management=True)
HOUR = 3_600.0


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as made:
        yield made


@pytest.fixture
def ottawa(store):
    """A duplex site that lacks a change that locks a host, and one that nobody notices."""
    git = Git(ottawa=snap(*WANTED, state=DUPLEX))
    world = World(StoreMemory(store), git, {"ottawa": Line(snap(*WAS, state=DUPLEX))})
    world.store = store
    world.controller = Controller(
        world.fleet, store, Schedule(observe_s=600.0, jitter=0.0), Queue(world.clock, 1), lambda _: None
    )
    return world


async def visited(world):
    """(seconds until the next visit, the verdict, what was sent)"""
    line = world.lines["ottawa"]
    before = len(line.sent)
    due_s = await world.controller.visit("ottawa")
    return due_s, world.controller.verdicts["ottawa"], line.sent[before:]


def policy(world, **said):
    world.git.policies["ottawa"] = APPLY.model_copy(update=said)


def gates(verdict):
    return [hold.gate for hold in verdict.holds]


async def test_what_a_gate_holds_waits_and_what_nobody_notices_goes_on(ottawa):
    ottawa.lines["ottawa"].around = Surroundings(alarms=(DOWN,))
    _, known, sent = await visited(ottawa)
    assert sent == ["PATCH /v1/net"]
    assert gates(known) == [GateName.ALARMS]
    _, known, sent = await visited(ottawa)
    assert (known.state, known.reason, sent) == (State.HELD, "alarms", [])
    assert known.message == "alarms stand: 200.004 critical on host=controller-0"


async def test_it_is_sent_once_the_gate_is_open(ottawa):
    ottawa.lines["ottawa"].around = Surroundings(alarms=(DOWN,))
    await visited(ottawa)
    ottawa.lines["ottawa"].around = Surroundings()
    _, known, sent = await visited(ottawa)
    assert "PATCH /v1/iface" in sent
    assert known.holds == ()


async def test_a_site_comes_back_when_its_window_opens(ottawa):
    now = ottawa.clock.now()
    policy(ottawa, windows=(MaintenanceWindow(cron="20 0 1 1 *", duration="4h"),))  # 1970-01-01 00:20: 200 s from now
    await visited(ottawa)
    due_s, known, sent = await visited(ottawa)
    assert (gates(known), sent) == ([GateName.WINDOW], [])
    assert (known.holds[0].until, due_s) == (now + 200.0, 200.0)
    ottawa.clock.time = now + 200.0
    _, known, sent = await visited(ottawa)
    assert "PATCH /v1/iface" in sent


async def test_a_gate_is_dated_by_the_first_visit_that_found_it_closed(ottawa):
    ottawa.store.words.suspend("night-shift", "storm", site="ottawa")
    await visited(ottawa)
    ottawa.clock.time += HOUR
    _, known, sent = await visited(ottawa)
    assert (known.holds[0].since, sent) == (1_000.0, [])
    assert known.message == "ottawa is suspended by night-shift: storm"


async def test_what_is_approved_as_a_whole_waits_as_a_whole(ottawa):
    policy(ottawa, apply=ApplyPolicy.APPROVED)
    _, known, _ = await visited(ottawa)
    ottawa.store.words.answer(of_plan(Saying(Answer.APPROVED, "night-shift", 1_000.0), known))
    ottawa.lines["ottawa"].around = Surroundings(alarms=(DOWN,))
    _, known, sent = await visited(ottawa)
    assert (gates(known), sent) == ([GateName.ALARMS], [])
    ottawa.lines["ottawa"].around = Surroundings()
    _, _, sent = await visited(ottawa)
    assert {"PATCH /v1/iface", "PATCH /v1/net"} <= set(sent)
    assert ottawa.store.words.approvals("ottawa") == ()


async def test_a_rejected_plan_is_not_sent_though_the_policy_is_auto(ottawa):
    ottawa.store.words.suspend("night-shift", "storm", site="ottawa")
    _, known, _ = await visited(ottawa)
    ottawa.store.words.answer(of_plan(Saying(Answer.REJECTED, "day-shift", 1_000.0, "not this year"), known))
    ottawa.store.words.resume("night-shift", site="ottawa")
    _, known, sent = await visited(ottawa)
    assert (known.message, sent) == ("rejected by day-shift: not this year", [])


async def test_a_frozen_fleet_sends_nothing_not_even_what_nobody_notices(ottawa):
    policy(ottawa, freezes=(Freeze(begins=0.0, ends=1_000.0 + HOUR, reason="elections"),))
    due_s, known, sent = await visited(ottawa)
    assert (gates(known), sent) == ([GateName.FREEZE], [])
    assert due_s == 600.0


async def test_a_window_that_we_opened_is_closed_though_the_gates_are(ottawa, store):
    locked = system(host("controller-0"), host("controller-1", "locked", is_active=False), mode="duplex")
    ottawa.lines["ottawa"].shown = snap(*WAS, state=locked)
    store.open_window("ottawa", "controller-1", "p0")
    store.words.suspend("night-shift", "storm", site="ottawa")
    _, known, sent = await visited(ottawa)
    assert sent == ["PATCH unlock controller-1"]
    assert known.message == "ottawa is suspended by night-shift: storm"
    assert store.windows("ottawa") == frozenset()


async def test_a_gate_that_closes_while_a_plan_is_sent_keeps_the_next_host_in_service(ottawa):
    names = {"controller-0": "a", "controller-1": "b"}
    was = [(host, Iface(name=name, mtu=1500)) for host, name in names.items()]
    ottawa.git.said["ottawa"] = snap(*[(h, Iface(name=n, mtu=9000)) for h, n in names.items()], state=DUPLEX)
    line = ottawa.lines["ottawa"] = Line(snap(*was, state=DUPLEX))

    async def surroundings(*, again=False):
        return Surroundings(alarms=(DOWN,) if again and "PATCH unlock controller-1" in line.sent else ())

    line.surroundings = surroundings
    _, known, sent = await visited(ottawa)
    assert sent == ["PATCH lock controller-1", "PATCH /v1/iface", "PATCH unlock controller-1"]
    assert (known.state, known.message) == (
        State.HELD,
        "ottawa controller-0: not locked: alarms stand: 200.004 critical on host=controller-0",
    )
