"""The hosts of one group, for who asks for them: of all groups at once they would be half a million series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.telemetry.sight import Sight
from reconciler.telemetry.site_facts import SiteFacts, site_facts
from reconciler.telemetry.states import family


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class HostStates(Collector):
    facts: tuple[SiteFacts, ...]

    def collect(self) -> Iterator[Metric]:
        tally = Counter(
            (one.site, one.group, drift.difference.host, str(drift.difference.area))
            for one in self.facts
            for drift in one.loud
            if drift.difference.host
        )
        yield family("host_drift_fields", [(labels, float(number)) for labels, number in sorted(tally.items())])


def host_states(sight: Sight, group: str) -> HostStates | None:
    """None for a group that no site is in, and where another replica tells of the fleet."""
    facts = tuple(one for one in site_facts(sight) if one.group == group) if sight.is_leader() else ()
    return HostStates(facts) if facts else None
