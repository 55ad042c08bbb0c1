"""The process as numbers: what runs, whether it leads, its queue and its repository."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler import __version__
from reconciler.telemetry.sight import Sight
from reconciler.telemetry.states import family


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class ProcessStates(Collector):
    """`prometheus_client` asks it at each scrape."""

    looks: Callable[[], Sight]

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        sight = self.looks()
        load = sight.load()
        yield family("build_info", [((__version__, platform.python_version()), 1.0)])
        yield family("leader", [((), float(sight.is_leader()))])
        yield family("queue_depth", [((lane,), float(n)) for lane, n in load.depths.items()])
        yield family("queue_oldest_seconds", [((lane,), age) for lane, age in load.oldest_s.items()])
        yield family("workers_busy", [((crowd,), float(n)) for crowd, n in load.busy.items()])
        yield family("breakers_open", [((), float(load.breakers_open))])
        at = sight.authored_at(sight.head())
        yield family("git_head_timestamp_seconds", [((), at)] if at is not None else [])
