"""What is counted, logged and shown of a controller at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.engine.central import Central
from reconciler.engine.controller import Controller
from reconciler.engine.sending import Order
from reconciler.engine.watched import Watched
from reconciler.model.drift import DriftEvent
from reconciler.model.outcome import Outcome
from reconciler.model.verdict import Verdict
from reconciler.store import Store
from reconciler.telemetry import Events, Metrics


@dataclass(frozen=True, slots=True)
class Sights:
    """What is shown besides verdicts."""

    metrics: Metrics
    centre: Central
    log: Events
    watched: Watched

    def says(self, about: str) -> Callable[[str], None]:
        """Tells whoever reads the log."""
        return lambda text: self.log.warning(about, said=text)


@dataclass(frozen=True, slots=True)
class Said:
    """What the controller tells, counted and logged."""

    metrics: Metrics
    log: Events

    def verdict(self, verdict: Verdict) -> None:
        self.metrics.visited(verdict.state)
        self.log.verdict(verdict)

    def drift(self, event: DriftEvent) -> None:
        self.metrics.drift(event)
        self.log.drift(event)


@dataclass(frozen=True, slots=True)
class Ends:
    """What is done when a plan has ended that a workflow sent."""

    store: Store
    it: Controller
    metrics: Metrics

    def __call__(self, order: Order, outcome: Outcome, identity: str) -> None:
        self.store.record(order.site, order.plan.commit, outcome, identity)
        self.metrics.ended(order.plan, outcome)
        self.it.ended(order.site, outcome)
