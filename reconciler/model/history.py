"""What happened while a plan was sent, deed by deed: told by apply, kept by the store, read at 3 a.m."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from reconciler.model.outcome import Outcome


class Deed(StrEnum):
    """What was done, or came of it."""

    SEEN = "seen"  # what a look at the site showed
    SENT = "sent"  # a call left; one without an answer may have taken effect
    ANSWERED = "answered"
    WAITS = "waits"  # for an effect, or for the platform to be free
    STOPPED = "stopped"  # what ended a step early
    ENDED = "ended"  # the whole plan


@dataclass(frozen=True, slots=True)
class Happening:
    """at: Unix seconds. stage: of the plan, from 0 on. text: never a body, never a secret. replica: who did it."""

    at: float
    deed: Deed
    text: str
    host: str = ""
    stage: int = 0
    replica: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt on a plan, in the order in which it happened. name: of the attempt; a plan may have several."""

    name: str
    site: str
    plan_id: str
    happenings: tuple[Happening, ...]

    @property
    def end(self) -> Happening | None:
        """How it ended; None while it is on its way, or where whoever sent it died and nobody took over."""
        return next((h for h in reversed(self.happenings) if h.deed is Deed.ENDED), None)


def ended(outcome: Outcome, now: float) -> Happening:
    """How a plan ended, as its history tells it."""
    return Happening(now, Deed.ENDED, ": ".join(filter(None, (outcome.result, outcome.message))))


def sending_json(sending: Sending) -> dict[str, Any]:
    """One attempt for JSON; `ended_at` and `end` are null while it has not ended."""
    end = sending.end
    return {
        "sending": sending.name,
        "site": sending.site,
        "plan": sending.plan_id,
        "began_at": sending.happenings[0].at,
        "ended_at": end.at if end else None,
        "end": end.text if end else None,
        "happenings": [asdict(happening) for happening in sending.happenings],
    }
