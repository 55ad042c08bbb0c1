"""How spans add up, what hosts are alike, and that forecasts come back from JSON as they were."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.forecast import (
    Act,
    Basis,
    Forecast,
    GroupForecast,
    Like,
    Measured,
    PlanForecast,
    Span,
    StageForecast,
    TooShort,
    WaveForecast,
    like,
)
from reconciler.model.forecast_wire import forecast_json, forecast_of, measured_json, measured_of
from reconciler.model.plan import StageType
from reconciler.model.rows import Rows

SPANS = st.builds(
    Span,
    likely_s=st.floats(0.0, 1e6),
    late_s=st.floats(0.0, 1e6),
    basis=st.sampled_from(Basis),
    count=st.integers(0, 300),
)
NAMES = st.text("abc-01", min_size=1, max_size=8)
MOMENTS = st.floats(0.0, 2e9)
PLANS = st.builds(
    PlanForecast,
    stages=st.lists(
        st.builds(StageForecast, st.integers(0, 9), st.sampled_from(StageType), NAMES, SPANS, MOMENTS), max_size=3
    ).map(tuple),
    span=SPANS,
    outage_s=MOMENTS,
    read=SPANS,
    disturbs=st.booleans(),
    most_out=st.integers(0, 5),
)
SITES = st.lists(NAMES, max_size=3).map(tuple)
FORECASTS = st.builds(
    Forecast,
    made_at=MOMENTS,
    groups=st.lists(st.builds(GroupForecast, SITES, PLANS), max_size=2).map(tuple),
    too_short=st.lists(st.builds(TooShort, NAMES, MOMENTS, MOMENTS), max_size=2).map(tuple),
    waves=st.lists(st.builds(WaveForecast, st.integers(0, 9), SITES, MOMENTS, MOMENTS, MOMENTS, SITES), max_size=2).map(
        tuple
    ),
    waves_end=st.none() | MOMENTS,
    ends=st.none() | MOMENTS,
    late_ends=st.none() | MOMENTS,
    unplanned=st.integers(0, 9),
    stops=st.sampled_from(("", "none of its canaries could be sent to")),
)


def test_one_thing_after_another_is_known_as_its_larger_part_is() -> None:
    measured, short = Span(60.0, 90.0, count=40), Span(2.0, 2.0, Basis.DEFAULT)
    assert measured + short == short + measured == Span(62.0, 92.0, count=40)
    assert measured + Span(720.0, 720.0, Basis.DEFAULT) == Span(780.0, 810.0, Basis.DEFAULT)
    assert measured + Span(60.0, 60.0, Basis.DEFAULT) == Span(120.0, 150.0, Basis.DEFAULT)


def test_what_takes_no_time_says_nothing_of_what_is_known() -> None:
    assert Span() + Span(60.0, 90.0, Basis.SIMILAR, 40) == Span(60.0, 90.0, Basis.SIMILAR, 40) + Span()


def test_hosts_are_alike_by_their_system_their_role_and_their_processors() -> None:
    host = {"uuid": "u1", "id": 1, "hostname": "controller-0", "personality": "controller"}
    rows = Rows(
        {
            ("isystems", ""): ({"system_mode": "simplex", "system_type": "All-in-one"},),
            ("ihosts", ""): ({**host, "subfunctions": "controller,worker,lowlatency"},),
            ("icpus", ""): ({"ihost_uuid": "u1", "cpu_model": "Xeon Gold 6212U"},),
        }
    )
    alike = like(rows.system, "controller-0")
    assert alike == Like("simplex", "All-in-one", "controller,lowlatency,worker", "Xeon Gold 6212U")
    assert alike.rough == Like("simplex", "All-in-one", "controller,lowlatency,worker")
    assert like(rows.system) == Like("simplex", "All-in-one")


@given(FORECASTS)
def test_a_forecast_comes_back_from_json_as_it_was(forecast: Forecast) -> None:
    assert forecast_of(orjson.loads(orjson.dumps(forecast_json(forecast)))) == forecast


def test_a_measurement_comes_back_from_json_as_it_was() -> None:
    one = Measured(Act.LOCK, Like("duplex", "All-in-one", "controller", "Xeon"), "", 40, 52.0, 50.0, 70.5, 81.0)
    assert measured_of(orjson.loads(orjson.dumps(measured_json(one)))) == one
