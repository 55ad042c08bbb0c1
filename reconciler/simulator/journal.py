"""What a system remembers of its use: every write, and how often each host was locked, unlocked, rebooted, swacted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.forms import form


@dataclass(frozen=True, slots=True)
class Write:
    """One write as it came and what it was answered; ``at`` in simulated seconds. Of files only digests are kept."""

    at: float
    method: str
    path: str
    body: str
    status: int
    agent: str = ""  # who sent it, in its own words

    def as_json(self) -> dict[str, Any]:
        said = {"at": self.at, "method": self.method, "path": self.path, "body": self.body, "status": self.status}
        return {**said, "agent": self.agent}


@dataclass
class Journal:
    """``hosts``: hostname to a counter of lock, unlock, reboot, swact. Refused writes are in ``writes`` too."""

    writes: list[Write] = field(default_factory=list)
    hosts: dict[str, Counter[str]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)

    def wrote(self, now: float, request: Request, response: Response) -> None:
        sent = form(request)
        body = json.dumps(sent.told()) if sent else request.content.decode(errors="replace")
        self.writes.append(
            Write(now, request.method, request.path, body, response.status, request.header("User-Agent") or "")
        )

    def count(self, hostname: str, what: str) -> None:
        self.hosts.setdefault(hostname, Counter())[what] += 1
