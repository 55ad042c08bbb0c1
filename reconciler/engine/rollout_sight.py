"""What a rollout sees of a site, and what a commit does to the fleet, both from verdicts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.gate import GateName, Hold, Surroundings
from reconciler.model.rollout_look import Saw, Seen
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.waves import Reach
from reconciler.model.words import Action, Cause, Disruption, Service, State

OURS = frozenset((GateName.ROLLOUT, GateName.MASS))
OF_THE_REST = frozenset(
    (GateName.APPROVAL, GateName.POLICY, GateName.FIGHTING)
)  # beside ours: a part may be sent, the rest waits

_BY_STATE = {
    State.UNREACHABLE: Saw.DARK,
    State.FAILED: Saw.FAILED,
    State.INVALID: Saw.HELD,
    State.UNVERIFIED: Saw.UNKNOWN,
    State.APPLYING: Saw.BUSY,
    State.STALE: Saw.UNKNOWN,
    State.UNKNOWN: Saw.UNKNOWN,
}


def seen(verdict: Verdict | None, key: str, around: Surroundings | None, *, is_begun: bool = False) -> Seen:
    """One site's last look. key: the digest of its inputs now; a look at others says nothing but that it is busy.

    is_begun: a plan has begun to be sent to it since it was let go. around: None where this process has not read it.
    """
    if verdict is None:
        return Seen(is_sent=is_begun)
    is_busy = verdict.state is State.APPLYING
    is_sent = is_begun or is_busy or bool(verdict.open_windows)
    if verdict.input_key != key:
        return Seen(is_busy=is_busy, is_sent=is_sent, told=verdict.message if is_busy else "")
    alarms = {f"{a.id} {a.entity}" for a in around.alarms if a.affects_management} if around else ()
    return Seen(
        saw=_saw(verdict),
        at=verdict.judged_at,
        ill=_ill(verdict, around),
        plan=verdict.plan_id,
        told=verdict.message,
        is_busy=is_busy,
        is_sent=is_sent,
        is_heard=around is not None and Service.FAULT not in around.unread,
        alarms=frozenset(alarms),
        drift=frozenset(_named(d) for d in verdict.differences if d.cause is Cause.DRIFTED),
    )


def reach(fleet: int, members: Iterable[str], verdicts: Mapping[str, Verdict], sights: Mapping[str, Seen]) -> Reach:
    """What a commit does, as far as its sites are planned; dark ones are not waited for."""
    names = list(members)
    planned = [verdicts[name] for name in names if sights[name].saw not in {Saw.UNKNOWN, Saw.DARK}]
    return Reach(
        fleet=fleet,
        changed=len(names),
        disrupted=sum(_cost(v) >= Disruption.LOCK for v in planned),
        deleted=sum(
            any(d.action == Action.DELETE and d.cause is Cause.PENDING for d in v.differences) for v in planned
        ),
        unplanned=sum(sights[name].saw is Saw.UNKNOWN for name in names),
    )


def _saw(verdict: Verdict) -> Saw:
    if verdict.state in _BY_STATE:
        return _BY_STATE[verdict.state]
    if verdict.open_windows:
        return Saw.BUSY  # a host that we locked is on its way back
    if not any(d.cause is Cause.PENDING for d in verdict.differences):
        return Saw.FOLLOWS
    return _held(verdict.holds) if verdict.holds or verdict.state is State.HELD else Saw.UNKNOWN


def _held(holds: Iterable[Hold]) -> Saw:
    gates = {hold.gate for hold in holds}
    if gates and gates <= OF_THE_REST:
        return Saw.RESTS
    return Saw.DIFFERS if gates & OURS and gates <= OURS | OF_THE_REST else Saw.HELD


def _named(difference: Difference) -> str:
    return f"{difference.resource} {difference.attribute}".rstrip()


def _ill(verdict: Verdict, around: Surroundings | None) -> str:
    down = [name for name, told in verdict.hosts.items() if told.startswith("unlocked-disabled")]
    if down:
        return f"not enabled: {', '.join(sorted(down))}"
    if around and Service.FAULT in around.unread:
        return f"alarms could not be read: {around.unread[Service.FAULT]}"
    return ""


def _cost(verdict: Verdict) -> Disruption:
    return Disruption((verdict.plan or {}).get("disruption", Disruption.NONE))
