"""Drift that nobody is called for: it is known, shown and counted apart, and no alarm rests on it. Pure.

Silence never hides: what is quiet is in `stxr drift`, in the API and in a metric of its own, and it ends by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.model.drift import Drift, SiteDrift
from reconciler.model.verdict import Verdict


class Quiet(StrEnum):
    """Why nobody is called, in the order in which it is told."""

    ROLLOUT = "rollout"  # the site is in the wave of a rollout that goes: it is being changed
    FLAPPING = "flapping"  # it comes and goes: that is told once, as flapping
    GRACE = "grace"  # the platform makes it, by itself, and is given the time that its kind says


def never(site: str) -> bool:  # noqa: ARG001
    """No rollout goes."""
    return False


@dataclass(frozen=True, slots=True)
class Silence:
    """is_going: whether a site is in the wave of a rollout that goes. graces: seconds by kind."""

    is_going: Callable[[str], bool] = never
    graces: Mapping[str, float] = field(default_factory=dict)

    def of(self, site: str, drift: Drift, now: float) -> Quiet | None:
        """Why nobody is called for this drift now; None where somebody is."""
        if self.is_going(site):
            return Quiet.ROLLOUT
        if drift.is_flapping:
            return Quiet.FLAPPING
        grace_s = self.graces.get(drift.difference.kind, 0.0)
        return Quiet.GRACE if grace_s and now - drift.first_seen < grace_s else None


def loud(verdict: Verdict, known: SiteDrift | None, silence: Silence, now: float) -> Verdict:
    """The verdict without the differences that nobody is called for: what alarms and messages are made of."""
    if known is None:
        return verdict
    drifts = {place: silence.of(verdict.site, drift, now) for place, drift in known.open.items()}
    return replace(verdict, differences=tuple(d for d in verdict.differences if drifts.get(d.place) is None))
