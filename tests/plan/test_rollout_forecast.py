"""What a rollout costs in time, for who reads it: groups of sites, who does not fit, and when it may end."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from math import inf

from reconciler.model.forecast import Basis, PlanForecast, Span, StageForecast
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.plan import StageType
from reconciler.model.waves import Strategy
from reconciler.plan.playing import Standing, Terms
from reconciler.plan.rollout_forecast import Planned, rollout_forecast, typical

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
NIGHT = MaintenanceWindow(cron="0 1 * * *", duration="4h", timezone="Europe/Berlin")
FIRST_NIGHT = datetime(2026, 6, 1, 23, tzinfo=UTC).timestamp()  # one o'clock in Berlin


def lasts(likely_s, late_s=None, **said):
    span = Span(likely_s, late_s or likely_s, Basis.MEASURED, 40)
    stage = StageForecast(0, StageType.WINDOW, "controller-0", span, likely_s)
    return PlanForecast((stage,), span, likely_s, **{"disturbs": True, "most_out": 1, **said})


def forecast(sites, strategy=None, **said):
    one = strategy or Strategy()
    waves = 1 + max(site.wave for site in sites)
    return rollout_forecast(sites, Terms(one, one.max_concurrent, **said), Standing(NOON, waves))


def test_sites_whose_plans_take_equally_long_are_told_together():
    sites = [Planned(f"sc-{n}", 0, lasts(600.0 if n % 3 else 900.0)) for n in range(9)]
    found = forecast(sites)
    assert [(len(group.sites), group.plan.span.likely_s) for group in found.groups] == [(6, 600.0), (3, 900.0)]


def test_it_waits_for_the_windows_and_says_when_each_wave_goes():
    strategy = Strategy(max_concurrent=2, soak="30m", progress_deadline="1d")
    sites = [Planned(f"sc-{n}", int(n > 1), lasts(HOUR, 1.5 * HOUR), (NIGHT,)) for n in range(4)]
    found = forecast(sites, strategy)
    first, second = found.waves
    assert (first.begins, first.ends) == (FIRST_NIGHT, FIRST_NIGHT + HOUR)
    assert (second.begins, second.ends) == (FIRST_NIGHT + 1.5 * HOUR, FIRST_NIGHT + 2.5 * HOUR)
    assert found.ends == FIRST_NIGHT + 3 * HOUR
    # where each takes an hour and a half, the second wave has its turn after two hours, and ends at half past four
    assert found.late_ends == FIRST_NIGHT + 4 * HOUR


def test_who_fits_into_no_window_is_named_and_the_rest_ends_without_it():
    short = MaintenanceWindow(cron="0 1 * * *", duration="45m")
    sites = [Planned("sc-1", 0, lasts(600.0), (short,)), Planned("sc-2", 0, lasts(1800.0, HOUR), (short,))]
    found = forecast(sites, Strategy(progress_deadline="1d"))
    [one] = found.too_short
    assert (one.site, one.needed_s, one.longest_s) == ("sc-2", HOUR, 45 * 60.0)
    assert found.waves[0].caught_up == ("sc-2",)
    assert found.ends == NOON + 86_400.0  # its wave waits for it so long


def test_what_nobody_at_the_site_notices_waits_for_no_window():
    found = forecast([Planned("sc-1", 0, lasts(60.0, disturbs=False, most_out=0), (NIGHT,))])
    assert (found.ends, found.too_short) == (NOON + 60.0, ())


def test_reading_the_site_before_and_after_takes_its_place_too():
    plan = lasts(600.0, read=Span(20.0, 30.0, Basis.MEASURED, 40))
    assert forecast([Planned("sc-1", 0, plan)]).ends == NOON + 640.0


def test_a_site_that_is_not_planned_for_is_taken_for_one_of_the_others():
    sites = [Planned("sc-1", 0, lasts(600.0)), Planned("sc-2", 0, lasts(1200.0)), Planned("sc-3", 0)]
    found = forecast(sites, Strategy(max_concurrent=1))
    assert found.ends == NOON + 600.0 + 1200.0 + 900.0
    assert found.unplanned == 1


def test_canaries_that_wait_for_the_night_beyond_their_deadline_stop_it():
    strategy = Strategy(canaries=("sc-1",), progress_deadline="4h")
    found = forecast([Planned("sc-1", 0, lasts(600.0), (NIGHT,))], strategy, canaries=True)
    assert "canaries" in found.stops
    assert (found.ends, found.waves[0].caught_up) == (None, ("sc-1",))


def test_a_dark_site_holds_its_wave_no_longer_than_the_deadline():
    found = forecast([Planned("sc-1", 0, lasts(600.0)), Planned("sc-2", 0, not_before=inf)])
    assert found.ends == NOON + 4 * HOUR


def test_a_plan_that_takes_as_long_as_its_window_to_the_second_fits():
    short = MaintenanceWindow(cron="0 1 * * *", duration="90s")
    assert forecast([Planned("sc-1", 0, lasts(70.0, 80.0), (short,))], Strategy(progress_deadline="2d")).too_short == ()
    found = forecast([Planned("sc-1", 0, lasts(70.0, 90.0), (short,))], Strategy(progress_deadline="2d"))
    assert found.ends is not None
    assert found.waves[0].caught_up == ()


def test_of_no_plans_at_all_nothing_is_typical():
    assert typical(()) == PlanForecast()


def test_a_thousand_sites_with_windows_of_their_own_are_forecast_while_somebody_waits():
    zones = ("Europe/Berlin", "America/Toronto", "Asia/Kolkata", "UTC")
    windows = [
        MaintenanceWindow(cron=f"{m} 1 * * *", duration="4h", timezone=z) for m in (0, 15, 30, 45) for z in zones
    ]
    strategy = Strategy(max_concurrent=10, soak="30m", progress_deadline="1d")
    sites = [
        Planned(f"sc-{n:04}", min(n // 100, 3), lasts(1200.0 + n, 1500.0 + n), (windows[n % len(windows)],))
        for n in range(1000)
    ]
    began = time.process_time()
    found = forecast(sites, strategy)
    assert time.process_time() - began < 5.0
    assert (len(found.waves), found.too_short, found.waves[0].caught_up) == (4, (), ())

    # a thousand times half an hour, ten at a time, fill 28 hours: no less, though the windows of the zones overlap
    assert NOON + 28 * HOUR < found.ends < found.late_ends
