"""Verdicts and work to metrics, events and log lines: the only writer of what operators watch."""

from reconciler.telemetry.events import Events, events
from reconciler.telemetry.metrics import Metrics
from reconciler.telemetry.rollout_metrics import RolloutStates
from reconciler.telemetry.sight import Load, Sight

__all__ = ["Events", "Load", "Metrics", "RolloutStates", "Sight", "events"]
