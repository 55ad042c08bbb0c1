"""A commit on its way to five hundred sites: canaries, waves, a stop at its budget, somebody's word to go on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from reconciler.engine.answers import Named
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.heard import Heard
from reconciler.engine.queue import Queue
from reconciler.engine.rollouts import Rollouts
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.approval import Answer, Saying
from reconciler.model.gate import GateName, Surroundings
from reconciler.model.rollout import MemberState
from reconciler.model.waves import Mass, Strategy, Wave
from reconciler.model.words import ApplyPolicy, Mode, State
from reconciler.store import Store, StoreMemory
from tests.apply.fakes import refused, unreachable
from tests.engine.offices import APPLY, Git, Line, World
from tests.worlds import Iface, Net, snap

OLD, NEW, NEWEST = (Net(name="a", mtu=mtu) for mtu in (1500, 9000, 9100))
STRATEGY = Strategy(
    canaries=("sc-000",),
    waves=(Wave(labels={"ring": "1"}),),
    max_concurrent=20,
    max_failures=3,
    soak="30m",
    progress_deadline="2h",
)
NO_MASS = Mass(changed="100%", disrupted="100%", deleted="100%")


class Hill(Git):
    """Git whose sites have keys that move with what it says, and a fleet file."""

    def __init__(self, strategy, mass, **said):
        super().__init__(**said)
        self.file = SimpleNamespace(rollout=strategy, mass=mass)
        self.tree_keys = dict.fromkeys(said, "first")

    @property
    def tree(self):
        return SimpleNamespace(keys=self.tree_keys)

    def fleet(self):
        return self.file

    def push(self, commit, resource, *names):
        """A commit that says the same of these sites."""
        self.commit = commit
        for name in names:
            self.said[name], self.tree_keys[name] = snap(resource), commit


class Fleet(World):
    """A controller with rollouts; `round` is a second of its life, visits of the sites that are due at once."""

    def __init__(self, store, names, strategy=STRATEGY, mass=NO_MASS):
        git = Hill(strategy, mass, **{name: snap(OLD) for name in names})
        super().__init__(StoreMemory(store), git, {name: Line(snap(OLD)) for name in names})
        for number, name in enumerate(names):
            git.policies[name] = APPLY.model_copy(update={"labels": {"ring": str(number % 5)}})
        self.store, self.names = store, names
        self.most = 0
        self.restart()

    def restart(self):
        """A new process over the same store."""
        self.rollouts = Rollouts(self.store.rollouts, self.git, self.clock)
        object.__setattr__(self.office, "turns", self.rollouts)
        schedule = Schedule(observe_s=600.0, jitter=0.0)
        self.controller = Controller(self.fleet, self.store, schedule, Queue(self.clock, 1), lambda _: None)
        object.__setattr__(self.office, "begins", self.controller.begins)

    def policies(self, **policy):
        for name, settings in self.git.policies.items():
            self.git.policies[name] = settings.model_copy(update=policy)

    async def begin(self):
        await self.rollouts.moved()
        for name in self.names:
            await self.controller.visit(name)

    async def push(self, commit, resource, *names):
        self.git.push(commit, resource, *(names or self.names))
        await self.rollouts.moved()
        for name in names or self.names:
            await self.controller.visit(name)

    async def round(self, later_s=1.0):
        self.clock.time += later_s
        due = self.rollouts.step(self.controller.verdicts)
        self.most = max(self.most, sum(one.count(MemberState.GOING) for one in self.rollouts.live.values()))
        for name in sorted(due):
            while await self.controller.visit(name) == 0.0:
                self.clock.time += 1.0
        return due

    async def rounds(self, number, later_s=1.0):
        for _ in range(number):
            await self.round(later_s)

    @property
    def one(self):
        [found] = self.rollouts.live.values()
        return found

    def changed(self):
        return sorted(name for name, line in self.lines.items() if line.sent)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as made:
        yield made


def numbered(count):
    return [f"sc-{number:03}" for number in range(count)]


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.full)])
async def test_a_commit_to_many_sites_goes_to_canaries_then_wave_by_wave(store, count):
    fleet = Fleet(store, numbered(count))
    await fleet.begin()
    await fleet.push("c2", NEW)
    assert fleet.changed() == []
    assert fleet.controller.verdicts[f"sc-{count - 1:03}"].holds[0].gate is GateName.ROLLOUT
    await fleet.rounds(5)
    assert fleet.changed() == ["sc-000"]
    held = fleet.controller.verdicts["sc-001"]
    assert (held.state, held.message) == (
        State.HELD,
        "wave 2 of rollout " + fleet.one.id + ": waits for 1 site of wave 1",
    )
    await fleet.rounds(1, 1_800.0)
    await fleet.rounds(8)
    assert len(fleet.changed()) == 1 + count // 5
    await fleet.rounds(2, 1_900.0)
    await fleet.rounds(25)
    assert len(fleet.changed()) == count
    await fleet.rounds(2, 1_900.0)
    assert not fleet.rollouts.live
    assert fleet.most == 20


async def test_failures_stop_it_at_its_budget_and_a_word_to_go_on_finishes_it(store):
    fleet = Fleet(store, numbered(60), STRATEGY.model_copy(update={"soak": "", "max_concurrent": 4}))
    await fleet.begin()
    await fleet.push("c2", NEW)
    for name in ("sc-001", "sc-006", "sc-011", "sc-016"):
        fleet.lines[name].before["PATCH /v1/net"] = [refused("mtu too large")]
    await fleet.rounds(20)
    assert "stopped: 4 failed, and 3 may" in fleet.one.stopped
    before = fleet.changed()
    await fleet.rounds(5)
    assert fleet.changed() == before
    replace(store.rollouts, clock=fleet.clock.now).say(fleet.one.id, "resumed", "day-shift")
    await fleet.rounds(60)
    assert not fleet.rollouts.live
    assert len(fleet.changed()) == 60


async def test_it_goes_on_after_a_restart(store):
    fleet = Fleet(store, numbered(12), Strategy(max_concurrent=2))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(2)
    halfway = fleet.changed()
    assert 0 < len(halfway) < 12
    fleet.restart()
    assert await fleet.round() == frozenset()  # Git is not read yet: nobody knows what is wanted
    await fleet.rollouts.moved()
    await fleet.rounds(10)
    assert len(fleet.changed()) == 12
    assert fleet.most == 2


async def test_a_newer_commit_takes_its_sites_into_a_rollout_of_its_own(store):
    fleet = Fleet(store, numbered(6), Strategy(max_concurrent=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    await fleet.push("c3", NEWEST, "sc-004", "sc-005")
    older, newer = fleet.rollouts.live.values()
    assert [m.site for m in older.members.values() if m.state is MemberState.GONE] == ["sc-004", "sc-005"]
    assert sorted(newer.members) == ["sc-004", "sc-005"]
    await fleet.rounds(12)
    assert not fleet.rollouts.live
    assert [len(fleet.lines[name].sent) for name in fleet.names] == [1] * 6


async def test_an_abort_sends_nothing_more(store):
    fleet = Fleet(store, numbered(6), Strategy(max_concurrent=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    store.rollouts.say(fleet.one.id, "aborted", "night-shift", "wrong profile")
    await fleet.rounds(5)
    assert fleet.changed() == ["sc-000"]
    await fleet.controller.visit("sc-003")
    assert fleet.controller.verdicts["sc-003"].message.endswith("aborted by night-shift: wrong profile")


async def test_a_dark_site_is_caught_up_when_it_is_back(store):
    fleet = Fleet(store, numbered(4), Strategy(max_concurrent=4, progress_deadline="1h"))
    await fleet.begin()
    fleet.lines["sc-002"].error = unreachable(sent=False)
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    assert fleet.one.ended is None
    await fleet.round(3_600.0)
    assert (fleet.one.members["sc-002"].state, fleet.one.ended) == (MemberState.LATE, fleet.clock.now())
    fleet.lines["sc-002"].error = None
    await fleet.controller.visit("sc-002")
    await fleet.rounds(2)
    assert not fleet.rollouts.live
    assert len(fleet.changed()) == 4


async def test_an_alarm_that_a_wave_raised_keeps_the_next_from_beginning(store):
    fleet = Fleet(store, numbered(6))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    raised = Alarm("1", "100.101", "host=controller-0", AlarmSeverity.MAJOR, affects_management=True)
    fleet.lines["sc-000"].around = Surroundings(alarms=(raised,))
    await fleet.rounds(3, 1_800.0)
    assert fleet.changed() == ["sc-000"]
    fleet.lines["sc-000"].around = Surroundings()
    await fleet.controller.visit("sc-000")
    await fleet.rounds(2)
    assert len(fleet.changed()) == 2


async def test_without_a_declaration_a_commit_goes_at_once_unless_it_is_too_much(store):
    fleet = Fleet(store, numbered(8), None, Mass())
    await fleet.begin()
    await fleet.push("c2", NEW)
    assert (fleet.rollouts.live, len(fleet.changed())) == ({}, 8)


async def test_a_commit_to_too_much_of_the_fleet_waits_for_approval_as_a_whole(store):
    fleet = Fleet(store, numbered(60), None, Mass())
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    known = fleet.controller.verdicts["sc-000"]
    assert (known.holds[0].gate, fleet.changed()) == (GateName.MASS, [])
    assert known.message.startswith("commit c2 changes 60 of 60 sites (the limit is 20%)")
    store.rollouts.say(fleet.one.id, "approved", "day-shift", "seen")
    await fleet.rounds(2)
    assert (fleet.rollouts.live, len(fleet.changed())) == ({}, 60)


async def test_a_commit_is_counted_before_it_is_known_how_many_hosts_it_locks(store):
    fleet = Fleet(store, numbered(60), None, Mass(changed="100%"))
    for line in fleet.lines.values():
        line.shown = snap(("controller-0", Iface(name="a", mtu=1500)))
    for name in fleet.names:
        fleet.git.said[name] = line.shown
    await fleet.begin()
    fleet.git.push("c2", ("controller-0", Iface(name="a", mtu=9000)), *fleet.names)
    await fleet.rollouts.moved()
    for name in fleet.names[:30]:
        await fleet.controller.visit(name)
    await fleet.round()
    assert "takes hosts out of service on 30 of 60 sites (the limit is 5%)" in fleet.one.mass
    assert fleet.changed() == []


async def test_a_commit_that_leaves_the_rendering_equal_makes_no_rollout(store):
    fleet = Fleet(store, numbered(60), STRATEGY, Mass())
    await fleet.begin()
    await fleet.push("c2", OLD)
    assert not fleet.rollouts.live


async def test_a_site_whose_commit_is_not_counted_yet_waits(store):
    fleet = Fleet(store, numbered(2))
    await fleet.begin()
    fleet.git.push("c2", NEW, *fleet.names)
    await fleet.controller.visit("sc-001")
    known = fleet.controller.verdicts["sc-001"]
    assert (known.state, known.reason, fleet.changed()) == (State.HELD, "rollout", [])


async def asked(fleet, *names):
    """The sites in order, and the plans that wait for a person's word."""
    for name in names or fleet.names:
        await fleet.controller.visit(name)
    return [n for n in fleet.names if GateName.APPROVAL in {h.gate for h in fleet.controller.verdicts[n].holds}]


