"""What people are told of: one thing that happened, on however many sites, in words that somebody can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.words import Severity

NAMED = 5  # sites that a notice names; it counts the others


class Topic(StrEnum):
    """What a notice is about; notifiers choose among them."""

    DRIFT = "drift"  # sites moved away from Git
    HELD = "held"  # a plan waits for somebody
    FAILED = "failed"  # a plan was sent and did not end well
    ROLLOUT = "rollout"  # a commit on its way to many sites


@dataclass(frozen=True, slots=True)
class Notice:
    """One cause. The same key is the same cause: later notices of it take the place of earlier ones.

    state: what moved (`drifted`, `resolved`, a gate, a rollout's state). is_over: nothing is left to do.
    sites: those that it is about; never empty but for a rollout. since, at: Unix seconds. command: what to run next.
    origin: file:line where Git says what the site does not.
    """

    topic: Topic
    key: str
    state: str
    title: str
    text: str
    severity: Severity
    at: float
    since: float
    group: str = ""
    sites: tuple[str, ...] = ()
    is_over: bool = False
    command: str = ""
    origin: str = ""

    @property
    def where(self) -> str:
        """The sites in words: the first of them by name, the others by their number."""
        named, others = ", ".join(self.sites[:NAMED]), len(self.sites) - NAMED
        return f"{named} and {others} more" if others > 0 else named

    def is_news_after(self, told: Notice | None) -> bool:
        """Whether to tell it to who was told that: another state or severity, or twice as many sites."""
        if told is None:
            return not self.is_over  # the end of what nobody was told of is no news
        if (told.state, told.severity, told.is_over) != (self.state, self.severity, self.is_over):
            return True
        return len(self.sites) >= 2 * max(len(told.sites), 1)
