"""Our own alarms on the system controller as Prometheus scrapes them: how many stand, or since when they are not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.alarming import Alarming
from reconciler.telemetry.states import family


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class AlarmStates(Collector):
    """alarming: as the leader keeps them; nothing is told where nobody wants alarms."""

    alarming: Callable[[], Alarming]

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        one = self.alarming()
        yield family("drift_alarms", [((), float(one.stand))] if one.may_stand else [])
        since = one.failing_since
        yield family("drift_alarms_failing_timestamp_seconds", [] if since is None else [((), since)])
