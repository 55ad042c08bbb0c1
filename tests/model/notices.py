"""Notices for tests."""

from __future__ import annotations

from typing import Any

from reconciler.model.notice import Notice, Topic
from reconciler.model.words import Severity


def notice(key: str = "drift:77aa01c2d3:out-of-band", **said: Any) -> Notice:
    facts = {
        "topic": Topic.DRIFT,
        "key": key,
        "state": "out-of-band",
        "title": "3 sites drifted: dns nameservers",
        "text": "dns nameservers is 10.9.9.9, Git says 10.0.0.53",
        "severity": Severity.SERVICE,
        "at": 1_795_000_000.0,
        "since": 1_794_999_000.0,
        "group": "ran",
        "sites": ("sc-1", "sc-2", "sc-3"),
        "command": "stxr drift --fingerprint 77aa01c2d3",
        "origin": "profiles/ran/deployment-config.yaml:8",
    }
    return Notice(**facts | said)
