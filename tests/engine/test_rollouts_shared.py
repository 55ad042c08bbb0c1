"""Rollouts of two replicas on one store: one counts and moves on, the other knows, and tells what its visits find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.rollouts_shared import SharedRollouts
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.gate import Surroundings
from reconciler.model.rollout import MemberState
from reconciler.model.waves import Strategy
from reconciler.model.words import Service
from reconciler.store import Rendered, Store
from tests.engine.offices import APPLY, FakeClock
from tests.engine.test_rollouts import NEW, NO_MASS, OLD, Hill
from tests.worlds import snap

SITES = frozenset(("hull", "ottawa", "perth"))
STRATEGY = Strategy(canaries=("ottawa",), max_concurrent=1, soak="10m", progress_deadline="2h")
ALARM = Alarm("u1", "200.004", "host=controller-0", AlarmSeverity.CRITICAL, affects_management=True)


class Pair:
    """Two replicas, each with Git of its own. leads: the number of the one that moves rollouts on."""

    def __init__(self, store):
        self.store, self.leads, self.clock = store, 0, FakeClock()
        self.clock.time = 1_000.0
        self.gits = [self._git(), self._git()]
        self.both = [self._rollouts(0), self._rollouts(1)]

    def _git(self):
        git = Hill(STRATEGY, NO_MASS, **{name: snap(OLD) for name in SITES})
        git.policies = dict.fromkeys(SITES, APPLY)
        return git

    def _rollouts(self, number):
        return SharedRollouts(self.store.rollouts, self.gits[number], self.clock, lambda: self.leads == number)

    async def pushed(self, number):
        """One of them reads a commit that says the same of all sites."""
        self.gits[number].push("c2", NEW, *SITES)
        await self.both[number].moved()

    async def forward(self):
        """One step of each; the sites that each wants visited."""
        return [await one.forward({}) for one in self.both]

    def counted(self, number):
        return {site for site in SITES if self.both[number].of(site).is_counted}


@pytest.fixture
async def pair(tmp_path):
    with Store.open(tmp_path / "state", clock=lambda: 1_000.0) as store:
        made = Pair(store)
        for one in made.both:
            await one.moved()
        await made.forward()
        assert made.counted(0) == made.counted(1) == SITES
        yield made


async def test_a_commit_waits_until_the_leader_has_counted_it(pair):
    await pair.pushed(1)
    assert pair.counted(1) == frozenset()
    assert not pair.both[1].live
    await pair.pushed(0)
    _, due = await pair.forward()
    assert due == SITES
    assert pair.counted(1) == SITES
    assert pair.both[1].live == pair.both[0].live
    assert len(pair.both[1].live) == 1


async def test_who_has_not_read_the_commit_yet_sends_nothing_of_the_one_before(pair):
    await pair.pushed(0)
    assert pair.counted(1) == frozenset()  # also before it is heard of
    await pair.forward()
    assert pair.counted(1) == frozenset()
    await pair.pushed(1)
    assert pair.counted(1) == SITES


async def test_a_site_that_may_go_is_visited_by_whoever_looks_at_it(pair):
    await pair.pushed(0)
    await pair.pushed(1)
    await pair.forward()
    [rollout] = pair.both[0].live.values()
    going = rollout.members["ottawa"].let_go(pair.both[0]._sights(rollout, {})["ottawa"], 1_000.0)
    assert going.state is MemberState.GOING
    pair.both[0]._save(replace(rollout, members={**rollout.members, "ottawa": going}), rollout)
    _, due = await pair.forward()
    assert due == {"ottawa"}
    assert pair.both[1].of("ottawa").rollout.may_go("ottawa")


async def test_what_a_visit_elsewhere_finds_reaches_the_leader(pair):
    await pair.pushed(0)
    await pair.pushed(1)
    await pair.forward()
    around = Surroundings(alarms=(ALARM,), unread={Service.VIM: "no route"})
    pair.both[1].looked("ottawa", around)
    pair.both[1].begins("hull")
    await pair.forward()
    [rollout] = pair.both[0].live.values()
    sights = pair.both[0]._sights(rollout, {})
    assert pair.both[0]._around["ottawa"] == around
    assert [site for site in sorted(SITES) if sights[site].is_sent] == ["hull"]
    assert pair.store.rollouts.told() == ()  # it was taken out


async def test_who_leads_next_counts_what_the_one_before_did_not_come_to(pair):
    await pair.pushed(1)
    pair.leads = 1
    await pair.forward()
    assert pair.counted(1) == SITES
    [rollout] = pair.both[1].live.values()
    assert rollout.members.keys() == SITES


async def test_what_another_replica_rendered_first_is_kept_unless_git_has_moved(pair):
    pair.both[1].looked("hull", None)
    pair.both[1].looked("perth", None)
    kept = pair.store.rollouts.renderings()
    assert (kept["hull"].digest != "", kept["ottawa"].digest) == (True, "")
    await pair.pushed(0)
    pair.store.rollouts.complete("hull", Rendered("first", "older"))
    assert pair.store.rollouts.renderings()["hull"].key == "c2"
    assert pair.store.rollouts.renderings()["hull"].digest != "older"
