"""Trouble on demand: how a request is answered late, wrongly, or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What a rule does to a request that it matches."""

    DELAY = "delay"  # answer after so many real seconds
    REFUSE = "refuse"  # answer with a status and a fault text; nothing happens
    ECHO = "echo"  # refuse as above, and repeat the request in the fault text, headers and body; nothing happens
    HANG_BEFORE = "hang-before"  # nothing happens, and no answer ever comes
    HANG_AFTER = "hang-after"  # it happens, and no answer ever comes
    RESET = "reset"  # the connection is cut; nothing happens
    RESET_AFTER = "reset-after"  # it happens, then the connection is cut
    STORED = "stored"  # a setting is stored, and the API dies before any host hears of it
    HALF = "half"  # it happens, and half of the answer's body comes before the connection is cut


class Connection(StrEnum):
    """The line to a site."""

    UP = "up"
    SILENT = "silent"  # accepts, and never answers
    RESET = "reset"  # cuts every connection


class Absence(StrEnum):
    """What a floating address says while it moves from one controller to the other."""

    CUT = "cut"  # nothing: connections are cut
    GATEWAY = "gateway"  # a proxy is there, and nobody behind it
    EMPTY = "empty"  # the service is there, and what it lists is not


def absence(moves: tuple[float, float], now: float) -> Absence | None:
    """A third of the time for each, in this order; None where the address is at rest."""
    begins, ends = moves
    return list(Absence)[int(3 * (now - begins) / (ends - begins))] if begins <= now < ends else None


@dataclass
class Rule:
    """Applies ``count`` times (for ever when None) to requests whose method and path match wholly."""

    trouble: Trouble
    method: str = ".*"
    path: str = ".*"
    count: int | None = 1
    seconds: float = 0.0
    status: int = 503
    text: str = "Service unavailable"

    def matches(self, method: str, path: str) -> bool:
        spent = self.count is not None and self.count <= 0
        return not spent and bool(re.fullmatch(self.method, method) and re.fullmatch(self.path, path))

    def use(self) -> None:
        if self.count is not None:
            self.count -= 1

    def as_json(self) -> dict[str, Any]:
        return {
            name: getattr(self, name) for name in ("trouble", "method", "path", "count", "seconds", "status", "text")
        }


@dataclass
class Interference:
    """All trouble of one site."""

    connection: Connection = Connection.UP
    rules: list[Rule] = field(default_factory=list)

    def rule_for(self, method: str, path: str) -> Rule | None:
        """The first rule that applies; it is used up by one."""
        rule = next((item for item in self.rules if item.matches(method, path)), None)
        if rule is not None:
            rule.use()
        return rule
