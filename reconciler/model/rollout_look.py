"""What a rollout sees of a site: the last look at it, reduced to what decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Saw(StrEnum):
    """What is known of a site, as far as a rollout judges by it."""

    UNKNOWN = "unknown"  # not looked at since the commit came
    DIFFERS = "differs"  # it can be sent to
    BUSY = "busy"  # it is being sent to
    HELD = "held"  # something else than a rollout keeps it back
    RESTS = "rests"  # what is left of the commit waits for somebody's yes, and nothing else does
    FOLLOWS = "follows"  # it has all that the commit says
    FAILED = "failed"
    DARK = "dark"


HINDERED = frozenset((Saw.HELD, Saw.RESTS, Saw.DARK, Saw.BUSY, Saw.FAILED))


@dataclass(frozen=True, slots=True)
class Seen:
    """One site's last look. ill: what is wrong with a site that has all that the commit says; "" if nothing is.

    plan: the id of the plan that it has now. is_busy: some plan is being sent to it, be it of another commit.
    is_sent: something was sent to it since it was let go.
    is_heard: its alarms were read by this look. alarms: those that stand and affect management.
    drift: what the site itself has changed.
    """

    saw: Saw = Saw.UNKNOWN
    at: float = 0.0
    ill: str = ""
    plan: str = ""
    told: str = ""
    is_busy: bool = False
    is_sent: bool = False
    is_heard: bool = False
    alarms: frozenset[str] = frozenset()
    drift: frozenset[str] = frozenset()
