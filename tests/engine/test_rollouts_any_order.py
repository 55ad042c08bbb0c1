"""Rollouts whatever happens in whatever order: commits, pauses, failures, dark sites, restarts, a clock set back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from reconciler.engine.gates import rollout as gate
from reconciler.engine.rollouts import Rollouts
from reconciler.model.gate import GateName, Hold, Surroundings
from reconciler.model.rollout import MemberState, Said, Words
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.waves import Mass, Strategy, Wave, amount
from reconciler.model.words import Area, Cause, Severity, State
from tests.apply.fakes import FakeClock
from tests.engine.offices import APPLY
from tests.worlds import Net, snap

SITES = tuple(f"sc-{number}" for number in range(7))
MOST = 2
STRATEGY = Strategy(
    canaries=("sc-0",),
    waves=(Wave(labels={"ring": "1"}),),
    max_concurrent=MOST,
    max_failures=1,
    soak="10m",
    progress_deadline="1h",
)
NO_MASS = Mass(changed="100%", disrupted="100%", deleted="100%")
PENDING = Difference("net/a", "mtu", "update", "1", "2", Cause.PENDING, Area.NETWORK, Severity.INFO)
SOME = st.sets(st.sampled_from(SITES), min_size=2)
ONE = st.sampled_from(SITES)


class Kept:
    """The tables of a store, in memory."""

    def __init__(self):
        self.rollouts, self.said, self.known = {}, {}, {}

    def open(self):
        return tuple(one for one in self.rollouts.values() if one.is_open)

    def save(self, rollout, before=None):
        self.rollouts[rollout.id] = rollout

    def words(self):
        return dict(self.said)

    def renderings(self):
        return dict(self.known)

    def rendered(self, known, gone=()):
        self.known = {s: r for s, r in {**self.known, **known}.items() if s not in gone}


class Hill:
    """Git: a number for each site."""

    def __init__(self):
        self.says, self.number = dict.fromkeys(SITES, 1), 0

    @property
    def commit(self):
        return f"c{self.number}"

    @property
    def tree(self):
        return SimpleNamespace(keys={site: f"key {value}" for site, value in self.says.items()})

    def desired(self, name):
        return snap(Net(name="a", mtu=self.says[name]))

    def settings(self, name):
        return APPLY.model_copy(update={"labels": {"ring": str(int(name[-1]) % 2)}})

    def fleet(self):
        return SimpleNamespace(rollout=STRATEGY, mass=NO_MASS)


class AnyOrder(RuleBasedStateMachine):
    """A controller in small: verdicts come of visits, visits ask the gate, what was begun ends well or badly."""

    def __init__(self):
        super().__init__()
        self.kept, self.git, self.clock = Kept(), Hill(), FakeClock()
        self.clock.time = 100_000.0
        self.has = dict.fromkeys(SITES, 1)
        self.sent = {}  # site -> the value on its way, and whether by a rollout
        self.dark, self.held, self.verdicts = set(), set(), {}
        self.restart()

    # ---- the controller

    @rule()
    def restart(self):
        self.rollouts = Rollouts(self.kept, self.git, self.clock)
        self._moved()

    def _moved(self):
        asyncio.run(self.rollouts.moved())
        self.verdicts = {site: verdict for site, verdict in self.verdicts.items() if site in self.git.says}
        for site in self.git.says:
            self._visit(site)

    @rule()
    def work(self):
        for site in sorted(self.rollouts.step(self.verdicts)):
            self._visit(site)

    @rule(site=ONE)
    def visit(self, site):
        if site in self.git.says:
            self._visit(site)

    def _visit(self, site):
        if site in self.sent:
            return  # who sends to it looks at it
        if site in self.dark:
            self._keep(site, State.UNREACHABLE, message="no route")
            return
        self.rollouts.looked(site, Surroundings() if self.rollouts.watches(site) else None)
        if self.has[site] == self.git.says[site]:
            self._keep(site, State.IN_SYNC)
            return
        turn = self.rollouts.of(site)
        case = SimpleNamespace(turn=turn, site=site)
        holds = [hold for hold in (gate.judge(case), site in self.held and Hold(GateName.WINDOW, "at night")) if hold]
        if holds:
            self._keep(site, State.HELD, differences=(PENDING,), holds=tuple(holds))
            return
        self.rollouts.begins(site)
        before = self.verdicts.get(site, Verdict(site, State.UNKNOWN))
        self.verdicts[site] = replace(before, state=State.APPLYING)
        self.sent[site] = self.git.says[site], turn.rollout is not None

    def _keep(self, site, state, **said):
        key = self.git.tree.keys[site]
        self.verdicts[site] = Verdict(site, state, input_key=key, judged_at=self.clock.now(), **said)

    @rule(site=ONE, is_well=st.booleans())
    def ends(self, site, is_well):
        if site not in self.sent:
            return
        value, _ = self.sent.pop(site)
        if is_well:
            self.has[site] = value
        elif site in self.verdicts:
            known, now = self.verdicts[site], self.clock.now()
            self.verdicts[site] = replace(known, state=State.FAILED, message="refused", judged_at=now)
            return
        if site in self.git.says:
            self._visit(site)

    # ---- the world

    @rule(sites=SOME, value=st.integers(1, 4))
    def push(self, sites, value):
        self._push(dict.fromkeys(sites, value))

    @rule(site=ONE)
    def leaves_and_comes(self, site):
        said = self.git.says.pop(site, None)
        if said and site in self.sent:
            self.sent[site] = self.sent[site][0], False  # what is sent ends, and is no part of the fleet any more
        self._push({} if said else {site: 1, next(s for s in SITES if s != site): 2})

    def _push(self, said):
        self.git.number += 1
        self.git.says |= said
        self._moved()

    @rule(site=ONE)
    def is_dark_or_back(self, site):
        self.dark ^= {site}

    @rule(site=ONE)
    def is_held_or_not(self, site):
        self.held ^= {site}

    @rule(seconds=st.sampled_from([1.0, 60.0, 700.0, 4_000.0, -300.0, -8_000.0]))
    def time_passes(self, seconds):
        self.clock.time += seconds

    @rule(which=st.integers(0, 3), action=st.sampled_from(["paused", "resumed", "aborted"]))
    def somebody_says(self, which, action):
        if not self.rollouts.live:
            return
        one = list(self.rollouts.live)[which % len(self.rollouts.live)]
        words = self.kept.said.get(one, Words())
        if action == "resumed":
            words = replace(words, paused=None)
        self.kept.said[one] = replace(words, **{action: Said("night-shift", self.clock.now(), "why not")})

    # ---- what always holds

    @invariant()
    def no_site_is_in_two(self):
        for site in SITES:
            assert sum(one.has(site) for one in self.rollouts.live.values()) <= 1

    @invariant()
    def no_more_are_changed_at_a_time_than_may(self):
        assert sum(by_rollout for _, by_rollout in self.sent.values()) <= MOST

    @invariant()
    def no_more_fail_than_may_and_were_under_way(self):
        for one in self.kept.rollouts.values():
            assert one.count(MemberState.FAILED) <= amount(STRATEGY.max_failures, 0) + MOST

    @invariant()
    def what_has_ended_stays_so(self):
        now = {one.id: (one.ended, one.wave) for one in self.kept.rollouts.values() if one.ended is not None}
        before = getattr(self, "_ended", {})
        assert before.items() <= now.items()
        self._ended = now

    @invariant()
    def nobody_further_goes_by_one_that_stands(self):
        going = {one.id: {m.site for m in one.members.values() if m.state is MemberState.GOING} for one in self._kept()}
        before, stood = getattr(self, "_going", ({}, set()))
        for name in stood & {one.id for one in self._kept() if one.stopped}:
            assert going[name] <= before[name]
        self._going = going, {one.id for one in self._kept() if one.stopped}

    def _kept(self):
        return self.kept.rollouts.values()

    def teardown(self):
        """Whatever happened: once all is well, and somebody says to go on, every commit arrives."""
        self.dark, self.held = set(), set()
        self.work()  # what has failed is known
        for name in self.rollouts.live:
            words = self.kept.said.get(name, Words())
            self.kept.said[name] = replace(words, paused=None, resumed=Said("day-shift", self.clock.now() + 0.5))
        for _ in range(60):
            self.clock.time += 400.0
            self.work()
            for site in list(self.sent):
                self.ends(site, is_well=True)
            for site in self.git.says:
                self._visit(site)
        aborted = {m for one in self._kept() if one.words.aborted for m in one.members if one.has(m)}
        behind = {site for site, said in self.git.says.items() if self.has[site] != said}
        assert behind <= aborted
        assert all(one.ended is not None or one.words.aborted for one in self._kept())


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
