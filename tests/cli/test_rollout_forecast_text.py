"""What `stxr rollout show` says of a forecast: when it may end, who does not fit, and by how much it was off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.cli.rollout_forecast_text import forecast_lines, wave_line
from reconciler.model.forecast import Forecast, TooShort, WaveForecast
from reconciler.model.rollout import Member, Rollout, Said, Words
from reconciler.model.waves import Strategy
from reconciler.store import Store

BEGAN = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
HOUR = 3600.0
WAVE = WaveForecast(0, (), BEGAN, BEGAN + HOUR, BEGAN + 1.5 * HOUR)
TOLD = Forecast(
    BEGAN,
    too_short=(TooShort("hull", 1.5 * HOUR, HOUR),),
    waves=(WAVE,),
    waves_end=BEGAN + HOUR,
    ends=BEGAN + 2 * HOUR,
    late_ends=BEGAN + 3 * HOUR,
    unplanned=4,
)
GOING = Rollout(
    "7c1f00aa", "c0ffee" * 6, Strategy(), {"ottawa": Member("ottawa", 0)}, BEGAN, foreseen=TOLD, expected=TOLD
)


def test_its_end_is_told_with_what_is_not_known_and_who_does_not_fit():
    assert list(forecast_lines(GOING)) == [
        "  all is likely to be done 2026-11-21 12:00Z; where everything takes long 2026-11-21 13:00Z",
        "  4 sites are not planned for yet, and are taken for ones like the others",
        "  hull does not fit: its plan takes up to 1h30m, and no maintenance window is longer than 1h",
    ]


def test_one_that_is_going_to_stop_says_so_and_one_that_is_stopped_is_not_forecast():
    stops = replace(GOING, expected=Forecast(BEGAN, stops="none of its canaries can be sent to"))
    assert list(forecast_lines(stops)) == ["  it is going to stop by itself: none of its canaries can be sent to"]
    assert list(forecast_lines(replace(GOING, words=Words(paused=Said("night-shift", 1.0))))) == []
    assert list(forecast_lines(replace(GOING, expected=None))) == []


@pytest.mark.parametrize(
    ("took_s", "how"), [(1.25 * HOUR, "1h15m; 1h were forecast when it began: 25% longer"), (0.5 * HOUR, "30m; 1h were forecast when it began: 50% less long")]
)  # fmt: skip
def test_in_the_end_it_is_told_by_how_much_the_forecast_was_off(took_s, how):
    assert list(forecast_lines(replace(GOING, ended=BEGAN + took_s))) == [f"  took {how}"]
    assert list(forecast_lines(replace(GOING, ended=BEGAN + took_s, foreseen=None))) == []


def test_a_wave_is_told_from_its_first_site_to_its_last():
    assert wave_line(WAVE) == "expected 2026-11-21 10:00Z to 2026-11-21 11:00Z, at the latest 2026-11-21 11:30Z"
    assert wave_line(replace(WAVE, ends=None)) == "expected from 2026-11-21 10:00Z on"


def test_the_command_shows_it_beside_the_waves(stxr, tmp_path):
    with Store.open(tmp_path / "state", "run") as store:
        store.rollouts.save(GOING)
        assert store.rollouts.one(GOING.id) == GOING
        shown = stxr("rollout", "show", GOING.id, "--state", tmp_path / "state").out.splitlines()
    assert shown[0].endswith("may end 2026-11-21 11:00Z")
    assert shown[4].endswith(f"(1 waiting), {wave_line(WAVE)}")