def yes(fleet, store, **named):
    saying = Saying(Answer.APPROVED, "day-shift", fleet.clock.now(), "seen")
    named = Named(rollout=fleet.one.id, **named)
    return Heard(store.words, store.rollouts).answer(saying, named, fleet.controller.verdicts.values())


async def test_one_word_approves_the_plans_of_a_rollout_which_go_in_its_waves(store):
    fleet = Fleet(store, numbered(6), Strategy(max_concurrent=2))
    fleet.policies(apply=ApplyPolicy.APPROVED)
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    assert (await asked(fleet), fleet.changed()) == (fleet.names, [])
    fleet.lines["sc-003"].shown = snap(Net(name="a", mtu=1400))
    assert yes(fleet, store).sites == fleet.names
    fleet.controller.put(fleet.rollouts.sites_of({fleet.one.id}))
    assert await asked(fleet) == ["sc-003"]
    await fleet.rounds(8)
    assert fleet.changed() == [name for name in fleet.names if name != "sc-003"]
    assert fleet.most == 2
    assert (
        fleet.controller.verdicts["sc-003"]
        .holds[-1]
        .reason.endswith("by day-shift does not count: net/a:mtu is 1400 now, and was 1500")
    )
    assert yes(fleet, store).sites == ["sc-003"]
    await asked(fleet)
    await fleet.rounds(4)
    assert len(fleet.changed()) == 6


