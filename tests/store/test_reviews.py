"""Reviews, pull requests and what happened to them, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.followed import Followed, Shown, Yes
from reconciler.model.pull import Pull, PullState
from reconciler.model.review import Finding, Review
from reconciler.model.words import Disruption
from reconciler.store import Before, News

PULL = Pull(7, PullState.OPEN, "main", "4ead" * 10, is_fork=False, author="amelie")
SHOWN = Shown("00112233", PULL.head, 990.0, {"77aa01c2d3": Disruption.LOCK})
KNOWN = Followed(PULL, (SHOWN,), (Yes("77aa01c2d3", Disruption.LOCK, "noor", 995.0, "approved"),), heard=4)


def review(base="b" * 40, made_at=1_000.0):
    return Review(base, "h" * 40, "sites", made_at, errors=(Finding("wrong", "fleet.yaml", 3, 1),))


def test_a_review_is_given_back_whole_by_its_name(store):
    store.reviews.keep(review(), 7)
    assert store.reviews.review(review().id) == review()
    assert store.reviews.review("nobody") is None


def test_reviews_are_listed_newest_first_and_by_pull_request(store):
    first, second, asked = review("1" * 40), review("2" * 40, 2_000.0), review("3" * 40, 3_000.0)
    store.reviews.keep(first, 7)
    store.reviews.keep(second, 7)
    store.reviews.keep(asked)
    assert [one.id for one in store.reviews.made(10)] == [asked.id, second.id, first.id]
    assert [one.id for one in store.reviews.made(1, pull=7)] == [second.id]
    assert [one.id for one in store.reviews.made(10, pull=0)] == [asked.id]


def test_the_same_question_is_kept_once(store):
    store.reviews.keep(review())
    store.reviews.keep(replace(review(), made_at=2_000.0))
    assert [one.made_at for one in store.reviews.made(10)] == [2_000.0]


def test_what_is_known_of_a_pull_request_is_given_back_whole(store):
    store.reviews.follow(KNOWN)
    assert store.reviews.followed(7) == KNOWN
    assert store.reviews.open() == {7: KNOWN}


def test_one_that_is_over_is_known_and_not_open(store):
    store.reviews.follow(replace(KNOWN, is_over=True))
    assert store.reviews.open() == {}
    assert store.reviews.followed(7) is not None


def test_news_are_one_until_somebody_looks(store, clock):
    for clock.at in (1_000.0, 1_010.0, 1_020.0):
        store.reviews.tell(7)
    [news] = store.reviews.news()
    assert news == News(7, 1_000.0, 1_020.0)
    store.reviews.looked(news)
    assert store.reviews.news() == ()


def test_what_happens_during_a_look_stays(store, clock):
    store.reviews.tell(7)
    [news] = store.reviews.news()
    clock.at = 1_030.0
    store.reviews.tell(7)
    store.reviews.looked(news)
    assert store.reviews.news() == (News(7, 1_030.0, 1_030.0),)


@pytest.mark.parametrize("is_over", [True, False])
def test_what_is_old_and_over_is_forgotten(store, clock, is_over):
    store.reviews.keep(review(), 7)
    store.reviews.follow(replace(KNOWN, is_over=is_over))
    clock.at = 9_000.0
    store.prune(Before(history=5_000.0, audit=0.0))
    assert store.reviews.made(10) == ()
    assert (store.reviews.followed(7) is None) == is_over
