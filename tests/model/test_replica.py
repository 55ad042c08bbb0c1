"""Whose each site is: everybody's answer is the same, and only the sites of who goes or comes move."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.replica import owner

NAMES = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), min_size=2, max_size=6)
SITES = [f"site-{number:03d}" for number in range(60)]


def shares(replicas):
    return {site: owner(site, replicas) for site in SITES}


@given(NAMES, st.randoms())
def test_a_replica_that_goes_leaves_everybody_elses_sites_where_they_are(replicas, chance):
    gone = chance.choice(sorted(replicas))
    before, after = shares(replicas), shares(replicas - {gone})
    assert {site for site in SITES if before[site] != after[site]} == {s for s in SITES if before[s] == gone}


@given(NAMES, st.from_regex(r"[A-Z]{3}", fullmatch=True))
def test_a_replica_that_comes_takes_sites_for_itself_only(replicas, comes):
    before, after = shares(replicas), shares(replicas | {comes})
    assert {after[site] for site in SITES if before[site] != after[site]} <= {comes}


@given(NAMES, st.randoms())
def test_the_order_in_which_replicas_are_known_says_nothing(replicas, chance):
    mixed = sorted(replicas)
    chance.shuffle(mixed)
    assert shares(mixed) == shares(sorted(replicas))


def test_shares_are_about_equal():
    counted = Counter(owner(f"site-{n}", ["stxr-0", "stxr-1", "stxr-2"]) for n in range(5000))
    assert all(abs(count - 5000 / 3) < 150 for count in counted.values()), counted


def test_where_nobody_is_a_site_is_nobodys():
    assert owner("ottawa-001", []) == ""