async def test_a_commit_approved_as_a_whole_is_approved_with_its_plans(store):
    fleet = Fleet(store, numbered(60), None, Mass())
    fleet.policies(apply=ApplyPolicy.APPROVED)
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    yes(fleet, store)
    await fleet.rounds(2)
    assert (fleet.rollouts.live, len(fleet.changed())) == ({}, 60)


async def test_a_rejected_rollout_is_not_sent_whatever_the_policies_say(store):
    fleet = Fleet(store, numbered(3), Strategy(max_concurrent=3))
    await fleet.begin()
    await fleet.push("c2", NEW)
    no = Saying(Answer.REJECTED, "day-shift", fleet.clock.now(), "not this year")
    Heard(store.words, store.rollouts).answer(no, Named(rollout=fleet.one.id), fleet.controller.verdicts.values())
    fleet.lines["sc-001"].shown = snap(Net(name="a", mtu=1400))
    await asked(fleet)
    await fleet.rounds(5)
    assert fleet.changed() == []
    assert {v.message for v in fleet.controller.verdicts.values()} == {"rejected by day-shift: not this year"}


async def test_two_rollouts_share_what_may_go_at_a_time(store):
    fleet = Fleet(store, numbered(12), Strategy(max_concurrent=2))
    await fleet.begin()
    await fleet.push("c2", NEW, *fleet.names[:6])
    await fleet.round()
    await fleet.push("c3", NEW, *fleet.names[6:])
    assert len(fleet.rollouts.live) == 2
    await fleet.rounds(20)
    assert (fleet.rollouts.live, len(fleet.changed()), fleet.most) == ({}, 12, 2)


