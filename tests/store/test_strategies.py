"""What sites ask of dcmanager's strategy, the batch that is made of it, and who is to be put back: known after a restart."""

from __future__ import annotations

from contextvars import Context
from dataclasses import replace

import pytest

from reconciler.model.batch import Batch, Move, OrderEnd, SiteOrder, Wish, gathered
from reconciler.model.central import CentralStrategy
from reconciler.model.errors import Lost
from reconciler.model.replica import LEADER
from reconciler.model.strategy_orders import StrategyType
from reconciler.store import Process, fenced

SOFTWARE = Wish(StrategyType.SOFTWARE, {"release_id": "starlingx-24.09.1", "delete": "true"})
KUBERNETES = Wish(StrategyType.KUBERNETES, {"to-version": "v1.30.6"})
BATCH = Batch("b1", SOFTWARE, 950.0)


def ask(store, *sites, wish=SOFTWARE, at=900.0):
    for site in sites:
        store.strategies.ask(SiteOrder(site, wish, at))


def test_an_order_is_known_after_a_restart(open_store):
    with open_store() as store:
        ask(store, "ottawa", wish=KUBERNETES)
        store.strategies.note("ottawa", "kube upgrade pre check", "waits")
    with open_store() as store:
        order = SiteOrder("ottawa", KUBERNETES, 900.0, state="kube upgrade pre check", told="waits")
        assert store.strategies.order("ottawa") == order
        assert store.strategies.order("yard") is None
        assert store.strategies.open() == (order,)


def test_one_that_is_over_is_open_no_more_and_takes_another_in_its_place(store):
    ask(store, "ottawa")
    store.strategies.note("ottawa", OrderEnd.FAILED, "no")
    assert store.strategies.open() == ()
    store.strategies.hear("ottawa")
    assert store.strategies.order("ottawa").is_heard
    ask(store, "ottawa", at=990.0)
    assert store.strategies.order("ottawa") == SiteOrder("ottawa", SOFTWARE, 990.0)


def test_a_batch_has_its_orders_until_it_ends_and_those_that_are_not_over_wait_again(store):
    ask(store, "ottawa", "yard", "plant")
    store.strategies.begin(BATCH, ("ottawa", "yard"))
    store.strategies.created(BATCH, "2026-11-22 00:00:00")
    assert store.strategies.batch() == replace(BATCH, created_at="2026-11-22 00:00:00")
    assert {one.site: one.batch for one in store.strategies.open()} == {"ottawa": "b1", "yard": "b1", "plant": ""}
    store.strategies.note("ottawa", OrderEnd.COMPLETE)
    store.strategies.end(BATCH, "waits for somebody")
    assert store.strategies.batch() is None
    assert {one.site: (one.batch, one.told) for one in store.strategies.open()} == {
        "plant": ("", ""),
        "yard": ("", "waits for somebody"),
    }


def test_who_stands_in_our_group_is_known_by_where_he_stood(store):
    move = Move("ottawa", 4, "b1")
    store.strategies.moves_out(move)
    assert (store.strategies.moves(), store.strategies.group_before("ottawa")) == ({"ottawa": move}, 4)
    store.strategies.is_back("ottawa")
    store.strategies.is_back("ottawa")
    assert (store.strategies.moves(), store.strategies.group_before("ottawa")) == ({}, None)


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.strategies.begin(BATCH, ("ottawa",)),
        lambda store: store.strategies.created(BATCH, "now"),
        lambda store: store.strategies.moves_out(Move("ottawa", 4, "b1")),
        lambda store: store.strategies.is_back("ottawa"),
        lambda store: store.strategies.note("ottawa", OrderEnd.COMPLETE),
        lambda store: store.strategies.end(BATCH),
    ],
    ids=["begin", "created", "move", "back", "note", "end"],
)
def test_who_does_not_lead_any_more_writes_nothing_of_it(store, write):
    ask(store, "ottawa")
    session = store.sessions.open(Process("stxr-0", "node", 1), 1e6)
    with fenced(store.leases.take(LEADER, session)):
        store.sessions.close(session)
        other = Context().run(store.sessions.open, Process("stxr-1", "node", 2), 1e6)
        assert Context().run(store.leases.take, LEADER, other)  # in another process
        with pytest.raises(Lost):
            write(store)
    assert (store.strategies.batch(), store.strategies.moves()) == (None, {})
    assert store.strategies.order("ottawa").waits


# ---- who goes together


def orders(*said):
    return tuple(SiteOrder(site, wish, at) for site, wish, at in said)


@pytest.mark.parametrize(
    ("now", "together"),
    [(905.0, ()), (921.0, ("a", "c")), (919.0, ())],
    ids=["more may come", "nobody has come for a while", "not yet"],
)
def test_those_go_together_that_want_the_same_as_the_oldest(now, together):
    found = orders(("b", KUBERNETES, 901.0), ("a", SOFTWARE, 900.0), ("c", SOFTWARE, 901.0))
    assert tuple(one.site for one in gathered(found, now, 20.0, 120.0)) == together


def test_nobody_waits_for_others_for_ever():
    found = orders(("a", SOFTWARE, 900.0), ("b", SOFTWARE, 1_015.0))
    assert gathered(found, 1_019.0, 20.0, 120.0) == ()
    assert len(gathered(found, 1_020.0, 20.0, 120.0)) == 2


@pytest.mark.parametrize(
    ("kind", "options", "is_ours"),
    [
        (
            "sw-deploy",
            {"release_id": "starlingx-24.09.1", "delete": True, "rollback": False, "kube_upgrade": None},
            True,
        ),
        ("sw-deploy", {"release_id": "starlingx-24.09.1", "delete": "true"}, True),
        ("sw-deploy", {"release_id": "starlingx-24.09.1", "delete": False}, False),
        ("sw-deploy", {"release_id": "starlingx-24.09.1", "delete": True, "snapshot": True}, False),
        ("sw-deploy", {"release_id": "starlingx-24.09.2", "delete": True}, False),
        ("kubernetes", {"release_id": "starlingx-24.09.1", "delete": True}, False),
    ],
)
def test_a_strategy_is_ours_by_its_content_where_its_answer_was_lost(kind, options, is_ours):
    assert SOFTWARE.is_of(CentralStrategy(kind, "initial", options=options)) is is_ours
