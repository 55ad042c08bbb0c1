"""The highest frequency of a host's processors, where they let it be set."""

from __future__ import annotations

from reconciler.model.words import Disruption
from tests.kinds.machines import AIO, differences, host, planned, rows, sent, why_not

TEXT = "hosts: {controller-0: {maxCPUMhzConfigured: '2400'}}"
FREE = AIO | {"max_cpu_mhz_allowed": "3000"}


def test_it_is_set_in_service_with_a_manifest():
    assert sent(TEXT, rows(host(**FREE))) == ["PATCH ihosts/<controller-0> max_cpu_mhz_configured=2400"]
    assert planned(TEXT, rows(host(**FREE))).disruption is Disruption.SERVICE
    assert differences(TEXT, rows(host(max_cpu_mhz_configured="2400", **FREE))) == {}


def test_processors_that_report_no_range_have_none():
    assert "have no frequency" in why_not(TEXT, rows(host(**AIO)))["controller-0/cpu-frequency"]
