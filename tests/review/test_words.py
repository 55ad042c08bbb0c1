"""Numbers and names as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.review.words import does, listed, plural, ranges, short, shortened


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a-1", "a-2", "a-3", "a-4"], [("a-1", "a-4")]),
        (["a-1", "a-2", "a-3"], [("a-1", "a-1"), ("a-2", "a-2"), ("a-3", "a-3")]),
        (["a-08", "a-09", "a-10", "a-11", "b"], [("a-08", "a-11"), ("b", "b")]),
        (["a-9", "a-10"], [("a-10", "a-10"), ("a-9", "a-9")]),
        ([], []),
    ],
)
def test_consecutive_numbers_are_told_by_their_ends(names, told):
    assert list(ranges(names)) == told


@given(st.sets(st.integers(0, 60)))
def test_a_run_stands_for_all_that_lie_in_it_and_for_nothing_else(numbers):
    told = [(int(a[1:]), int(b[1:])) for a, b in ranges(f"s{n:03}" for n in numbers)]
    assert {n for a, b in told for n in range(a, b + 1)} == numbers


def test_one_and_many():
    assert (plural(1, "site"), plural(1200, "site")) == ("1 site", "1,200 sites")
    assert (does(1, "site", "is", "are"), does(0, "site", "is", "are")) == ("1 site is", "0 sites are")
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("", "a", "a, b and c")


def test_a_commit_keeps_its_mark_of_edits():
    assert (short("0123456789abcdef"), short("0123456789abcdef+edits")) == ("0123456789ab", "0123456789ab+edits")
    assert shortened("abcdef", 3) == "abc… (6 characters)"
