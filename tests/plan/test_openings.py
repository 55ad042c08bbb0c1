"""Openings that are read once say what each question of a window says by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.maintenance import MaintenanceWindow, closes_at, opens_for
from reconciler.plan.openings import Hours, Openings

DAY = 86_400.0
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp()  # the clocks go forward in the night that follows
WINDOWS = st.builds(
    MaintenanceWindow,
    cron=st.builds(
        "{} {} * * {}".format,
        st.integers(0, 59),
        st.sampled_from(["0", "1", "3", "22", "1,13", "*/6"]),
        st.sampled_from(["*", "2-5", "0,6"]),
    ),
    duration=st.sampled_from(["45m", "2h", "5h", "9h"]),
    timezone=st.sampled_from(["UTC", "America/Toronto", "Asia/Kolkata"]),
)
SOME = st.lists(WINDOWS, min_size=1, max_size=3)
LATER = st.lists(st.floats(0, 9 * DAY).map(round), min_size=1, max_size=6).map(sorted)


def hours(windows, needed_s, since=SPRING):
    return Hours([Openings(window, since) for window in windows], needed_s)


@given(SOME, LATER, st.integers(60, 12 * 3600))
def test_what_may_begin_now_is_what_the_gate_lets_begin(windows, moments, needed_s):
    asked = hours(windows, needed_s)
    for moment in moments:
        now = SPRING + moment
        end = closes_at(windows, now)
        assert (asked.until(now) >= now) == (end is not None and now + needed_s <= end)
        assert asked.opens_after(now) == (opens_for(windows, now, needed_s) or inf)


def test_without_windows_anything_may_begin_at_any_time():
    asked = hours([], 5 * 3600)
    assert asked.until(SPRING) == inf
    assert not asked.is_never


def test_what_no_window_is_long_enough_for_never_begins():
    night = MaintenanceWindow(cron="0 1 * * *", duration="2h")
    assert hours([night], 3 * 3600).is_never
    assert hours([night], 3 * 3600).opens_after(SPRING) == inf
    assert not hours([night], 2 * 3600).is_never


def test_of_a_site_that_is_dark_nobody_knows_when_it_begins():
    assert Hours([], 60.0, not_before=inf).until(SPRING) == -inf


def test_what_is_frozen_begins_when_that_is_over_or_in_the_first_window_after_it():
    night = [Openings(MaintenanceWindow(cron="0 1 * * *", duration="2h"), SPRING)]
    one_o_clock = SPRING + 13 * 3600
    assert Hours([], 60.0, one_o_clock).until(SPRING) == -inf
    assert Hours([], 60.0, one_o_clock).opens_after(SPRING) == one_o_clock
    assert Hours(night, 60.0, one_o_clock + 600).opens_after(SPRING) == one_o_clock + 600
    assert Hours(night, 60.0, SPRING + DAY).opens_after(SPRING) == one_o_clock + DAY


def test_an_opening_that_never_comes_is_not_waited_for():
    leap = MaintenanceWindow(cron="0 0 29 2 *", duration="2h")
    assert hours([leap], 60.0).opens_after(SPRING) == inf
