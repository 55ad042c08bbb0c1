"""Verdicts and work to metrics, events and log lines: the only writer of what operators watch."""

from reconciler.telemetry.metrics import Metrics

__all__ = ["Metrics"]
