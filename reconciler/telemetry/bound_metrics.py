"""What bounds the fleet and its groups as Prometheus scrapes it: breakers, and hosts out of service for plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.budget import Bounded
from reconciler.telemetry.states import family


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class BoundStates(Collector):
    """standing: the fleet ("") and its groups, as they were looked at last; asked from the thread that renders."""

    standing: Callable[[], Mapping[str, Bounded]]

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        known = sorted(self.standing().items())
        opened = [((scope,), one.opened) for scope, one in known if one.opened is not None]
        limits = [((scope,), float(one.limit)) for scope, one in known if one.limit is not None]
        yield family("breaker_failures", [((scope,), float(one.failed)) for scope, one in known])
        yield family("breaker_opened_timestamp_seconds", opened)
        yield family("hosts_out", [((scope,), float(one.out)) for scope, one in known])
        yield family("hosts_out_max", limits)