async def test_a_site_that_gets_an_older_commit_still_takes_a_place_of_the_newer_one(store):
    fleet = Fleet(store, numbered(4), Strategy(max_concurrent=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    fleet.rollouts.step(fleet.controller.verdicts)
    fleet.controller.begins("sc-000", SimpleNamespace(id="p1", locked_hosts=()))  # by a workflow
    fleet.git.push("c3", NEWEST, *fleet.names)
    await fleet.rollouts.moved()
    for name in fleet.names[1:]:
        await fleet.controller.visit(name)
    await fleet.rounds(3)
    assert fleet.changed() == []
    await fleet.controller.visit("sc-000")
    await fleet.rounds(10)
    assert len(fleet.changed()) == 4


async def test_a_process_that_died_in_counting_makes_no_second_rollout(store):
    fleet = Fleet(store, numbered(4), Strategy(max_concurrent=1))
    await fleet.begin()
    fleet.git.push("c2", NEW, *fleet.names)
    fleet.rollouts._note = lambda *_: None  # it died before it could note what it had counted
    await fleet.rollouts.moved()
    [made] = fleet.rollouts.live
    fleet.restart()
    await fleet.rollouts.moved()
    assert list(fleet.rollouts.live) == [made]


async def test_sites_that_are_sent_to_from_now_on_are_changed_by_that_commit(store):
    fleet = Fleet(store, numbered(4), Strategy(max_concurrent=1))
    for name in fleet.names:
        fleet.git.policies[name] = APPLY.model_copy(update={"mode": Mode.OBSERVE})
    await fleet.begin()
    await fleet.push("c2", NEW)
    assert not fleet.rollouts.live
    fleet.git.policies.clear()
    await fleet.push("c3", NEW)
    assert fleet.changed() == []
    assert len(fleet.one.members) == 4


async def test_a_site_that_is_only_looked_at_from_now_on_leaves_the_rollout(store):
    fleet = Fleet(store, numbered(4), Strategy(max_concurrent=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    fleet.git.policies["sc-003"] = APPLY.model_copy(update={"mode": Mode.OBSERVE})
    await fleet.push("c3", NEW, "sc-003")
    assert fleet.one.members["sc-003"].state is MemberState.GONE


async def test_a_restart_forgets_no_alarm_that_a_wave_raised(store):
    fleet = Fleet(store, numbered(6))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.rounds(3)
    raised = Alarm("1", "100.101", "host=controller-0", AlarmSeverity.MAJOR, affects_management=True)
    fleet.lines["sc-000"].around = Surroundings(alarms=(raised,))
    await fleet.rounds(2, 1_800.0)
    assert fleet.one.wave == 0
    fleet.restart()
    await fleet.rollouts.moved()
    await fleet.rounds(3)
    assert fleet.one.wave == 0
    await fleet.controller.visit("sc-000")
    await fleet.round()
    assert fleet.one.wave == 0
    fleet.lines["sc-000"].around = Surroundings()
    await fleet.controller.visit("sc-000")
    await fleet.round()
    assert fleet.one.wave == 1


async def test_what_was_aborted_ends_when_a_newer_commit_takes_its_sites(store):
    fleet = Fleet(store, numbered(6), Strategy(max_concurrent=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    store.rollouts.say(fleet.one.id, "aborted", "night-shift", "wrong profile")
    await fleet.rounds(2)
    await fleet.push("c3", OLD)
    await fleet.rounds(10)
    assert not fleet.rollouts.live
    assert not store.rollouts.open()
    assert [len(fleet.lines[name].sent) for name in fleet.names] == [2, 0, 0, 0, 0, 0]


async def test_who_failed_is_left_alone_longer_each_time_when_it_has_ended(store):
    fleet = Fleet(store, numbered(2), Strategy(max_failures=1))
    await fleet.begin()
    await fleet.push("c2", NEW)
    fleet.lines["sc-000"].before["PATCH /v1/net"] = [refused("mtu too large") for _ in range(9)]
    await fleet.rounds(3)
    assert not fleet.rollouts.live
    waits = [await fleet.controller.visit("sc-000") for _ in range(4)]
    assert waits == sorted(waits)
    assert waits[0] * 4 < waits[-1]


async def test_a_small_commit_lets_go_nothing_that_is_held_as_a_whole(store):
    fleet = Fleet(store, numbered(60), None, Mass())
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.push("c3", NEWEST, "sc-007")
    await fleet.push("c4", NEW, "sc-007")
    await fleet.rounds(3)
    assert fleet.changed() == []
    told = fleet.controller.verdicts["sc-007"].message
    assert told.startswith("commit c4 goes on with c3, which changes 60 of 60 sites (the limit is 20%)")
    newest = list(fleet.rollouts.live)[-1]
    store.rollouts.say(newest, "approved", "day-shift", "seen")
    await fleet.rounds(2)
    assert fleet.changed() == ["sc-007"]


@pytest.mark.parametrize("strategy", [None, STRATEGY], ids=["without-waves", "in-waves"])
async def test_what_is_held_as_a_whole_ends_when_it_is_taken_back(store, strategy):
    fleet = Fleet(store, numbered(60), strategy, Mass())
    await fleet.begin()
    await fleet.push("c2", NEW)
    await fleet.round()
    await fleet.push("c3", OLD)
    await fleet.rounds(2)
    assert (fleet.rollouts.live, store.rollouts.open(), fleet.changed()) == ({}, (), [])
