"""Why nobody further goes with a rollout, in one word: for metrics and whoever counts. `Rollout.stopped` says it whole."""

from __future__ import annotations

from enum import StrEnum

from reconciler.model.rollout import Rollout


class Stop(StrEnum):
    ABORTED = "aborted"
    MASS = "mass"  # the commit waits to be approved as a whole, or what it does is being counted
    PAUSED = "paused"
    FAILURES = "failures"


def stop_of(one: Rollout) -> Stop | None:
    """None while somebody may go."""
    if one.words.aborted:
        return Stop.ABORTED
    if one.weight:
        return Stop.MASS
    if one.words.paused:
        return Stop.PAUSED
    return Stop.FAILURES if one.stopped else None
