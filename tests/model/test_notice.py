"""A notice names some sites, counts the others, and knows when it is news."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.model.notices import notice

TOLD = notice(sites=("a", "b", "c"))


def test_it_names_a_few_sites_and_counts_the_others():
    assert notice(sites=("a", "b")).where == "a, b"
    assert notice(sites=tuple("abcdefgh")).where == "a, b, c, d, e and 3 more"


@pytest.mark.parametrize(
    ("moved", "is_news"),
    [
        ({}, False),
        ({"text": "in other words", "at": 99.0}, False),
        ({"sites": tuple("abcde")}, False),
        ({"sites": tuple("abcdef")}, True),
        ({"state": "failed-apply"}, True),
        ({"is_over": True}, True),
    ],
)
def test_it_is_news_where_something_moved(moved, is_news):
    assert replace(TOLD, **moved).is_news_after(TOLD) == is_news


def test_the_end_of_what_nobody_was_told_of_is_no_news():
    assert TOLD.is_news_after(None)
    assert not replace(TOLD, is_over=True).is_news_after(None)
