"""Alertmanager, for who has no Prometheus at hand: `POST /api/v2/alerts`.

It forgets what it is not told again (prometheus.io, "Alerting clients": clients send alerts again and again, and an
alert without `endsAt` ends after `resolve_timeout`): what stands is told every minute, to end five minutes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from reconciler.engine.notifiers.notifier import Notifier, Reference, stamp
from reconciler.model.letter import Post
from reconciler.model.notice import Notice
from reconciler.model.words import Severity

SEVERITIES = {Severity.INFO: "info", Severity.SERVICE: "warning", Severity.OUTAGE: "critical"}
ENDS_AFTER_S = 300.0


class Alertmanager(Notifier):
    repeats_s: ClassVar[float | None] = 60.0

    type: Literal["alertmanager"]
    url: str = Field(pattern=r"^https?://[^\s@]+$", description="Address of Alertmanager, without /api/v2.")
    token: Reference | None = Field(default=None, description="Bearer token, by reference.")
    labels: dict[str, str] = Field(default_factory=dict, description="Labels that every alert gets.")

    def letter(self, notices: Sequence[Notice], folder: Path, now: float) -> Post:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token.read(folder)}"
        body = orjson.dumps([self._alert(notice, now) for notice in notices])
        return Post(f"{self.url.rstrip('/')}/api/v2/alerts", body, headers)

    def _alert(self, notice: Notice, now: float) -> dict[str, Any]:
        """Labels are the alert's identity: nothing that moves is among them."""
        said = {"summary": notice.title, "description": notice.text, "sites": notice.where, "next": notice.command}
        said |= {"origin": notice.origin, "state": notice.state}
        return {
            "labels": {
                **self.labels,
                "alertname": f"Stxr{notice.topic.value.title()}",
                "cause": notice.key,
                "group": notice.group,
                "severity": SEVERITIES[notice.severity],
            },
            "annotations": {name: text for name, text in said.items() if text},
            "startsAt": stamp(notice.since),
            "endsAt": stamp(now if notice.is_over else now + ENDS_AFTER_S),
        }
