"""Which alerts and dashboards use a metric."""

from __future__ import annotations

from reconciler.cli.metric_uses import uses
from reconciler.telemetry.catalogue import FAMILIES, Type

LEFT_TO_PEOPLE = {"stxr_host_drift_fields"}  # a scrape of its own, which the dashboards cannot count on


def test_recorded_series_stand_for_what_they_are_made_of():
    """The alert is on `stxr:subclouds_drifted:ratio`."""
    assert "StxrDriftWave" in uses()["stxr_subcloud_drift_fields"]


def test_series_of_a_histogram_are_its_own():
    assert uses()["stxr_apply_duration_seconds"] == ("StarlingX rollouts",)


def test_without_a_chart_nothing_is_used(tmp_path):
    assert uses(tmp_path) == {}


def test_every_metric_is_on_a_dashboard_or_in_an_alert():
    """Who adds one says for whom."""
    exported = {f"{one.full_name}_total" if one.type is Type.COUNTER else one.full_name for one in FAMILIES}
    nobodys = exported - uses().keys()
    assert nobodys == LEFT_TO_PEOPLE
