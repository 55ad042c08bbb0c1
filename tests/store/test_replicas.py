"""Sessions and leases on both databases: one holder at a time, by the database's clock, and no way back once over."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Float, literal, text

from reconciler.model.replica import LEADER, of_site
from reconciler.store.bells import Bell
from reconciler.store.leases import Leases
from reconciler.store.pruning import Before
from reconciler.store.sessions import Process, Sessions

LASTS_S = 30.0
ONE, OTHER = Process("stxr-0", "node-a", 11), Process("stxr-1", "node-b", 12)
OTTAWA = of_site("ottawa-001")


@pytest.fixture
def sessions(store, clock):
    """By a clock that stands still."""
    return Sessions(store._engine, lambda: literal(clock.at, Float))


@pytest.fixture
def leases(store, clock):
    return Leases(store._engine, lambda: literal(clock.at, Float))


def live(sessions):
    return [replica.name for replica in sessions.known() if replica.is_live]


def test_a_session_lasts_as_long_as_it_is_renewed(sessions, clock):
    session = sessions.open(ONE, LASTS_S)
    for _ in range(3):
        clock.at += LASTS_S - 1
        assert sessions.renew(session, LASTS_S)
        sessions.bury()
    assert live(sessions) == ["stxr-0"]
    [known] = sessions.known()
    assert (known.host, known.pid, known.up_s, known.silent_s) == ("node-a", 11, 3 * (LASTS_S - 1), 0.0)


def test_a_session_that_ran_out_never_comes_back(sessions, clock):
    session = sessions.open(ONE, LASTS_S)
    clock.at += LASTS_S
    assert not sessions.renew(session, LASTS_S)
    clock.at -= 1  # whatever a clock does: who was told that it is over has begun to act on it
    sessions.bury()
    assert sessions.renew(session, LASTS_S)
    clock.at += LASTS_S
    sessions.bury()
    clock.at -= 1
    assert not sessions.renew(session, LASTS_S)
    assert live(sessions) == []


def test_a_name_is_one_process_s_at_a_time(sessions, clock):
    first = sessions.open(ONE, LASTS_S)
    again = Process("stxr-0", "node-a", 13)
    assert sessions.open(again, LASTS_S) == ""
    clock.at += LASTS_S
    second = sessions.open(again, LASTS_S)
    assert second not in {"", first}
    assert not sessions.renew(first, LASTS_S)
    assert [known.pid for known in sessions.known()] == [13]


def test_a_process_that_ended_in_order_makes_way_at_once(sessions):
    sessions.close(sessions.open(ONE, LASTS_S))
    assert sessions.open(ONE, LASTS_S)


def test_who_was_not_heard_of_for_long_is_forgotten(sessions, clock):
    sessions.open(ONE, LASTS_S)
    clock.at += 100
    sessions.open(OTHER, LASTS_S)
    sessions.forget(silent_s=50)
    assert [known.name for known in sessions.known()] == ["stxr-1"]


def test_a_lease_is_one_holder_s_until_it_is_given_back(sessions, leases):
    one, other = sessions.open(ONE, LASTS_S), sessions.open(OTHER, LASTS_S)
    first = leases.take(OTTAWA, one)
    assert (first.replica, first.fence) == ("stxr-0", 1)
    assert leases.take(OTTAWA, other) is None
    assert leases.take(OTTAWA, one) is None  # its own tasks do not share it either
    assert leases.take(LEADER, other)
    leases.give_back(first)
    second = leases.take(OTTAWA, other)
    assert (second.replica, second.fence) == ("stxr-1", 2)
    leases.give_back(first)  # late: it is another's now
    assert leases.is_held(second)
    assert not leases.is_held(first)
    assert [(held.subject, held.replica) for held in leases.held()] == [(LEADER, "stxr-1"), (OTTAWA, "stxr-1")]


def test_a_lease_ends_with_its_holder_s_session(sessions, leases, clock):
    one, other = sessions.open(ONE, LASTS_S), sessions.open(OTHER, LASTS_S)
    mine = leases.take(OTTAWA, one)
    clock.at += LASTS_S - 1
    sessions.renew(other, LASTS_S)
    clock.at += 1
    assert not leases.is_held(mine)
    assert leases.take(OTTAWA, other) is None  # not buried yet: a renewal may be on its way
    sessions.bury()
    assert leases.take(OTTAWA, other).fence == 2
    assert leases.take(LEADER, one) is None  # over is over


@pytest.mark.parametrize(
    "url", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))], indirect=True
)
def test_a_renewal_on_its_way_counts_and_holds_nobody_up(store, sessions, leases, clock):
    one = sessions.open(ONE, LASTS_S)
    clock.at += LASTS_S - 1
    with store._engine.connect() as slow:
        slow.execute(text("update replicas set ends_at = ends_at + 100 where session = :s"), {"s": one})
        clock.at += 2
        burying = threading.Thread(target=sessions.bury)
        burying.start()
        burying.join(10)  # who renews may have been stopped in the midst of it
        assert not burying.is_alive()
        slow.commit()
    assert live(sessions) == ["stxr-0"]


def test_replicas_that_are_gone_are_pruned_with_the_history(store, clock):
    store.sessions.close(store.sessions.open(ONE, LASTS_S))
    store.sessions.open(OTHER, LASTS_S)
    store.prune(Before(clock.at - 60, 0.0))
    assert len(store.sessions.known()) == 2
    store.prune(Before(clock.at + 60, 0.0))  # as if it had been silent since
    assert [known.name for known in store.sessions.known()] == ["stxr-1"]


def test_the_database_s_own_clock_is_seconds(store):
    session = store.sessions.open(ONE, LASTS_S)
    assert store.sessions.renew(session, LASTS_S)
    [known] = store.sessions.known()
    assert 0 <= known.silent_s <= known.up_s < 20


def test_a_bell_is_heard_as_often_as_it_was_rung(store):
    assert [store.bells.heard(bell) for bell in Bell] == [0, 0]
    store.bells.ring(Bell.GIT)
    store.bells.ring(Bell.GIT)
    assert [store.bells.heard(bell) for bell in Bell] == [2, 0]
