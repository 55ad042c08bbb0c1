"""Rollouts as Prometheus scrapes them: those that have a say on a site still, the newest few.

A rollout's id stands in a label, so their number is bounded, and a series ends with its rollout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.rollout import MemberState, Rollout
from reconciler.model.rollout_stop import Stop, stop_of
from reconciler.telemetry.catalogue import MOST
from reconciler.telemetry.states import family


def none_ended() -> float | None:
    """No rollout has ended yet."""
    return None


class RolloutStates(Collector):
    """Made from the rollouts at each scrape. live: those that have a say on a site still.

    error: by what share the one that ended last took longer than was forecast when it began.
    """

    def __init__(self, live: Callable[[], Iterable[Rollout]], error: Callable[[], float | None] = none_ended) -> None:
        self._live, self._error = live, error

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        live = sorted(self._live(), key=lambda one: one.started, reverse=True)
        told = live[:MOST]
        yield family("rollouts_active", [((), float(len(live)))])
        yield family("rollout_sites", (((r.id, state), float(r.count(state))) for r in told for state in MemberState))
        yield family("rollout_held", (((r.id, why), float(stop_of(r) is why)) for r in told for why in Stop))
        yield family("rollout_started_timestamp_seconds", (((r.id,), r.started) for r in told))
        yield family("rollout_wave", (((r.id,), float(r.wave + 1)) for r in told))
        ends = (((r.id,), end) for r in told if (end := r.expected_end) is not None)
        yield family("rollout_expected_end_timestamp_seconds", ends)
        error = self._error()
        yield family("forecast_error_ratio", [] if error is None else [((), error)])


LABEL_VALUES = {"state": tuple(MemberState), "why": tuple(Stop)}
