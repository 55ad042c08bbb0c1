"""What a trial began with and how it ended, as a proof. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from reconciler.engine.likeness import relevant
from reconciler.engine.preview import Preview
from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.kind import Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Blocked
from reconciler.model.proof import Proof, ProofResult, Refusal
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import COLLECTIONS
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Cause, Disruption, Result, Service

MOST_NAMED = 3
REFUSES = frozenset({Condition.LOCK_REFUSED, Condition.UNLOCK_REFUSED})


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known before anything is sent.

    kinds: those whose lists matter to the change. absent: hosts of the edit that are to be installed first.
    blocked: what the planner leaves out of the edit. impossible: those of it that no state of the site makes possible.
    """

    preview: Preview
    kinds: Kinds
    absent: frozenset[str]
    blocked: tuple[Blocked, ...]
    impossible: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How sending ended: the id of the first plan, the last outcome, the site afterwards, and hosts that stay locked."""

    first: str
    outcome: Outcome | None
    seen: Snapshot
    out: tuple[str, ...] = ()

    @property
    def is_stopped(self) -> bool:
        return bool(self.outcome and not self.outcome.is_done)


def begin(first: Preview, kinds: Kinds) -> Begun:
    """first: as the twin is found."""
    matters, absent = relevant(first, kinds), _absent(first)
    edited = {k for k in of_the_edit(first.found.changes) if absent.isdisjoint({k.host, k.name})}
    refused = {str(c.key) for c in first.found.changes if kinds[c.key.kind].why_not(c, first.context)}
    return Begun(
        preview=first,
        kinds={name: kind for name, kind in kinds.items() if matters.issuperset(kind.collections)},
        absent=absent,
        blocked=tuple(b for b in first.plan.blocked if b.key in edited),
        impossible=frozenset(refused),
    )


def of_the_edit(changes: Iterable[Change[Any]]) -> Iterator[ResourceKey]:
    """What differed before is sent along where it can be, and is no part of what is to be proved."""
    return (change.key for change in changes if change.cause is Cause.PENDING)


def _absent(one: Preview) -> frozenset[str]:
    """Hosts of the edit that are not there, or that will be another machine: a twin has no rack."""
    there = {name for name, host in one.context.system.hosts.items() if host.is_installed}
    hosts = {key.host for key in one.context.desired.resources if key.host}
    named = {key.host or key.name for key in of_the_edit(one.found.changes)} & hosts
    steps = (step for stage in one.plan.stages for step in stage.steps)
    return frozenset(named - there) | {step.host for step in steps if step.disruption is Disruption.REINSTALL}


def unlike(site: Snapshot, twin: Snapshot, kinds: Kinds) -> str:
    """What the twin shows otherwise than its site did; "" where it is the same as far as these kinds read it.

    A twin is a platform alone: what the site's other services said is not compared, and not tried.
    """
    states = {name: host.in_words for name, host in twin.system.hosts.items()}
    others = [f"{name} was {h.in_words}" for name, h in site.system.hosts.items() if states.get(name) != h.in_words]
    unread = {kind for kind, _ in twin.complete - site.complete if kind in kinds}
    missing = sorted(kind for kind in unread if not kinds[kind].is_read_on_demand)  # what Git does not speak of
    others += [f"the inventory lacks the lists of {_named(missing)}; write it anew"] if missing else []
    read = site.complete & twin.complete
    keys = {k for k in site.resources.keys() | twin.resources.keys() if (k.kind, k.host) in read}
    odd = sorted(str(k) for k in keys if not _is_same(site.resources.get(k), twin.resources.get(k), kinds))
    others += [f"{_named(odd)} cannot be copied"] if odd else []
    return "; ".join(others)


def _is_same(one: Resource[Any] | None, other: Resource[Any] | None, kinds: Kinds) -> bool:
    """As their kind compares."""
    if one is None or other is None or one.spec.model_fields_set != other.spec.model_fields_set:
        return False
    kind, names = kinds[one.key.kind], one.spec.model_fields_set
    return all(kind.is_same(name, getattr(one.spec, name), getattr(other.spec, name)) for name in names)


def of_a_platform(seen: Snapshot, kinds: Kinds) -> Snapshot:
    """What the twin shows, without what other services of a site say the half of: nothing of that is tried."""

    def is_whole(key: ResourceKey) -> bool:
        services = {COLLECTIONS[name].service for name in kinds[key.kind].collections}
        return services <= {Service.PLATFORM} or seen.is_complete(key.kind, key.host)

    return replace(seen, resources={key: found for key, found in seen.resources.items() if is_whole(key)})


def judged(proof: Proof, begun: Begun, ended: Ended, refusals: Iterable[Refusal]) -> Proof:
    """The proof with its result and why. It has what was left, and what was said to what the planner leaves out."""
    found = _stopped(proof, ended, refusals) if ended.is_stopped else _sent(proof, begun)
    if not begun.absent or found.result is ProofResult.REFUSED:
        return found
    why = f"{_named(sorted(begun.absent))}: not installed, so what is done there once it is was not tried"
    return replace(found, result=ProofResult.NOT_PROVED, reason=why)


def _stopped(proof: Proof, ended: Ended, refusals: Iterable[Refusal]) -> Proof:
    outcome = ended.outcome
    if outcome is None:
        return proof
    refusal = cause(outcome, refusals)
    is_refused = refusal or any(c.name in REFUSES for c in outcome.conditions)
    result = ProofResult.REFUSED if is_refused else ProofResult.NOT_CONVERGED
    stay = ", ".join(ended.out)
    reason = f"{outcome.message}; {stay} would stay locked" if stay else outcome.message
    return replace(proof, result=result, refusal=refusal, reason=reason)


def _sent(proof: Proof, begun: Begun) -> Proof:
    """Everything was taken that was planned. What was not planned may be refused, impossible, or too early."""
    if objected := next((o for o in proof.objections if o.refusal), None):
        return replace(proof, result=ProofResult.REFUSED, refusal=objected.refusal, reason=objected.reason)
    early = {str(b.key) for b in begun.blocked} - begun.impossible
    if not proof.left:
        return replace(proof, result=ProofResult.PROVED)
    why = "; ".join(f"{b.key}: {b.reason}" for b in begun.blocked[:MOST_NAMED])
    if early and early.issuperset(proof.left):
        return replace(proof, reason=f"as the site is, it is not planned: {why}")
    return replace(proof, result=ProofResult.NOT_CONVERGED, reason=why or f"a second plan changes {_named(proof.left)}")


def cause(outcome: Outcome, refusals: Iterable[Refusal]) -> Refusal | None:
    """The refusal that ended the sending: others were answered by asking again."""
    if outcome.result is Result.DONE:
        return None
    said = (outcome.message, *(entry.message for entry in outcome.entries))
    return next((r for r in reversed([*refusals]) if r.fault and any(r.fault in text for text in said)), None)


def _named(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
