"""What is looked at when metrics are asked for, as functions: the collector holds nothing itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.drift import SiteDrift
from reconciler.model.quiet import Silence
from reconciler.model.verdict import Verdict

MAX_SERIES = 60_000
STALE_AFTER_S = 1_800.0  # three full reads of ten minutes


def always() -> bool:
    """One process, which tells of the fleet."""
    return True


def undated(commit: str) -> float | None:  # noqa: ARG001
    """Nobody knows when it was authored."""
    return None


@dataclass(frozen=True, slots=True)
class Load:
    """One lane of the queue: sites that are due and wait, and for how long the first has; workers by crowd."""

    depths: Mapping[str, int] = field(default_factory=dict)
    oldest_s: Mapping[str, float] = field(default_factory=dict)
    busy: Mapping[str, int] = field(default_factory=dict)
    breakers_open: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """Called in the thread that renders, each once a scrape: they hand out copies.

    is_leader: whether this process tells of the fleet. authored_at: Unix seconds of a commit. silence: who is not called
    for. max_series: of the fleet's; above it splits are taken away, then what is of single sites.
    """

    verdicts: Callable[[], Iterable[Verdict]] = tuple
    drift: Callable[[], Mapping[str, SiteDrift]] = dict
    load: Callable[[], Load] = Load
    head: Callable[[], str] = str
    is_leader: Callable[[], bool] = always
    authored_at: Callable[[str], float | None] = undated
    silence: Callable[[], Silence] = Silence
    now: Callable[[], float] = time.time
    max_series: int = MAX_SERIES
    stale_after_s: float = STALE_AFTER_S
