"""A breaker over many sites: where one site after another fails, nothing new is begun until it is known why. Pure.

Counted are different sites: one that fails again and again is its own matter, and is left alone for longer each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.model.maintenance import DURATION_FORM, Duration, seconds, told

TRIAL_S = 4 * 3_600.0  # a trial whose end nobody told is over


class BreakerPolicy(BaseModel):
    """`breaker:` of fleet.yaml, or of one of its groups."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)

    failures: int = Field(default=5, ge=2, description="So many sites whose plans failed one after another open it.")
    within: Duration = Field(default="1h", description="Counted over this time.")
    retry_after: Annotated[str, Field(pattern=DURATION_FORM)] = Field(
        default="30m",
        description="How long it is open before one site is tried: well, and it closes. With an empty text only "
        "`stxr resume --breaker` closes it.",
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """A site whose plan failed, and when."""

    site: str
    at: float


@dataclass(frozen=True, slots=True)
class Breaker:
    """failures: since the last plan that went well. opened: None while it is closed.

    trial: the site that is tried, since `trial_at`; "" while none is.
    """

    failures: tuple[Failure, ...] = ()
    opened: float | None = None
    trial: str = ""
    trial_at: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.opened is not None

    def retries_at(self, policy: BreakerPolicy) -> float | None:
        """When one site may be tried; None where somebody has to close it, or where it is closed."""
        wait_s = seconds(policy.retry_after)
        return self.opened + wait_s if self.opened is not None and wait_s else None

    def is_tried(self, now: float) -> bool:
        """Whether a site is on its way to show that all is well again."""
        return bool(self.trial) and now < self.trial_at + TRIAL_S

    def may_begin(self, site: str, policy: BreakerPolicy, now: float) -> bool:
        """Whether a plan of this site may be begun: it is closed, or the site is the one that is tried, or may be."""
        at = self.retries_at(policy)
        is_due = at is not None and now >= at and not self.is_tried(now)
        return not self.is_open or self.trial == site or is_due

    def begun(self, site: str, now: float) -> Breaker:
        """A plan of this site is begun. While it is open, the site is the trial."""
        return self if not self.is_open or self.trial == site else replace(self, trial=site, trial_at=now)

    def in_words(self, now: float) -> str:
        sites = ", ".join(failure.site for failure in self.failures[-3:])
        tried = f"; {self.trial} is tried now" if self.is_tried(now) else ""
        return f"{len(self.failures)} sites failed one after another, the last of them {sites}{tried}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A breaker over a scope, as a gate judges it. scope: `the fleet`, or `group ran`."""

    scope: str
    breaker: Breaker
    policy: BreakerPolicy

    def holds(self, site: str, now: float) -> str:
        """Why a plan of this site is not begun; "" where it may be."""
        if self.breaker.may_begin(site, self.policy, now):
            return ""
        since = told(now - (self.breaker.opened or now))
        return f"the breaker of {self.scope} is open for {since}: {self.breaker.in_words(now)}"
