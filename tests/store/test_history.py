"""Histories are kept row by row, never in the way, and forgotten by age."""

from __future__ import annotations

from reconciler.model.history import Deed, Happening, Sending
from reconciler.store import Before, StoreMemory, sendings_of

LOCK = Happening(1_000.0, Deed.SENT, "PATCH /v1/ihosts/1 (lock)", "controller-0", 2)
TOLD = Happening(1_001.0, Deed.ANSWERED, "ok", "controller-0", 2)
DONE = Happening(1_200.0, Deed.ENDED, "done")


def test_what_is_told_is_found_in_order_with_who_told_it(store):
    record = StoreMemory(store, "stxr-0").recorder("ottawa", "p1", "ottawa/p1/a")
    record(LOCK)
    StoreMemory(store, "stxr-1").recorder("ottawa", "p1", "ottawa/p1/a")(TOLD)
    [sending] = store.history.sendings("ottawa")
    assert (sending.name, sending.site, sending.plan_id, sending.end) == ("ottawa/p1/a", "ottawa", "p1", None)
    assert [(h.deed, h.replica, h.stage) for h in sending.happenings] == [
        ("sent", "stxr-0", 2),
        ("answered", "stxr-1", 2),
    ]


def test_the_newest_sending_comes_first_and_only_so_many(store):
    for number, plan in enumerate(("p1", "p2", "p1")):
        store.history.keep(Sending(f"s{number}", "ottawa", plan, (LOCK,)))
    store.history.keep(Sending("elsewhere", "hull", "p1", (LOCK,)))
    assert [s.name for s in store.history.sendings("ottawa")] == ["s2", "s1", "s0"]
    assert [s.name for s in store.history.sendings("ottawa", "p1")] == ["s2", "s0"]
    assert [s.name for s in store.history.sendings("ottawa", most=1)] == ["s2"]


def test_how_it_ended_is_kept_once_though_it_is_told_again(store):
    record = StoreMemory(store).recorder("ottawa", "p1", "ottawa/p1/a")
    for told in (LOCK, DONE, DONE):
        record(told)
    [sending] = store.history.sendings("ottawa")
    assert [h.deed for h in sending.happenings] == ["sent", "ended"]
    assert sending.end.text == "done"


def test_it_is_forgotten_with_the_outcomes_of_its_time(store):
    store.history.keep(Sending("s1", "ottawa", "p1", (LOCK, TOLD, DONE)))
    store.prune(Before(1_100.0, 0.0))
    [sending] = store.history.sendings("ottawa")
    assert [h.deed for h in sending.happenings] == ["ended"]
    store.prune(Before(2_000.0, 0.0))
    assert store.history.sendings("ottawa") == ()


def test_what_cannot_be_written_is_told_and_holds_nothing_up(store, open_store):
    lost = []
    record = StoreMemory(store, "stxr-0", lost.append).recorder("ottawa", "p1", "ottawa/p1/a")
    with store._writing.begin() as db:
        db.exec_driver_sql("drop table history")
    record(LOCK)
    [told] = lost
    assert told.startswith("ottawa: plan p1: sent PATCH /v1/ihosts/1 (lock): not kept: ")


def test_it_is_read_beside_the_controller(folder, open_store, url):
    open_store().history.keep(Sending("s1", "ottawa", "p1", (LOCK,)))
    assert [s.happenings for s in sendings_of(folder, "ottawa", url=url)] == [(LOCK,)]


def test_where_there_is_no_store_nothing_was_sent(tmp_path):
    assert sendings_of(tmp_path, "ottawa") == ()
