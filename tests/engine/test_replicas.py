"""Replicas over one database, in time that a test sets: who works on what, who leads, and who may send nothing more."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import Float, literal
from sqlalchemy.exc import OperationalError

from reconciler.engine.membership import Alone, working
from reconciler.engine.replicas import Replicas, Times, lost, moved
from reconciler.model.errors import Held, Lost
from reconciler.model.replica import Post, owner
from reconciler.store import Process, Store
from reconciler.store.leases import Leases
from reconciler.store.sessions import Sessions

SITES = [f"site-{number:02d}" for number in range(40)]
TIMES = Times(lasts_s=40.0, beat_s=5.0, margin_s=10.0, takeover_s=120.0)


class Database:
    """Two tables, a clock of its own, and whether it answers."""

    def __init__(self, store: Store) -> None:
        self.at, self.is_away = 1_000.0, False
        self._sessions = Sessions(store._engine, lambda: literal(self.at, Float))
        self.leases = Leases(store._engine, lambda: literal(self.at, Float))

    def __getattr__(self, name):
        if self.is_away:
            raise OperationalError("", None, Exception("the network is gone"))
        return getattr(self._sessions, name)


@pytest.fixture
def database(tmp_path):
    with Store.open(tmp_path / "state") as store:
        yield Database(store)


@pytest.fixture
def replica(database):
    """A replica by name. Its own clock runs with the database's, and may be another."""

    def made(name, pid=1, ticks=None):
        return Replicas(Process(name, "node", pid), database, database.leases, TIMES, ticks or (lambda: database.at))

    return made


async def joined(*replicas):
    for one in replicas:
        await one.join()
    for one in replicas:
        await one._beat()
    return replicas


def shares(*replicas):
    return {one.name: {site for site in SITES if one.is_mine(site)} for one in replicas}


async def test_every_site_is_looked_at_by_one_of_them(replica):
    parts = shares(*await joined(replica("stxr-0"), replica("stxr-1"), replica("stxr-2")))
    assert Counter(site for part in parts.values() for site in part) == Counter(SITES)
    assert all(parts.values())


async def test_the_sites_of_one_that_falls_silent_move_and_nobody_elses(replica, database):
    one, two, three = await joined(replica("stxr-0"), replica("stxr-1"), replica("stxr-2"))
    before = shares(one, two, three)
    for _ in range(8):
        database.at += TIMES.beat_s
        await two._beat()
        await three._beat()
    after = shares(two, three)
    assert database.at - 1_000.0 < 120  # within two minutes
    assert after["stxr-1"] > before["stxr-1"]
    assert after["stxr-2"] > before["stxr-2"]
    assert (after["stxr-1"] | after["stxr-2"]) - before["stxr-1"] - before["stxr-2"] == before["stxr-0"]
    live = ["stxr-0", "stxr-1", "stxr-2"], ["stxr-1", "stxr-2"]
    assert moved(SITES, *live, "stxr-1") == after["stxr-1"] - before["stxr-1"]


async def test_one_of_them_leads_and_another_when_it_is_gone(replica, database):
    one, two = await joined(replica("stxr-0"), replica("stxr-1"))
    assert (one.post, two.post) == (Post.LEADER, Post.FOLLOWER)
    one.leave()
    await two._beat()
    assert two.post is Post.LEADER
    [again] = await joined(replica("stxr-0"))
    assert again.post is Post.FOLLOWER


async def test_a_site_is_never_worked_on_by_two(replica):
    one, two = await joined(replica("stxr-0"), replica("stxr-1"))
    lease = one.take("ottawa-001")
    assert two.take("ottawa-001") is None
    assert one.take("ottawa-001") is None
    one.give_back(lease)
    assert two.take("ottawa-001")


async def test_who_wakes_up_late_sends_nothing_more_and_ends(replica, database):
    stopped, other = await joined(replica("stxr-0"), replica("stxr-1"))
    lease = stopped.take("ottawa-001")
    writing = asyncio.create_task(stopped.may_write("ottawa-001"))
    await asyncio.wait_for(writing, 1)
    for _ in range(8):  # it is stopped meanwhile
        database.at += TIMES.beat_s
        await other._beat()
    taken = other.take("ottawa-001")
    assert taken.fence == lease.fence + 1
    late = asyncio.create_task(stopped.may_write("ottawa-001"))
    assert (await asyncio.wait({late}, timeout=0.05))[1]  # it waits
    assert not stopped.is_held(lease)
    with pytest.raises(Lost, match="taken over by others"):
        await stopped._beat()
    late.cancel()


