"""Claims and breakers outlive the process, and are closed by somebody with a row in the audit."""

import pytest

from reconciler.model.breaker import Breaker, Failure
from reconciler.store import Store

OPEN = Breaker((Failure("a", 1.0), Failure("b", 2.0)), opened=2.0, trial="c", trial_at=3.0)


@pytest.fixture
def clock():
    return {"now": 1_000.0}


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(tmp_path, clock=lambda: clock["now"]) as store:
        yield store


def test_a_claim_stands_until_it_is_given_back(store):
    store.bounds.claim("ottawa", 1)
    store.bounds.claim("hull", 2)
    store.bounds.claim("hull", 3)
    assert store.bounds.claims() == {"ottawa": 1, "hull": 3}
    store.bounds.give_back("hull")
    store.bounds.give_back("hull")
    assert store.bounds.claims() == {"ottawa": 1}


def test_claims_of_the_dead_are_forgotten_once_they_are_old(store, clock):
    for site in ("ottawa", "hull"):
        store.bounds.claim(site, 1)
    clock["now"] = 2_000.0
    store.bounds.claim("gatineau", 1)
    store.bounds.forget({"hull"}, older_than=1_500.0)
    assert set(store.bounds.claims()) == {"hull", "gatineau"}


def test_a_breaker_is_as_it_was_left(store, tmp_path):
    assert store.bounds.breakers() == {}
    assert store.bounds.change("ran", lambda before: OPEN if before == Breaker() else None)
    assert not store.bounds.change("ran", lambda _: None)
    assert store.bounds.breakers() == {"ran": OPEN}


def test_somebody_closes_it_and_that_is_written_down(store):
    store.bounds.change("", lambda _: OPEN)
    assert store.bounds.close("night-shift", "bad cable")
    assert not store.bounds.close("night-shift", "again")
    assert store.bounds.breakers()[""] == Breaker()
    word = store.words.said()[-1]
    assert (word.by, word.action, word.subject, word.detail) == (
        "night-shift",
        "resume",
        "breaker",
        "of the fleet: bad cable",
    )
