"""Claims and breakers outlive the process, and are closed by somebody with a row in the audit."""

from concurrent.futures import ThreadPoolExecutor

from reconciler.model.breaker import Breaker, Failure
from reconciler.store.bounds import BoundStore, Claim
from reconciler.store.database import engine_of, file_url

OPEN = Breaker((Failure("a", 1.0), Failure("b", 2.0)), opened=2.0, trial="c", trial_at=3.0)


def test_a_claim_stands_until_it_is_given_back(store, clock):
    store.bounds.claim("ottawa", 1)
    store.bounds.claim("hull", 2)
    store.bounds.claim("hull", 3)
    assert store.bounds.claims() == {"ottawa": Claim(1, clock.at), "hull": Claim(3, clock.at)}
    store.bounds.give_back("hull")
    store.bounds.give_back("hull")
    assert list(store.bounds.claims()) == ["ottawa"]


def test_a_breaker_is_as_it_was_left(store):
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


def test_of_many_that_come_at_once_one_is_tried(folder, url, store):
    """Each over a connection of its own, as replicas are."""
    store.bounds.change("", lambda _: Breaker((Failure("a", 1.0),), opened=1.0))

    def begun(site):
        engine = engine_of(url or file_url(folder))
        try:
            return BoundStore(engine, lambda: 9.0).change("", lambda b: None if b.trial else b.begun(site, 9.0))
        finally:
            engine.dispose()

    with ThreadPoolExecutor(8) as threads:
        began = list(threads.map(begun, [f"site-{n}" for n in range(8)]))
    assert began.count(True) == 1
    assert store.bounds.breakers()[""].trial == f"site-{began.index(True)}"


def test_a_breaker_that_many_make_at_once_counts_them_all(folder, url, store):
    def failed(site):
        engine = engine_of(url or file_url(folder))
        try:
            kept = BoundStore(engine, lambda: 9.0)
            return kept.change("ran", lambda b: Breaker((*b.failures, Failure(site, 9.0))))
        finally:
            engine.dispose()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(failed, [f"site-{n}" for n in range(8)]))
    assert len(store.bounds.breakers()["ran"].failures) == 8