async def test_nothing_is_sent_in_the_last_seconds_of_a_session(replica, database):
    [one] = await joined(replica("stxr-0"))
    database.at += TIMES.lasts_s - TIMES.margin_s - 1
    await asyncio.wait_for(one.may_write("ottawa-001"), 1)
    database.at += 1
    late = asyncio.create_task(one.may_write("ottawa-001"))
    assert (await asyncio.wait({late}, timeout=0.05))[1]
    late.cancel()


async def test_who_cannot_reach_the_database_ends_before_its_session_does(replica, database):
    [one] = await joined(replica("stxr-0"))
    database.is_away = True
    database.at += 5
    await one._beat()  # it may come back
    database.at += TIMES.lasts_s - TIMES.margin_s - 5
    with pytest.raises(Lost, match="did not answer in time"):
        await one._beat()
    assert one.left_s > 0


async def test_the_database_s_clock_counts_and_not_the_replica_s(replica, database):
    slow = replica("stxr-0", ticks=lambda: 1.0 + (database.at - 1_000.0))
    fast = replica("stxr-1", ticks=lambda: 9e9 + (database.at - 1_000.0))
    await joined(slow, fast)
    database.at += TIMES.beat_s
    await slow._beat()
    await fast._beat()
    assert slow.left_s == fast.left_s == TIMES.lasts_s
    assert slow.live == {"stxr-0", "stxr-1"}


async def test_a_second_process_of_one_name_is_refused(replica, database):
    [first] = await joined(replica("stxr-0"))

    async def meanwhile(seconds):
        database.at += seconds
        await first._beat()

    with pytest.raises(Held, match=r"a replica named stxr-0 is at work \(process 1 on node\): give each .*--replica"):
        await replica("stxr-0", pid=2).join(meanwhile)
    assert first.left_s == TIMES.lasts_s


async def test_who_comes_back_waits_until_its_earlier_process_is_certainly_over(replica, database):
    await joined(replica("stxr-0"))
    began = database.at

    async def meanwhile(seconds):
        database.at += seconds

    again = replica("stxr-0", pid=2)
    await again.join(meanwhile)
    assert TIMES.lasts_s <= database.at - began <= TIMES.lasts_s + TIMES.beat_s
    assert again.live == {"stxr-0"}


async def test_who_is_silent_for_long_does_not_come_back_to_what_it_was_sending(replica, database):
    _, two = await joined(replica("stxr-0"), replica("stxr-1"))
    while database.at < 1_000.0 + TIMES.takeover_s:
        assert two.gone == ()
        database.at += TIMES.beat_s
        await two._beat()
    assert two.gone == ("stxr-0",)


async def test_who_is_alone_owns_every_site_and_works_on_each_once_at_a_time():
    alone = Alone()
    async with working(alone, "ottawa-001") as lease:
        assert alone.take("ottawa-001") is None
        assert alone.is_held(lease)
    assert not alone.is_held(lease)
    assert alone.take("ottawa-001")
    assert alone.is_mine("hull-001")
    assert alone.post is Post.LEADER


def test_shares_are_those_of_the_rendezvous():
    assert moved(SITES, ["a", "b"], ["a"], "a") == {site for site in SITES if owner(site, ["a", "b"]) == "b"}


def test_a_process_ends_at_once_for_a_lost_session_or_database_and_for_nothing_else():
    away = OperationalError("select 1", None, Exception("server closed the connection\n"))
    group = ExceptionGroup("visits", [ValueError("?"), ExceptionGroup("more", [away])])
    assert lost(group) == "the database cannot be used: server closed the connection"
    assert lost(Lost("stxr-0: was silent for too long")) == "stxr-0: was silent for too long"
    assert lost(ValueError("?")) == ""


async def test_who_has_come_back_since_the_last_beat_is_not_taken_over_from(replica, database):
    restarted, other = await joined(replica("stxr-0"), replica("stxr-1"))
    restarted.leave()
    for _ in range(24):
        database.at += TIMES.beat_s
        await other._beat()
    assert other.gone == ("stxr-0",)
    await replica("stxr-0", pid=2).join()
    assert await other.gone_now() == ()
