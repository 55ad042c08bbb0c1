"""No delete without a list that was read to its end, whatever Git took out and whatever is missing."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.words import Action
from tests.properties.direct import judged, rendered
from tests.properties.documents import OTTAWA, ROOK, document, overlays, site_of
from tests.properties.looks import base, shown
from tests.properties.profile import looking

STORAGE = document("System", "site", {"storage": {"backends": [ROOK]}})
WRITTEN = overlays(OTTAWA, has_ceph=True)


def deleted(found):
    return {change.key for change in found.changes if change.action is Action.DELETE}


def removing(want, have):
    """(what differs, what is planned) of deletes."""
    both = judged(want, have, base())
    return deleted(both.found), deleted(both.plan)


FAILED = st.lists(st.sampled_from(range(400)), unique=True, max_size=400)
SEEDS = st.integers(0, 2**32)


def half_read(numbers, seed):
    """The site with some lists that failed, or broke off before their end; and which ones."""
    lists, chance = sorted(shown().complete), random.Random(seed)
    failed = {lists[number % len(lists)] for number in numbers}
    there = {k: r for k, r in shown().resources.items() if (k.kind, k.host) not in failed or chance.random() < 0.5}
    return replace(shown(), complete=shown().complete - failed, resources=there), failed


@given(written=WRITTEN, numbers=FAILED, seed=SEEDS)
@looking(60)
def test_nothing_is_deleted_from_a_list_that_was_not_read_to_its_end(written, numbers, seed):
    have, failed = half_read(numbers, seed)
    found, planned = removing(rendered(site_of(OTTAWA.site, written)), have)
    assert {key for key in found | planned if (key.kind, key.host) in failed} == set()


@given(written=WRITTEN, numbers=FAILED, seed=SEEDS)
@looking(40)
def test_a_list_that_was_not_read_makes_no_delete_that_a_full_look_does_not_make(written, numbers, seed):
    want = rendered(site_of(OTTAWA.site, written))
    whole, part = removing(want, shown()), removing(want, half_read(numbers, seed)[0])
    assert part[0] <= whole[0]
    assert part[1] <= whole[1]


@given(written=WRITTEN)
@looking(30)
def test_nothing_is_deleted_where_nothing_was_read_to_its_end(written):
    have = replace(shown(), complete=frozenset())
    assert removing(rendered(site_of(OTTAWA.site, written)), have) == (set(), set())


@given(written=WRITTEN)
@looking(30)
def test_only_what_the_base_said_is_deleted_and_nothing_that_git_says(written):
    want = rendered(site_of(OTTAWA.site, written))
    both = judged(want, shown(), base())
    gone = {change.key for change in both.found.changes if change.pruning}
    assert gone <= {key for key in shown().resources if key not in both.want.resources}
    assert {key for key in gone if key not in spelled_keys(base())} == set()


def spelled_keys(snapshot):
    return judged(snapshot, shown()).want.resources.keys()


def test_one_of_each_is_all_deleted_when_git_says_none_of_it():
    """The properties above are not empty: there is something to delete."""
    found, planned = removing(rendered(site_of(OTTAWA.site, [STORAGE])), shown())
    assert found == planned
    assert {key.kind for key in planned} >= {
        "address", "address-pool", "data-network", "host-filesystem", "label", "osd", "ptp-instance", "route", "vlan",
    }  # fmt: skip
