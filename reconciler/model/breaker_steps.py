"""What the end of a plan makes of a breaker. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.breaker import Breaker, BreakerPolicy, Failure
from reconciler.model.maintenance import seconds
from reconciler.model.outcome import Outcome
from reconciler.model.words import Result


def after(before: Breaker, site: str, outcome: Outcome, policy: BreakerPolicy, now: float) -> Breaker:
    """The breaker once a site's plan has ended. What was held, or could not reach its site, tells nothing."""
    if outcome.result is Result.DONE:
        return Breaker() if not before.is_open or before.trial == site else before
    freed = replace(before, trial="") if before.trial == site else before
    if not has_failed(outcome):
        return freed
    oldest = now - seconds(policy.within)
    others = tuple(f for f in before.failures if f.site != site and (f.at > oldest or before.is_open))
    failures = (*others, Failure(site, now))
    if before.is_open:
        return replace(freed, failures=failures, opened=now if before.trial == site else before.opened)
    return Breaker(failures, now if len(failures) >= policy.failures else None)


def has_failed(outcome: Outcome) -> bool:
    """A plan that went wrong, or that leaves a host out of service at a site that does not answer any more."""
    is_lost = outcome.result is Result.UNREACHABLE and bool(outcome.open_windows)
    return outcome.result is Result.FAILED or is_lost
