"""One visit's end, or its error, as a Verdict. Pure: everything that a verdict says is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import ENDS, accepted, differences, removals_in_words, state_of, strangers, unseen
from reconciler.engine.permission import in_words
from reconciler.engine.reconcile import Judged
from reconciler.model.errors import ConfigError, ConfigErrors, ReconcilerError, SecretUnread, Unauthorized, Unreachable
from reconciler.model.gate import GateName, Hold
from reconciler.model.ignore import over, suppressed
from reconciler.model.outcome import Outcome, StepResult
from reconciler.model.site import Settings
from reconciler.model.snapshot import Unread
from reconciler.model.verdict import Verdict
from reconciler.model.wire import plan_json
from reconciler.model.words import Result, State

LOCKED_BY_OPERATOR = "locked-by-operator"  # how plan.hosts begins its reason
WAITS = frozenset((Result.HELD, Result.PLANNED))
UNDER_WAY = "its plan is being sent: `stxr history {site}` tells how far it is"


@dataclass(frozen=True, slots=True)
class Whose:
    """The site of a verdict, and what Git says of how it is treated."""

    site: str
    settings: Settings
    commit: str
    key: str


def found(whose: Whose, judged: Judged, outcome: Outcome, now: float, before: Verdict | None = None) -> Verdict:
    """The verdict of a visit that could look. before: the last one, for since when a gate is closed, and what became of what differed."""
    plan, seen = judged.plan, judged.observed
    known = (*before.differences, *before.strangers) if before else ()
    return Verdict(
        site=whose.site,
        state=state_of(judged.found, plan, outcome),
        group=whose.settings.group,
        mode=whose.settings.mode,
        commit=whose.commit,
        input_key=whose.key,
        observed_at=seen.taken_at,
        judged_at=now,
        reachable=outcome.result is not Result.UNREACHABLE,
        differences=differences(judged.found, plan),
        unmanaged=len(judged.found.unmanaged),
        unjudged=tuple(map(str, judged.found.unjudged)),
        reason=_reason(judged, outcome),
        message=outcome.message or in_words(outcome.holds) or _told(whose.site, judged, outcome),
        plan_id=plan.id if plan.stages else "",
        change=fingerprint(judged.found) if plan.stages else "",
        plan=plan_json(plan) if plan.stages or plan.blocked else None,
        open_windows=outcome.open_windows,
        holds=tuple(_dated((*outcome.holds, *_by_operators(judged)), before.holds if before else (), now)),
        removals=removals_in_words(judged.removals, judged.found, plan),
        no_deletes=judged.removals.blind,
        release=judged.release,
        system_mode=seen.system.mode,
        hosts={name: host.in_words for name, host in seen.system.hosts.items()},
        strangers=strangers(judged.found),
        accepted=tuple(accepted(known, judged.desired, judged.found)),
        unread=unseen(known, seen),
        ignored=judged.ignored,
        converged=whose.commit if judged.follows else before.converged if before else "",
        coverage=judged.coverage,
        lapsed=over(whose.settings.ignore, now),
        suppressed=tuple(sorted(suppressed(whose.settings.suppress, now))),
        certificates=before.certificates if judged.certificates is None and before else judged.certificates or (),
    )


def after(before: Verdict, outcome: Outcome, now: float) -> Verdict:
    """The verdict of a site whose plan has not ended well, or nobody knows whether, since it was last looked at."""
    holds = tuple(_dated(outcome.holds, before.holds, now))
    state = ENDS.get(outcome.result, before.state if before.state is not State.APPLYING else State.PENDING)
    unsure = [e.message for e in outcome.entries if e.result is StepResult.UNVERIFIED]
    return replace(
        before,
        state=State.UNVERIFIED if unsure and outcome.is_done else state,
        reason=str(StepResult.UNVERIFIED if unsure and outcome.is_done else outcome.result),
        message=outcome.message or "; ".join(unsure),
        judged_at=now,
        open_windows=outcome.open_windows,
        holds=holds,
    )


def not_found(whose: Whose, error: ReconcilerError, before: Verdict | None, now: float) -> Verdict:
    """The verdict of a visit that could not look: what was known stays, with its age; the state says why."""
    known = before or Verdict(whose.site, State.UNKNOWN)
    state = _state_of_error(error)
    return replace(
        known,
        state=state,
        group=whose.settings.group,
        mode=whose.settings.mode,
        commit=whose.commit,
        input_key=whose.key,
        judged_at=now,
        reachable=False if state is State.UNREACHABLE else known.reachable,
        reason=str(error.reason),
        message=str(error),
        boards=known.boards if state is State.UNREACHABLE else (),
    )


def _state_of_error(error: ReconcilerError) -> State:
    if isinstance(error, ConfigError | ConfigErrors) and not isinstance(error, SecretUnread):
        return State.INVALID
    return State.UNREACHABLE if isinstance(error, Unreachable | Unauthorized) else State.FAILED


def _dated(holds: Iterable[Hold], before: Iterable[Hold], now: float) -> Iterator[Hold]:
    """Each with the first visit that found its gate closed, whatever it says today."""
    known = {hold.gate: hold.since for hold in before}
    return (replace(hold, since=known.get(hold.gate) or now) for hold in holds)


def _by_operators(judged: Judged) -> Iterator[Hold]:
    """What waits for hosts that somebody locked by hand: these are unlocked by whoever locked them."""
    blocked = (b.reason for b in judged.plan.blocked if b.reason.startswith(LOCKED_BY_OPERATOR))
    if reasons := dict.fromkeys(blocked):
        yield Hold(GateName.OTHER_WRITER, f"{'; '.join(reasons)}: unlock it to go on")


def _reason(judged: Judged, outcome: Outcome) -> str:
    if outcome.holds and (outcome.result in WAITS or not outcome.message):
        return str(outcome.holds[0].gate)
    if outcome.message:
        return str(outcome.result)
    if outcome.result is Result.BEGUN:
        return str(outcome.result)
    if judged.plan.blocked:
        return "blocked"
    return "unread" if judged.found.unjudged else ""


def _told(site: str, judged: Judged, outcome: Outcome) -> str:
    """What there is to say where the outcome says nothing: while a plan is sent, nothing stands in the way of it."""
    if outcome.result is Result.BEGUN:
        return UNDER_WAY.format(site=site)
    return _blocked(judged) or _unread(judged)


def _blocked(judged: Judged) -> str:
    """The first thing that stands in the way, and how many more there are; last what only waits for another of them."""
    return _first([f"{b.key}: {b.reason}" for b in sorted(judged.plan.blocked, key=lambda b: b.waits)])


def _unread(judged: Judged) -> str:
    """The first list that was missed in judging, why it was not read, and how many more there are."""
    if not judged.found.unjudged:
        return ""
    if judged.observed.absent:
        return judged.observed.absent
    sealed = [f"{key}: {reason}" for key, reason in judged.found.reasons.items()]
    return _first([*(f"{_listed(u)} was not read: {u.reason}" for u in judged.observed.unread), *sealed])


def _listed(unread: Unread) -> str:
    return f"{unread.collection} of {unread.host}" if unread.host else unread.collection


def _first(texts: list[str]) -> str:
    more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
    return texts[0] + more if texts else ""
