"""Rollouts as Prometheus scrapes them: those that have a say on a site still, the newest few.

A rollout's id stands in a label, so their number is bounded, and a series ends with its rollout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.rollout import MemberState, Rollout
from reconciler.model.rollout_stop import Stop, stop_of

PREFIX = "stxr_rollout"
MOST = 20
ID = ("rollout",)


class RolloutStates(Collector):
    """Made from the rollouts at each scrape. live: those that have a say on a site still."""

    def __init__(self, live: Callable[[], Iterable[Rollout]]) -> None:
        self._live = live

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        live = sorted(self._live(), key=lambda one: one.started, reverse=True)
        yield _active(live)
        yield _sites(live[:MOST])
        yield _held(live[:MOST])
        yield _started(live[:MOST])
        yield _wave(live[:MOST])


def _active(live: list[Rollout]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}s_active", "Rollouts that have a say on a site still.")
    family.add_metric((), len(live))
    return family


def _sites(live: list[Rollout]) -> Metric:
    text = f"Sites of a rollout by how far they are; of the {MOST} newest that are active."
    family = GaugeMetricFamily(f"{PREFIX}_sites", text, labels=(*ID, "state"))
    for one in live:
        for state in MemberState:
            family.add_metric((one.id, state), one.count(state))
    return family


def _held(live: list[Rollout]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_held", "1 for why nobody further goes with it, else 0.", labels=(*ID, "why"))
    for one in live:
        for why in Stop:
            family.add_metric((one.id, why), float(stop_of(one) is why))
    return family


def _started(live: list[Rollout]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_started_timestamp_seconds", "When its commit came.", labels=ID)
    for one in live:
        family.add_metric((one.id,), one.started)
    return family


def _wave(live: list[Rollout]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_wave", "The number of the wave that goes, from 1.", labels=ID)
    for one in live:
        family.add_metric((one.id,), one.wave + 1)
    return family


LABEL_VALUES = {"state": tuple(MemberState), "why": tuple(Stop)}
