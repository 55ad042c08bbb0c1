"""What replicas do for each other, look by look: sites dealt out anew, plans heard of, pushes told, the dead taken over."""

from __future__ import annotations

from contextvars import Context

import pytest
from sqlalchemy import update

from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.membership import Alone
from reconciler.engine.queue import Queue
from reconciler.engine.replicas import Replicas, Times
from reconciler.engine.sending import sent_now
from reconciler.engine.sharing import Crew, membership
from reconciler.model.errors import Lost
from reconciler.model.outcome import Outcome
from reconciler.model.replica import LEADER, of_site, owner
from reconciler.model.words import Result, State
from reconciler.store import Bell, Process, Store, StoreMemory
from reconciler.store.tables import REPLICAS
from tests.engine.offices import APPLY, Git, Line, World
from tests.model.verdicts import verdict
from tests.worlds import Net, snap

SITES = [f"site-{number}" for number in range(12)]
LIVE = {"stxr-0", "stxr-1"}
TIMES = Times(lasts_s=40.0, takeover_s=120.0)


class Workflows:
    """What the database of workflows says."""

    def __init__(self):
        self.sites, self.left = frozenset(), {}

    async def under_way(self):
        return self.sites

    async def take_over(self, gone):
        return self.left.pop(gone, ())


class One:
    """The replica stxr-0 beside stxr-1, which is only in the database."""

    def __init__(self, store):
        said = {site: snap(Net(name="a")) for site in SITES}
        world = World(StoreMemory(store), Git(**said), {site: Line(snap(Net(name="a"))) for site in SITES})
        world.git.policies = dict.fromkeys(SITES, APPLY)
        self.store, self.world, self.rung, self.said = store, world, [], []
        self.clock = world.clock
        self.workflows = Workflows()
        self.replicas = Replicas(Process("stxr-0", "node", 1), store.sessions, store.leases, TIMES)
        self.queue = Queue(world.clock, 4)
        schedule = Schedule(observe_s=600.0, jitter=0.0)
        self.it = Controller(world.fleet, store, schedule, self.queue, lambda _: None, members=self.replicas)
        self.crew = Crew(self.replicas, self.it, self.workflows, self.rung.append, self.said.append)

    async def look(self):
        await self.crew.look(self.replicas)

    def due_s(self, site):
        return self.queue._due[site] - self.clock.now()


@pytest.fixture
async def one(tmp_path):
    with Store.open(tmp_path / "state") as store:
        made = One(store)
        made.other = store.sessions.open(Process("stxr-1", "node", 2), 1e6)
        await made.replicas.join()
        await made.look()
        yield made


async def test_the_sites_of_one_that_went_are_looked_at_soon_and_not_all_at_once(one):
    assert {site for site in SITES if one.replicas.is_mine(site)} == {s for s in SITES if owner(s, LIVE) == "stxr-0"}
    one.store.sessions.close(one.other)
    await one.replicas._beat()
    await one.look()
    orphaned = {site for site in SITES if owner(site, LIVE) == "stxr-1"}
    waits = [one.due_s(site) for site in orphaned]
    assert 0 <= min(waits) < max(waits) <= TIMES.lasts_s
    assert one.said[-1] == f"stxr-1 has gone: {len(orphaned)} more sites are looked at from here"


async def test_others_sites_are_left_to_them(one):
    theirs = next(site for site in SITES if owner(site, LIVE) == "stxr-1")
    assert await one.it.visit(theirs) == 600.0
    assert theirs not in one.it.verdicts


async def test_a_plan_that_another_replica_ended_is_heard_of(one):
    mine = next(site for site in SITES if one.replicas.is_mine(site))
    one.workflows.sites = frozenset((mine,))
    await one.look()
    assert one.it.is_under_way(mine)
    one.store.record(mine, "c1", Outcome("p1", Result.FAILED, message="refused"), f"{mine}/p1/x")
    one.workflows.sites = frozenset()
    await one.look()
    assert not one.it.is_under_way(mine)
    assert 0 < one.due_s(mine) <= 5.0  # it failed: after a pause


async def test_a_verdict_that_another_replica_kept_is_known_here(one):
    theirs = next(site for site in SITES if owner(site, LIVE) == "stxr-1")
    one.store.save(verdict(theirs, State.DRIFTED))
    one.store.save(verdict("not-in-git-here", State.DRIFTED))
    await one.look()
    assert one.it.verdicts[theirs].state is State.DRIFTED
    assert "not-in-git-here" not in one.it.verdicts


async def test_a_push_that_one_is_told_of_is_looked_for_by_all(one):
    one.store.bells.ring(Bell.GIT)
    await one.look()
    assert one.rung == ["another replica was told of a push, or has found one"]
    one.crew.pushed("push to main, says github")
    assert one.rung[-1] == "push to main, says github"
    one.crew.found()
    assert one.store.bells.heard(Bell.GIT) == 3


async def test_all_of_them_are_seen_from_each_with_who_leads_and_what_is_worked_on(one):
    mine = next(site for site in SITES if one.replicas.is_mine(site))
    lease = one.replicas.take(mine)
    seen = one.crew.seen()
    assert {replica.name for replica in seen.replicas if replica.is_live} == LIVE
    assert {held.site or held.subject for held in seen.leases} == {mine, LEADER}
    assert seen.sites == tuple(sorted(SITES))
    one.replicas.give_back(lease)


async def test_the_leader_takes_over_from_who_has_not_come_back(one):
    one.workflows.left = {"stxr-1": ("site-3", "site-7")}
    one.store.sessions.close(one.other)
    with one.store._engine.begin() as db:  # hours pass
        db.execute(update(REPLICAS).where(REPLICAS.c.name == "stxr-1").values(heard_at=0.0))
    await one.replicas._beat()
    await one.look()
    assert "stxr-1 has not come back: what it was sending to 2 sites goes on" in one.said
    assert one.workflows.left == {}


async def test_who_loses_a_site_in_the_midst_of_a_visit_notes_and_sends_nothing_of_it(one):
    """It is stopped while it looks at a host that was locked by us; meanwhile another has locked it again."""
    site = next(site for site in SITES if one.replicas.is_mine(site))
    line, sent = one.world.lines[site], []
    one.store.open_window(site, "controller-0", "plan-1")

    async def stopped(*said):
        seen = await Line.observe(line, *said)
        one.store.sessions.close(one.replicas._session)
        assert Context().run(one.store.leases.take, of_site(site), one.other)  # in another process
        return seen

    async def sends(order, visit, office):
        sent.append(order.site)

    line.observe = stopped
    one.it.goes_on(sends, ())
    with pytest.raises(Lost, match=f"site/{site}: its lease is over"):
        await one.it.visit(site)
    assert one.store.windows(site) == {"controller-0"}
    assert (sent, one.store.verdict(site)) == ([], None)


async def test_a_site_to_which_another_replica_began_to_send_a_moment_ago_is_not_planned_for_again(one):
    site = next(site for site in SITES if one.replicas.is_mine(site))

    async def sends_to(name):
        return name == site

    one.it.goes_on(sent_now, (), sends_to)
    await one.it.visit(site)
    assert one.world.lines[site].readings == 0
    assert one.it.is_under_way(site)


def test_one_process_on_sqlite_is_alone(tmp_path):
    with Store.open(tmp_path / "state") as store:
        assert isinstance(membership("stxr-0", "", store, TIMES), Alone)
        assert isinstance(membership("stxr-0", "postgresql://db/stxr", store, TIMES), Replicas)
