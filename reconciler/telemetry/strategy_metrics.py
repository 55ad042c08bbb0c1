"""What of dcmanager's strategies is ours, as Prometheus scrapes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.batch import BatchSight
from reconciler.telemetry.states import family

WAITS, GOES = "waits", "goes"


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class StrategyStates(Collector):
    """sight: as it was looked at last by who leads; asked from the thread that renders."""

    sight: Callable[[], BatchSight]

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self.sight()
        numbers = {("", WAITS): now.waits, (now.type, GOES): now.goes}
        yield family("strategy_subclouds", [(labels, float(number)) for labels, number in numbers.items() if number])
        yield family("strategy_waiting_timestamp_seconds", [] if now.since is None else [((), now.since)])
