"""How long a failing site is left alone: longer each time, within bounds, and never together with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.backoff import Backoff

CHANCES = st.floats(0, 1, exclude_max=True)
FAILURES = st.integers(1, 10_000)


@pytest.mark.parametrize(("failures", "expected"), [(0, 0), (1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (500, 900)])
def test_the_step_doubles_up_to_a_quarter_of_an_hour(failures, expected):
    assert Backoff().wait_s(failures, chance=1.0) == expected


@given(FAILURES, CHANCES)
def test_a_wait_is_between_half_and_all_of_its_step(failures, chance):
    backoff = Backoff()
    step = backoff.wait_s(failures, 1.0)
    assert step / 2 <= backoff.wait_s(failures, chance) <= step <= backoff.last_s


@given(FAILURES, CHANCES)
def test_one_more_failure_never_shortens_the_wait(failures, chance):
    assert Backoff().wait_s(failures, chance) <= Backoff().wait_s(failures + 1, chance)


def test_two_sites_that_fail_together_come_back_apart():
    assert Backoff().wait_s(3, 0.1) != Backoff().wait_s(3, 0.9)


@pytest.mark.parametrize(("failures", "is_open"), [(0, False), (2, False), (3, True), (40, True)])
def test_the_breaker_opens_after_three_failures_in_a_row(failures, is_open):
    assert Backoff().is_open(failures) is is_open
