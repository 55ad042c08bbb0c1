"""Maintenance windows: cron, duration and time zone in, open or not out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.model.maintenance import MaintenanceWindow, closes_at, opens_for, seconds, told

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAYS = MaintenanceWindow(cron="0 1 * * 6", duration="4h", timezone="Europe/Berlin")


def at(text: str, zone=BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-01-10 00:59", None),
        ("2026-01-10 01:00", "2026-01-10 05:00"),
        ("2026-01-10 04:59", "2026-01-10 05:00"),
        ("2026-01-10 05:00", None),
        ("2026-01-11 02:00", None),
    ],
)
def test_a_window_is_open_from_its_moment_until_its_duration_has_passed(moment, closes):
    assert SATURDAYS.closes_at(at(moment)) == (at(closes) if closes else None)


def test_it_opens_by_the_site_s_own_clock():
    assert SATURDAYS.closes_at(at("2026-07-04 00:30", UTC)) == at("2026-07-04 03:00", UTC)
    assert SATURDAYS.closes_at(at("2026-01-10 00:30", UTC)) == at("2026-01-10 04:00", UTC)


def test_it_lasts_as_long_in_the_night_in_which_the_clock_is_put_forward():
    sundays = MaintenanceWindow(cron="0 1 * * 0", duration="4h", timezone="Europe/Berlin")
    began = at("2026-03-29 01:00")
    assert sundays.closes_at(began) == began + 4 * 3600
    assert datetime.fromtimestamp(began + 4 * 3600, BERLIN).hour == 6


def test_the_hour_that_comes_twice_opens_it_once():
    at_two = MaintenanceWindow(cron="30 2 * * *", duration="30m", timezone="Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0).timestamp()
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1).timestamp()
    assert [at_two.closes_at(moment) is not None for moment in (first, second)] == [True, False]


@pytest.mark.parametrize(
    ("zone", "cron", "before"),
    [("Europe/Berlin", "30 2 * * 0", "2026-10-24 12:00"), ("America/St_Johns", "30 1 * * 0", "2026-10-31 12:00")],
)
@pytest.mark.parametrize("hours", [1, 4])
def test_a_window_that_opens_in_the_hour_that_comes_twice_stays_open_for_its_whole_time(zone, cron, before, hours):
    """Or a plan that is on its way would be held in the midst of it, and go on an hour later."""
    window = MaintenanceWindow(cron=cron, duration=f"{hours}h", timezone=zone)
    began = window.opens_at(at(before, ZoneInfo(zone)))
    minutes = range(hours * 60)
    assert [minute for minute in minutes if window.closes_at(began + 60.0 * minute) is None] == []


def test_the_next_opening_is_the_first_of_a_window_that_is_long_enough():
    nightly = MaintenanceWindow(cron="0 3 * * *", duration="30m", timezone="Europe/Berlin")
    wednesday = at("2026-01-07 12:00")
    assert opens_for([SATURDAYS, nightly], wednesday, 1200) == at("2026-01-08 03:00")
    assert opens_for([SATURDAYS, nightly], wednesday, 7200) == at("2026-01-10 01:00")
    assert opens_for([SATURDAYS, nightly], wednesday, 86400) is None


def test_of_open_windows_the_latest_end_counts():
    longer = MaintenanceWindow(cron="0 2 * * 6", duration="6h", timezone="Europe/Berlin")
    assert closes_at([SATURDAYS, longer], at("2026-01-10 03:00")) == at("2026-01-10 08:00")
    assert closes_at([], at("2026-01-10 03:00")) is None


@given(st.integers(0, 40_000_000), st.integers(1, 48))
def test_a_window_is_open_exactly_after_an_opening(offset, hours):
    window = MaintenanceWindow(cron="15 22 * * 1-5", duration=f"{hours}h", timezone="America/Toronto")
    now = at("2026-01-01 00:00") + offset
    end = window.closes_at(now)
    if end is not None:
        began = end - hours * 3600
        assert began <= now < end
        assert window.opens_at(began - 1) == began
    else:
        assert window.opens_at(now - hours * 3600) > now


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"cron": "0 1 * *"}, "must have the five fields of crontab"),
        ({"cron": "0 25 * * *"}, "Bad hour"),
        ({"cron": "0 0 30 2 *"}, "Bad day-of-month"),
        ({"duration": "4 hours"}, "pattern"),
        ({"duration": ""}, "must be a duration as 4h, 1h30m or 45m"),
        ({"duration": "0m"}, "more than nothing"),
        ({"timezone": "Mars/Olympus"}, "must be a time zone of the tz database"),
        ({"timezone": "../etc/passwd"}, "must be a time zone of the tz database"),
        ({"weekday": "6"}, "Extra inputs"),
    ],
)
def test_what_names_no_window_is_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        MaintenanceWindow(**{"cron": "0 1 * * 6", "duration": "4h", **said})


@pytest.mark.parametrize(("text", "number"), [("4h", 14400), ("1h30m", 5400), ("45m", 2700), ("1d2h3m4s", 93784)])
def test_durations_are_written_as_operators_write_them(text, number):
    assert seconds(text) == number


@pytest.mark.parametrize(
    ("number", "text"), [(5400, "1h30m"), (2700, "45m"), (20.2, "20s"), (0, "0s"), (93784, "1d2h")]
)
def test_durations_are_told_in_two_units(number, text):
    assert told(number) == text
