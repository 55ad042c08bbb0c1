"""What Prometheus scrapes. State comes from the verdicts when it is asked for; only work is counted as it happens.

Names, labels and units are an interface: they change only with a changelog line. No label ever holds a uuid, a path,
a host name, a commit or an error text.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from reconciler.model.condition import Condition, HostCondition
from reconciler.model.gate import GateName
from reconciler.model.verdict import Verdict
from reconciler.model.words import Area, Cause, Disruption, Mode, Severity, State

PREFIX = "stxr"
STAGES = ("render", "observe", "diff", "plan", "apply")
SITE = ("subcloud", "group")
DURATION_BUCKETS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600)
Verdicts = Callable[[], Iterable[Verdict]]


class Metrics:
    """One registry of our own: nothing that a library registers by itself leaks into it."""

    def __init__(self, verdicts: Verdicts) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.registry.register(_States(verdicts))
        self._durations = Histogram(
            f"{PREFIX}_reconcile_duration_seconds",
            "Time spent in each stage of a visit to a site.",
            ["stage"],
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self._requests = Counter(
            f"{PREFIX}_remote_requests",
            "Requests sent to the APIs of sites, by service, verb and class of answer (2xx, 4xx, 5xx, none).",
            ["service", "verb", "code_class"],
            registry=self.registry,
        )
        self._deliveries = Counter(
            f"{PREFIX}_webhook_events",
            "Deliveries of forges, by what became of them.",
            ["forge", "result"],
            registry=self.registry,
        )
        self._notifications = Counter(
            f"{PREFIX}_notifications",
            "Notices for each notifier, by what became of them: sent, refused, undelivered, crowded_out.",
            ["notifier", "result"],
            registry=self.registry,
        )
        for stage in STAGES:
            self._durations.labels(stage)  # a first observation must not look like an increase from nothing

    def stage(self, stage: str, seconds: float) -> None:
        """A stage of a visit has taken so long."""
        self._durations.labels(stage).observe(seconds)

    def request(self, service: str, verb: str, code_class: str) -> None:
        """A request was answered, or was not."""
        self._requests.labels(service, verb, code_class).inc()

    def delivery(self, forge: str, result: str) -> None:
        """A forge told something."""
        self._deliveries.labels(forge, result).inc()

    def notified(self, notifier: str, result: str, number: int) -> None:
        """So many notices for a notifier have come to this end."""
        self._notifications.labels(notifier, result).inc(number)

    def observer(self, service: str, method: str, code_class: str, seconds: float) -> None:  # noqa: ARG002
        """What the clients tell of each request."""
        self.request(service, method, code_class)

    def render(self) -> bytes:
        """The exposition text. Takes a quarter of a second at 5,000 sites: call it off the event loop."""
        return generate_latest(self.registry)


class _States(Collector):
    """The state of every site, made from the verdicts at each scrape: a site that is gone leaves no series."""

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        verdicts = list(self._verdicts())
        yield _per_site(
            "subcloud_in_sync", "1 while the site has all that Git says, by the last verdict.", verdicts, _in_sync
        )
        yield _per_site("subcloud_reachable", "1 while the site answers.", verdicts, _reachable)
        yield _per_site("subcloud_observation_timestamp_seconds", "When the site was last read.", verdicts, _observed)
        yield _drift(verdicts)
        yield _pending(verdicts)
        yield _held(verdicts)
        yield _stuck(verdicts)
        yield _per_site(
            "subcloud_locked_hosts", "Hosts that we locked and that are not back; only where any.", verdicts, _locked
        )
        yield _per_site(
            "subcloud_window_deadline_timestamp_seconds", "When the first of them is to be back.", verdicts, _due
        )
        yield _info(verdicts)
        yield _rollup(verdicts)


def _in_sync(verdict: Verdict) -> float | None:
    return None if verdict.observed_at is None else float(verdict.is_in_sync)


def _reachable(verdict: Verdict) -> float | None:
    return None if verdict.reachable is None else float(verdict.reachable)


def _observed(verdict: Verdict) -> float | None:
    return verdict.observed_at


def _per_site(name: str, text: str, verdicts: list[Verdict], value: Callable[[Verdict], float | None]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=SITE)
    for verdict in verdicts:
        if (number := value(verdict)) is not None:
            family.add_metric((verdict.site, verdict.group), number)
    return family


def _drift(verdicts: list[Verdict]) -> Metric:
    text = "Values of the site that moved away from Git; only what is not zero."
    family = GaugeMetricFamily(f"{PREFIX}_subcloud_drift_fields", text, labels=(*SITE, "area", "severity"))
    for verdict in verdicts:
        tally = Tally((d.area, d.severity) for d in verdict.differences if d.cause is Cause.DRIFTED)
        for (area, severity), number in sorted(tally.items()):
            family.add_metric((verdict.site, verdict.group, area, severity), number)
    return family


def _pending(verdicts: list[Verdict]) -> Metric:
    text = "Values of Git that the site does not follow yet; only what is not zero."
    family = GaugeMetricFamily(f"{PREFIX}_subcloud_pending_changes", text, labels=(*SITE, "area", "disruption"))
    for verdict in verdicts:
        tally = Tally((d.area, d.disruption) for d in verdict.differences if d.cause is Cause.PENDING)
        for (area, disruption), number in sorted(tally.items()):
            family.add_metric((verdict.site, verdict.group, area, disruption), number)
    return family


def _held(verdicts: list[Verdict]) -> Metric:
    text = "Since when a gate keeps a plan of the site, or a part of it, from being sent; only while it does."
    family = GaugeMetricFamily(f"{PREFIX}_subcloud_held_timestamp_seconds", text, labels=(*SITE, "gate"))
    for verdict in verdicts:
        for gate, since in {hold.gate: hold.since for hold in reversed(verdict.holds)}.items():
            family.add_metric((verdict.site, verdict.group, gate), since or verdict.judged_at)
    return family


def _stuck(verdicts: list[Verdict]) -> Metric:
    text = "Since when a host of the site is stuck on its way out of service or back; only while one is."
    family = GaugeMetricFamily(f"{PREFIX}_subcloud_condition_timestamp_seconds", text, labels=(*SITE, "condition"))
    for verdict in verdicts:
        for name, since in {c.name: c.since for c in sorted(verdict.conditions, key=_since, reverse=True)}.items():
            family.add_metric((verdict.site, verdict.group, name), since)
    return family


def _since(condition: HostCondition) -> float:
    return condition.since


def _locked(verdict: Verdict) -> float | None:
    return float(len(verdict.due)) or None


def _due(verdict: Verdict) -> float | None:
    return min(verdict.due.values(), default=None)


def _info(verdicts: list[Verdict]) -> Metric:
    labels = (*SITE, "mode", "system_mode", "release")
    family = GaugeMetricFamily(f"{PREFIX}_subcloud_info", "What the site is; always 1.", labels=labels)
    for v in verdicts:
        family.add_metric((v.site, v.group, v.mode, v.system_mode, v.release), 1)
    return family


def _rollup(verdicts: list[Verdict]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_subclouds", "Sites by group and state.", labels=("group", "state"))
    tally = Tally((v.group, v.state) for v in verdicts)
    for group in sorted({v.group for v in verdicts}):
        for state in State:
            family.add_metric((group, state), tally[group, state])
    return family


LABEL_VALUES = {
    "area": tuple(Area),
    "severity": tuple(Severity),
    "disruption": tuple(Disruption),
    "mode": tuple(Mode),
    "gate": tuple(GateName),
    "condition": tuple(Condition),
    "state": tuple(State),
}
