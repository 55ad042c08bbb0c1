"""The controller, visit by visit: what it keeps of each site, and when it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.backoff import Backoff
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.alarm import SiteAlarms
from reconciler.model.board import Health, Power
from reconciler.model.central import AlarmCounts
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.dark import HostSight
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.gate import GateName, Hold
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Opening, Plan, Stage, StageType
from reconciler.model.words import Mode, Result, State
from reconciler.store import Store, StoreMemory
from tests.apply.fakes import refused, unreachable
from tests.engine.offices import APPLY, Git, Line, World
from tests.model.verdicts import verdict
from tests.worlds import Net, host, snap, system

OLD, NEW = Net(name="a", mtu=1500), Net(name="a", mtu=9000)
SCHEDULE = Schedule(observe_s=600.0, jitter=0.0, backoff=Backoff(first_s=10.0, last_s=100.0))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as made:
        yield made


class Working(World):
    """A controller over a world; `told` is every verdict that went out."""

    def __init__(self, store, git, lines):
        super().__init__(StoreMemory(store), git, lines)
        self.queue = Queue(self.clock, 2)
        self.told = []
        self.controller = Controller(self.fleet, store, SCHEDULE, self.queue, self.told.append)

    async def visit(self, name="ottawa"):
        """(seconds until the next visit, the verdict)"""
        next_s = await self.controller.visit(name)
        return next_s, self.controller.verdicts.get(name)


@pytest.fixture
def one(store):
    """One site that lacks what Git says."""
    return Working(store, Git(ottawa=snap(NEW)), {"ottawa": Line(snap(OLD))})


async def test_a_site_is_brought_to_git_looked_at_again_at_once_and_then_left_alone(one, store):
    next_s, _ = await one.visit()
    assert (next_s, one.lines["ottawa"].sent) == (0.0, ["PATCH /v1/net"])
    next_s, known = await one.visit()
    assert (next_s, known.state, known.differences) == (600.0, State.IN_SYNC, ())
    assert one.lines["ottawa"].sent == ["PATCH /v1/net"]
    assert store.verdict("ottawa") == known
    assert [(commit, outcome.is_done) for _, commit, outcome in store.outcomes("ottawa")] == [("c1", True)]


async def test_a_site_in_sync_has_a_base_from_which_drift_is_told(one, store):
    await one.visit()
    await one.visit()
    assert (store.base("ottawa"), one.git.kept) == ("c1", [("ottawa", "c1")])
    one.git.past["c1"] = snap(NEW)
    one.git.policies["ottawa"] = APPLY.model_copy(update={"mode": Mode.PLAN})
    one.lines["ottawa"].shown = snap(OLD)
    _, known = await one.visit()
    assert (known.state, [d.cause for d in known.differences]) == (State.DRIFTED, ["drifted"])


async def test_a_site_that_is_only_observed_is_read_and_not_touched(one):
    one.git.policies["ottawa"] = APPLY.model_copy(update={"mode": Mode.OBSERVE})
    next_s, known = await one.visit()
    assert (next_s, known.state, known.mode, one.lines["ottawa"].sent) == (600.0, State.PENDING, "observe", [])


async def test_a_verdict_has_the_alarms_that_the_site_tells_of_or_else_the_central_cloud(one):
    said, counted = SiteAlarms.read([], at=950.0), AlarmCounts(1, 0, 0, 0)
    one.lines["ottawa"].standing = said
    _, known = await one.visit()
    assert known.alarms == said
    one.lines["ottawa"].standing = None
    one.fleet.centre.alarms_of = lambda _: counted.as_alarms(at=940.0)
    _, known = await one.visit()
    assert known.alarms == said  # what is older says nothing new
    one.lines["ottawa"].error = unreachable(sent=False)
    one.fleet.centre.alarms_of = lambda _: counted.as_alarms(at=990.0)
    _, known = await one.visit()
    assert (known.state, known.alarms) == (State.UNREACHABLE, counted.as_alarms(at=990.0))


async def test_a_dark_site_keeps_its_verdict_and_is_left_alone_longer_each_time(one):
    await one.visit()
    _, seen = await one.visit()
    one.lines["ottawa"].error = unreachable(sent=False)
    waits = []
    for _ in range(6):
        next_s, known = await one.visit()
        waits.append(next_s)
    assert (known.state, known.reachable, known.observed_at) == (State.UNREACHABLE, False, seen.observed_at)
    assert (known.group, known.mode) == ("ran", "apply")
    for step, wait_s in zip((10, 20, 40, 80, 100, 100), waits, strict=True):
        assert step / 2 <= wait_s <= step
    one.lines["ottawa"].error = None
    next_s, known = await one.visit()
    assert (next_s, known.state) == (600.0, State.IN_SYNC)


async def test_a_site_that_git_says_wrongly_waits_for_git_and_keeps_what_was_known(one):
    await one.visit()
    _, seen = await one.visit()
    one.git.said["ottawa"] = ConfigErrors([ConfigError("no such layer", "site.yaml:3")])
    next_s, known = await one.visit()
    assert next_s == 600.0
    assert known == replace(
        seen, state=State.INVALID, reason="ConfigInvalid", message="site.yaml:3: no such layer", judged_at=1_000.0
    )
    assert one.lines["ottawa"].readings == 2


async def test_a_site_without_an_endpoint_is_invalid_and_says_what_to_add(store):
    working = Working(store, Git(ottawa=snap(NEW)), {})
    _, known = await working.visit()
    assert known.state is State.INVALID
    assert "the endpoints file has no entry for this site; add one under `endpoints:`, or `derived:`" in known.message


async def test_a_plan_that_the_platform_refuses_is_told_in_its_words_and_tried_later(one, store):
    one.lines["ottawa"].before["PATCH /v1/net"] = [refused("mtu too large")]
    next_s, known = await one.visit()
    assert 5.0 <= next_s <= 10.0
    assert known.state is State.FAILED
    assert "mtu too large" in known.message
    [(_, _, outcome)] = store.outcomes("ottawa")
    assert not outcome.is_done


async def test_a_host_that_a_run_of_ours_left_on_its_way_is_looked_at_again_soon(one, store):
    store.open_window("ottawa", "controller-0", "p")
    one.lines["ottawa"].shown = snap(NEW, state=system(host("controller-0", "locked", task="Unlocking")))
    next_s, known = await one.visit()
    assert next_s <= SCHEDULE.backoff.first_s
    assert (known.open_windows, one.lines["ottawa"].sent) == (("controller-0",), [])


async def test_a_plan_that_ends_well_and_changes_nothing_is_not_sent_in_a_circle(one):
    """A site that takes a value and shows another one: the same plan again, and again."""
    line = one.lines["ottawa"]
    waits = []
    for _ in range(4):
        next_s, _ = await one.visit()
        waits.append(next_s)
        line.shown = snap(OLD)
    assert waits[0] == 0.0
    assert all(wait_s >= 5.0 for wait_s in waits[1:])


async def test_a_fault_of_ours_at_one_site_is_told_as_such_and_ends_nothing(one):
    one.lines["ottawa"].error = KeyError("ihosts")
    next_s, known = await one.visit()
    assert next_s > 0
    assert known.state is State.FAILED
    assert "this is a fault of stx-reconciler, not of the site: KeyError: 'ihosts'" in known.message


async def test_a_dropped_site_leaves_nothing_behind_but_its_base(one, store):
    await one.visit()
    await one.visit()
    del one.git.said["ottawa"]
    one.controller.drop(["ottawa"])
    assert (one.controller.verdicts, store.verdicts()) == ({}, [])
    assert one.git.forgotten == {"ottawa"}
    assert store.base("ottawa") == "c1"


async def test_a_site_dropped_while_it_is_visited_does_not_come_back(one, store):
    line = one.lines["ottawa"]
    observe = line.observe

    async def observe_meanwhile(*said):
        del one.git.said["ottawa"]
        one.controller.drop(["ottawa"])
        return await observe(*said)

    line.observe = observe_meanwhile
    await one.visit()
    assert (one.controller.verdicts, store.verdicts()) == ({}, [])


async def test_a_restart_knows_what_was_known(one, store):
    await one.visit()
    _, seen = await one.visit()
    again = Working(store, one.git, one.lines)
    assert again.controller.verdicts == {"ottawa": seen}


async def test_every_verdict_is_told_dated_as_it_was_kept(one, store):
    one.git.policies["ottawa"] = APPLY.model_copy(update={"mode": Mode.PLAN})
    await one.visit()
    one.clock.time = 5_000.0
    await one.visit()
    assert [[d.since for d in v.differences] for v in one.told] == [[1_000.0], [1_000.0]]
    assert one.told[-1] == store.verdict("ottawa")


async def test_a_plan_that_begins_is_shown_until_it_ends(one):
    window = Stage(StageType.WINDOW, "controller-0", opening=Opening.LOCK, unlocks=True)
    one.controller.begins("ottawa", Plan("p1", "ottawa", (window,)))
    known = one.controller.verdicts["ottawa"]
    assert (known.state, known.plan_id) == (State.APPLYING, "p1")
    assert known.message == "plan p1 is being sent, locks controller-0"


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 540.0), (0.5, 600.0), (1.0, 660.0)])
def test_full_readings_are_spread_around_their_interval(chance, expected):
    assert Schedule(observe_s=600.0, jitter=0.1).next_s(chance) == pytest.approx(expected)


def test_sites_are_put_to_be_visited(one):
    one.controller.put(["ottawa"])
    assert one.queue.depth == 1


async def test_the_settings_of_a_site_that_never_could_be_read_are_the_program_s(store):
    working = Working(store, Git(ottawa=ConfigError("no")), {"ottawa": Line()})
    working.git.said["ottawa"] = ConfigError("no", "site.yaml:1")
    _, known = await working.visit()
    assert (known.group, known.mode, known.observed_at) == ("default", "observe", None)


async def test_a_verdict_from_before_is_replaced_by_the_first_visit(store):
    store.save(verdict("ottawa", State.FAILED, message="old"))
    working = Working(store, Git(ottawa=snap(OLD)), {"ottawa": Line(snap(OLD))})
    assert working.controller.verdicts["ottawa"].state is State.FAILED
    _, known = await working.visit()
    assert (known.state, known.message) == (State.IN_SYNC, "")


async def test_a_start_leaves_what_is_in_order_alone_until_its_time_comes(one, store):
    await one.visit()
    _, seen = await one.visit()
    one.clock.time = seen.judged_at
    again = Working(store, one.git, one.lines)
    again.clock.time = seen.judged_at + 200.0
    again.controller.resume(["ottawa"])
    assert again.queue.depth == 0
    again.clock.time += 399.0
    assert again.queue.depth == 0
    again.clock.time += 1.0
    assert again.queue.depth == 1


@pytest.mark.parametrize(
    "known",
    [
        {"state": State.DRIFTED},
        {"input_key": "of an older commit"},
        {"open_windows": ("controller-0",)},
        {"holds": (Hold(GateName.FREEZE, "frozen"),)},
    ],
    ids=["not-in-sync", "git-has-moved", "a-host-is-locked", "held"],
)
async def test_a_start_visits_at_once_what_may_need_something(store, known):
    facts = {"state": State.IN_SYNC, "input_key": "key of ottawa", "differences": ()} | known
    store.save(verdict(**{"site": "ottawa", **facts}))
    working = Working(store, Git(ottawa=snap(OLD)), {"ottawa": Line(snap(OLD))})
    working.clock.time = 1_001.0
    working.controller.resume(["ottawa"])
    assert working.queue.depth == 1


async def test_a_start_visits_at_once_whom_nobody_knows(store):
    working = Working(store, Git(ottawa=snap(OLD)), {"ottawa": Line(snap(OLD))})
    working.controller.resume(["ottawa"])
    assert working.queue.depth == 1


async def test_what_was_read_is_kept_only_for_who_sends_a_plan_made_of_it(one):
    line = one.lines["ottawa"]

    async def begun(order, visit, office):
        return Outcome(order.plan.id, Result.BEGUN)

    one.controller.goes_on(begun, ())
    await one.visit()
    assert line.forgotten == 0
    one.controller.ended("ottawa", Outcome("p", Result.DONE))
    line.shown = snap(NEW)
    await one.visit()
    assert line.forgotten == 1
    line.error = unreachable(sent=False)
    await one.visit()
    assert line.forgotten == 2


async def test_how_far_somebody_else_is_with_a_plan_stands_in_the_status_while_it_is_on_its_way(one):
    async def begun(order, visit, office):
        return Outcome(order.plan.id, Result.BEGUN)

    one.controller.goes_on(begun, ())
    await one.visit()
    one.controller.goes("ottawa", "here at: apply VIM sw-deploy strategy")
    assert one.controller.verdicts["ottawa"].message == "here at: apply VIM sw-deploy strategy"
    one.controller.ended("ottawa", Outcome("p", Result.DONE))
    one.lines["ottawa"].shown = snap(NEW)
    _, known = await one.visit()
    one.controller.goes("ottawa", "too late")
    one.controller.goes("nowhere", "never heard of")
    assert one.controller.verdicts["ottawa"] == known


async def test_a_host_that_is_not_back_in_time_is_told_while_its_plan_is_on_its_way(one, store):
    await one.visit()
    one.controller.goes_on(None, ["ottawa"])
    store.open_window("ottawa", "controller-0", "p", until=999.0)
    told = len(one.told)
    await one.visit()
    await one.visit()
    [now] = one.told[told:]
    assert [(c.host, c.name) for c in now.conditions] == [("controller-0", Condition.LEFT_LOCKED)]
    assert now.reason == "left-locked"


async def test_a_host_that_is_stuck_has_its_site_failed_until_the_host_shows_that_it_is_over(one, store):
    store.conditions.stands("ottawa", HostCondition(Condition.OFFLINE, "controller-0", "", 900.0))
    one.lines["ottawa"].shown = snap(NEW, state=system(host("controller-0", operational="disabled")))
    _, known = await one.visit()
    assert (known.state, known.reason) == (State.FAILED, "offline")
    one.lines["ottawa"].shown = snap(NEW)
    _, known = await one.visit()
    assert (known.state, known.conditions) == (State.IN_SYNC, ())


async def test_hosts_that_are_not_well_stand_in_the_verdict_until_they_are(one):
    ill = HostSight(
        "controller-0", 1_000.0, Power.ON, Health.CRITICAL, said="controller-0: health critical: Fan1 0 RPM"
    )
    one.lines["ottawa"].ill = (ill,)
    await one.visit()
    assert one.controller.verdicts["ottawa"].ailing == (ill,)
    one.lines["ottawa"].ill = ()
    _, known = await one.visit()
    assert (known.ailing, known.state) == ((), State.IN_SYNC)
