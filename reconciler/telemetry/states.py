"""The fleet's state as metrics, made anew at each scrape: a site that is gone leaves no series.

A cap keeps a bad day from becoming a bad month for whoever stores them: above it, splits go first, then what is of
single sites. What says how many sites are how, and that something was left out, always stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.telemetry.catalogue import KNOWN
from reconciler.telemetry.fleet_states import fleet_states
from reconciler.telemetry.sight import Sight
from reconciler.telemetry.site_facts import SiteFacts, site_facts

Sample = tuple[tuple[str, ...], float]


class Detail(IntEnum):
    """How much is told of each site; what `metrics_truncated` says."""

    ALL = 0
    NO_AREAS = 1  # area is `any`
    WORST_ONLY = 2  # and one severity or disruption a site: the worst
    VITAL = 3  # in sync, reachable, last read, what drifts
    NO_SITES = 4


VITAL = ("subcloud_in_sync", "subcloud_reachable", "subcloud_observation_timestamp_seconds", "subcloud_drift_fields")


@dataclass(frozen=True, slots=True, eq=False)  # the registry knows it by its identity
class States(Collector):
    """`prometheus_client` asks it at each scrape."""

    looks: Callable[[], Sight]

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        sight = self.looks()
        if not sight.is_leader():
            return
        facts = tuple(site_facts(sight))
        fleet = [family(name, samples) for name, samples in fleet_states(facts).items()]
        room = sight.max_series - count(fleet)
        sites, detail = fitting(facts, room)
        yield from sites
        yield from fleet
        yield family("metrics_truncated", [((), float(detail))])


def family(name: str, samples: Iterable[Sample]) -> GaugeMetricFamily:
    """A gauge of the catalogue with its samples."""
    known = KNOWN[name]
    made = GaugeMetricFamily(known.full_name, known.text, labels=known.labels)
    for labels, value in samples:
        made.add_metric(labels, value)
    return made


def count(families: Iterable[Metric]) -> int:
    return sum(len(one.samples) for one in families)


def fitting(facts: tuple[SiteFacts, ...], room: int) -> tuple[list[GaugeMetricFamily], Detail]:
    """What is told of each site: as much as there is room for."""
    for detail in Detail:
        if (found := of_sites(facts, detail, room)) is not None:
            return [family(name, samples) for name, samples in found.items()], detail
    return [], Detail.NO_SITES


def of_sites(facts: tuple[SiteFacts, ...], detail: Detail, room: int) -> dict[str, list[Sample]] | None:
    """Samples by family, at this detail; None as soon as there is no room for them.

    To throw away what was made in vain holds up the event loop: the less of it there is, the shorter.
    """
    if detail is Detail.NO_SITES:
        return {}
    names = [name for name, known in KNOWN.items() if known.is_of_site and (detail < Detail.VITAL or name in VITAL)]
    found: dict[str, list[Sample]] = {name: [] for name in names}
    for one in facts:
        told = [told for told in one.samples(detail) if told[0] in found]
        room -= len(told)
        if room < 0:
            return None
        for name, labels, value in told:
            found[name].append(((one.site, one.group, *labels), value))
    return found
