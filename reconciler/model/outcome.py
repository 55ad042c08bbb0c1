"""How sending a plan ended, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.condition import HostCondition
from reconciler.model.gate import Hold
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Result


class StepResult(StrEnum):
    """What became of one step."""

    DONE = "done"  # sent, and seen on the site
    SKIPPED = "skipped"  # it was already so
    UNVERIFIED = "unverified"  # stored by the API, not known to be applied
    DROPPED = "dropped"  # left out to close a window
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step, its result, and what the platform said."""

    kind: str
    host: str
    keys: tuple[ResourceKey, ...]
    result: StepResult
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt on a plan.

    open_windows: hosts that we locked and that are not unlocked yet; the next plan adopts them.
    message: for the operator; empty when all went well. holds: why something waits, the first being the one to tell.
    conditions: hosts that did not do what they were told.
    approval: the number of the approval that let the plan be sent; 0 where policy did.
    """

    plan_id: str
    result: Result
    entries: tuple[Entry, ...] = ()
    open_windows: tuple[str, ...] = ()
    message: str = ""
    holds: tuple[Hold, ...] = ()
    approval: int = 0
    conditions: tuple[HostCondition, ...] = ()

    @property
    def is_done(self) -> bool:
        return self.result in {Result.DONE, Result.IN_SYNC}

    @property
    def is_unverified(self) -> bool:
        """Something is stored, and not known to be applied."""
        return any(entry.result is StepResult.UNVERIFIED for entry in self.entries)
