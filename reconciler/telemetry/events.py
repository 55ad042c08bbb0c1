"""Log lines about sites: one when a verdict changes, as JSON where nobody watches, readable on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from reconciler.model.drift import DriftCause, DriftEvent
from reconciler.model.verdict import Verdict


class Events:
    """The one writer of log lines about sites. A verdict that says what the last one said is not repeated."""

    def __init__(self, logger: Any) -> None:
        self._logger = logger
        self._lapsed: set[str] = set()  # of rules that many sites share, told once
        self._said: dict[str, tuple[str, str, int]] = {}
        self._stuck: dict[str, frozenset[tuple[str, str]]] = {}

    def verdict(self, verdict: Verdict) -> None:
        """A site was judged; told when its state, its reason or the number of its differences has moved."""
        self._conditions(verdict)
        for text in verdict.lapsed:
            if text not in self._lapsed:
                self._lapsed.add(text)
                self._logger.warning("ignore", said=text)
        says = (str(verdict.state), verdict.message, len(verdict.differences))
        if self._said.get(verdict.site) == says:
            return
        self._said[verdict.site] = says
        self._logger.info(
            "verdict",
            site=verdict.site,
            state=str(verdict.state),
            differences=len(verdict.differences),
            plan=verdict.plan_id,
            said=verdict.message,
            commit=verdict.commit[:12],
        )

    def drift(self, event: DriftEvent) -> None:
        """A field of a site began to drift, comes and goes, or drifts no more. What is unmanaged is nobody's news."""
        drift = event.drift
        if drift.why is DriftCause.UNMANAGED:
            return
        self._logger.info(
            "drift",
            site=event.site,
            turning=str(event.turning),
            resolution=str(event.resolution or ""),
            field=" ".join(filter(None, drift.place)),
            observed=drift.difference.observed,
            desired=drift.difference.desired,
            cause=str(drift.why),
            severity=str(drift.difference.severity),
            fingerprint=drift.fingerprint,
            origin=drift.difference.origin,
            first_seen=drift.first_seen,
        )

    def _conditions(self, verdict: Verdict) -> None:
        """Each host that is stuck, once when it is and once when it is not any more."""
        before = self._stuck.get(verdict.site, frozenset())
        standing = {(c.host, str(c.name)): c for c in verdict.conditions}
        self._stuck[verdict.site] = frozenset(standing)
        for key in sorted(standing.keys() - before):
            found = standing[key]
            facts = {"host": found.host, "condition": str(found.name), "said": found.said, "since": found.since}
            self.warning("host_stuck", site=verdict.site, **facts, next=found.next_move(verdict.site))
        for host, name in sorted(before - standing.keys()):
            self.info("host_not_stuck", site=verdict.site, host=host, condition=name)

    def info(self, event: str, **facts: Any) -> None:
        self._logger.info(event, **facts)

    def warning(self, event: str, **facts: Any) -> None:
        self._logger.warning(event, **facts)


def events(*, quiet: bool = False) -> Events:
    """Events on standard error; warnings alone when quiet."""
    shown = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    processors: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), shown]
    level = logging.WARNING if quiet else logging.INFO
    bound = structlog.make_filtering_bound_logger(level)
    logger = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors, wrapper_class=bound)
    return Events(logger)
