"""Who refused us is remembered by account, and by the next process too."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.board import BoardPlace, Refused

PLACE = BoardPlace("ottawa", "controller-0", "https://192.0.2.20", "root", "env:BOARD")
SAID = Refused(1_000.0, "(401) no")


def test_it_is_known_of_this_account_after_a_restart(open_store):
    with open_store() as store:
        store.board_refusals.keep(PLACE, SAID)
    with open_store() as store:
        assert store.board_refusals.of(PLACE) == SAID
        assert store.board_refusals.of(replace(PLACE, password="env:NEW")) is None


def test_another_account_of_the_host_takes_its_place(store):
    store.board_refusals.keep(PLACE, SAID)
    store.board_refusals.keep(replace(PLACE, username="stxr"), Refused(2_000.0))
    assert store.board_refusals.of(PLACE) is None


def test_one_that_lets_us_in_is_forgotten(store):
    store.board_refusals.keep(PLACE, SAID)
    store.board_refusals.forget(PLACE)
    store.board_refusals.forget(PLACE)
    assert store.board_refusals.of(PLACE) is None
