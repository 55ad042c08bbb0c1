"""What became of a plan, as a person reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.engine.fleet import SiteResult
from reconciler.model.gate import GateName
from reconciler.model.outcome import Outcome, StepResult
from reconciler.model.words import Result


def outcome_lines(result: SiteResult) -> Iterator[str]:
    """One line when all went well; else the steps that did not, in the platform's words."""
    if result.outcome is None:
        return
    yield f"{result.site}: {_sentence(result, result.outcome)}"
    for entry in result.outcome.entries:
        if entry.result in {StepResult.FAILED, StepResult.DROPPED, StepResult.UNVERIFIED}:
            names = ", ".join(str(key) for key in entry.keys)
            yield f"  {entry.result}: {names}" + (f": {entry.message}" if entry.message else "")
    if result.outcome.result is Result.HELD and any(h.gate is GateName.APPROVAL for h in result.outcome.holds):
        site, plan_id = result.site, result.outcome.plan_id
        yield f"  next: `stxr plan {site}` shows it; `stxr apply {site} --plan {plan_id}` sends it as it was read"
    for blocked in result.judged.plan.blocked if result.judged else ():
        yield f"  blocked: {blocked.key}: {blocked.reason}"


def _sentence(result: SiteResult, outcome: Outcome) -> str:
    remains = result.judged is not None and not result.judged.found.is_empty
    if outcome.result is Result.IN_SYNC:
        return (
            "nothing can be sent, and differences remain: see `stxr plan`" if remains else "in sync, nothing was sent"
        )
    counts = Counter(e.result for e in outcome.entries)
    steps = ", ".join(f"{number} {word}" for word, number in counts.items())
    left = "; differences remain" if remains else ""
    said = f": {outcome.message}" if outcome.message else ""
    return f"{outcome.result}" + (f" ({steps})" if steps else "") + said + left
