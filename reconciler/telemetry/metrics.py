"""What Prometheus scrapes: the fleet's state as it is when it is asked for, and work counted as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from reconciler.model.alarming import AlarmCall, Alarming
from reconciler.model.batch import BatchSight
from reconciler.model.board import Answered, BoardCall, Trouble
from reconciler.model.budget import Bounded
from reconciler.model.drift import DriftCause, DriftEvent, Resolution, Turning
from reconciler.model.outcome import Outcome, StepResult
from reconciler.model.plan import Plan
from reconciler.model.words import Area, Disruption, Result, Severity, State
from reconciler.telemetry.alarm_metrics import AlarmStates
from reconciler.telemetry.bound_metrics import BoundStates
from reconciler.telemetry.catalogue import KNOWN
from reconciler.telemetry.host_states import host_states
from reconciler.telemetry.process_states import ProcessStates
from reconciler.telemetry.sight import Sight
from reconciler.telemetry.states import States
from reconciler.telemetry.strategy_metrics import StrategyStates

STAGES = ("render", "observe", "diff", "plan", "apply")
DURATIONS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600)
LONG_DURATIONS = (1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200)  # a lock and unlock takes 15 minutes
ENDS = ("ok", "failed")
COSTS = (Disruption.LOCK, Disruption.REBOOT, Disruption.REINSTALL)


disable_created_metrics()  # type: ignore[no-untyped-call]  # when each child was made: a series more for each, which nobody asks for


class Metrics:
    """One registry of our own: nothing that a library registers by itself leaks into it."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.registry = CollectorRegistry(auto_describe=True)
        self.registry.register(States(self.sight))
        self.registry.register(ProcessStates(self.sight))
        self.registry.register(BoundStates(lambda: self._bounded))
        self.registry.register(AlarmStates(lambda: self._alarming))
        self.registry.register(StrategyStates(lambda: self._batched))
        self._durations = self._histogram("reconcile_duration_seconds", DURATIONS, [(stage,) for stage in STAGES])
        self._latencies = self._histogram("remote_request_duration_seconds", DURATIONS)
        self._requests = self._counter("remote_requests")
        self._deliveries = self._counter("webhook_events")
        self._notifications = self._counter("notifications")
        self._alarm_calls = self._counter("drift_alarm_calls", product(AlarmCall, ENDS))
        self._board_calls = self._counter("board_calls", product(BoardCall, (*Answered, *Trouble)))
        self._board_durations = self._histogram("board_call_duration_seconds", DURATIONS, [(c,) for c in BoardCall])
        self._steps = self._counter("apply_steps")
        self._applies = self._counter("applies", [(result,) for result in Result])
        self._apply_durations = self._histogram("apply_duration_seconds", LONG_DURATIONS, [(d,) for d in Disruption])
        self._disruptions = self._counter("host_disruptions", [(cost,) for cost in COSTS])
        self._visits = self._counter("visits", [(state,) for state in State])
        self._detected = self._counter("drift_detected", product(Area, Severity))
        self._resolved = self._counter("drift_resolved", product(Area, Resolution))
        self._fetches = self._counter("git_fetches", [(result,) for result in ENDS])
        self._fetch_durations = self._histogram("git_fetch_duration_seconds", DURATIONS)
        self._fetched = self._gauge("git_last_fetch_timestamp_seconds")
        self._bounded: Mapping[str, Bounded] = {}
        self._alarming = Alarming()
        self._batched = BatchSight()
        self._begun: dict[str, float] = {}  # site -> when its plan began to be sent

    def sight(self) -> Sight:
        """What is looked at now."""
        return self._sight

    def look_at(self, onto: Callable[[Sight], Sight]) -> None:
        """Look at the fleet, which is put together after what counts its work."""
        self._sight = onto(self._sight)

    # ---- work

    def stage(self, stage: str, seconds: float) -> None:
        """A stage of a visit has taken so long."""
        self._durations.labels(stage).observe(seconds)

    def observer(self, service: str, method: str, code_class: str, seconds: float) -> None:
        """What the clients tell of each request."""
        self._requests.labels(service, method, code_class).inc()
        self._latencies.labels(service, method).observe(seconds)

    def delivery(self, forge: str, result: str) -> None:
        """A forge told something."""
        self._deliveries.labels(forge, result).inc()

    def notified(self, notifier: str, result: str, number: int) -> None:
        """So many notices for a notifier have come to this end."""
        self._notifications.labels(notifier, result).inc(number)

    def bounded(self, standing: Mapping[str, Bounded]) -> None:
        """The fleet and its groups beside what bounds them, as they were looked at now."""
        self._bounded = standing

    def alarming(self, alarming: Alarming) -> None:
        """How our alarms on the system controller are kept."""
        self._alarming = alarming

    def batched(self, sight: BatchSight) -> None:
        """What goes on of dcmanager's strategies."""
        self._batched = sight

    def alarm_call(self, call: AlarmCall, is_well: bool) -> None:
        """Its Fault Management was asked for something."""
        self._alarm_calls.labels(call, ENDS[not is_well]).inc()

    def board_call(self, call: BoardCall, end: str, seconds: float) -> None:
        """A host's controller was asked for something."""
        self._board_calls.labels(call, end).inc()
        self._board_durations.labels(call).observe(seconds)

    def visited(self, state: State) -> None:
        """A site was judged."""
        self._visits.labels(state).inc()

    def begins(self, site: str) -> None:
        """A plan begins to be sent."""
        self._begun[site] = time.monotonic()

    def ended(self, todo: Plan, outcome: Outcome) -> None:
        """A plan that was sent has ended, in this process or in one that it took over from."""
        self._applies.labels(outcome.result).inc()
        if (at := self._begun.pop(todo.site, None)) is not None:
            self._apply_durations.labels(todo.disruption).observe(time.monotonic() - at)
        changes = {change.key: change for change in todo.changes}
        for entry in outcome.entries:
            for change in (changes[key] for key in entry.keys if key in changes):
                self._steps.labels(change.area, change.action, entry.result).inc()
        for cost in _disruptions(todo, outcome):
            self._disruptions.labels(cost).inc()

    def drift(self, event: DriftEvent) -> None:
        """A field began to drift, or ended. What is unmanaged is nobody's drift."""
        difference, why = event.drift.difference, event.drift.why
        if why is DriftCause.UNMANAGED:
            return
        if event.resolution:
            self._resolved.labels(difference.area, event.resolution).inc()
        elif event.turning is Turning.BEGAN and why is DriftCause.OUT_OF_BAND:
            self._detected.labels(difference.area, difference.severity).inc()

    def fetched(self, result: str, seconds: float) -> None:
        """The repository was looked at: `ok` or `failed`."""
        self._fetches.labels(result).inc()
        self._fetch_durations.observe(seconds)
        if result == "ok":
            self._fetched.set(self._sight.now())

    # ---- what is served

    def render(self) -> bytes:
        """The exposition text. Takes a third of a second at 5,000 sites: call it off the event loop."""
        return generate_latest(self.registry)

    def hosts(self, group: str) -> bytes | None:
        """The hosts of one group, the same way; None for a group that no site is in, or that others tell of."""
        registry = CollectorRegistry()
        found = host_states(self._sight, group)
        if found is None:
            return None
        registry.register(found)
        return generate_latest(registry)

    # ---- made of the catalogue

    def _counter(self, name: str, zeros: Iterable[tuple[str, ...]] = ()) -> Counter:
        """zeros: labels that are there from the start: a first event must not look like an increase from nothing."""
        known = KNOWN[name]
        made = Counter(known.full_name, known.text, known.labels, registry=self.registry)
        for labels in zeros:
            made.labels(*labels)
        return made

    def _gauge(self, name: str) -> Gauge:
        known = KNOWN[name]
        return Gauge(known.full_name, known.text, known.labels, registry=self.registry)

    def _histogram(self, name: str, buckets: tuple[float, ...], zeros: Iterable[tuple[str, ...]] = ()) -> Histogram:
        known = KNOWN[name]
        made = Histogram(known.full_name, known.text, known.labels, buckets=buckets, registry=self.registry)
        for labels in zeros:
            made.labels(*labels)
        return made


def _disruptions(todo: Plan, outcome: Outcome) -> Iterable[Disruption]:
    """What hosts were put through: each that was locked, by the worst of what was done to it."""
    touched = {entry.host for entry in outcome.entries if entry.result in {StepResult.DONE, StepResult.UNVERIFIED}}
    for stage in todo.stages:
        if stage.host in touched and stage.disruption in COSTS:
            yield stage.disruption
