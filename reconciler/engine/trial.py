"""One plan run on the twin of one site: sent as the controller sends it, looked at, and planned again.

Gates are not asked: what holds a plan back says nothing of what it does. What the planner leaves out because the
platform would refuse it is sent at the end all the same, so that the reader sees both say so, or learns that they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.apply import Pace, Work, send
from reconciler.apply.resolve import refs
from reconciler.engine.likeness import relevant
from reconciler.engine.preview import Edit, Preview, exact_of, rows_of
from reconciler.engine.remote import SiteRemote
from reconciler.engine.twin import Twin, twin_of
from reconciler.engine.virtual_time import run
from reconciler.model.change import Change, Comparison
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.kind import Context, Kinds, always_possible, unlocks_again
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.proof import Objection, Proof, ProofResult, Refusal
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored
from reconciler.model.words import Cause, Disruption, Result
from reconciler.observe import interpret
from reconciler.plan import plan, stage_id, stage_s

PACE = Pace(first_poll_s=5.0, last_poll_s=30.0)
ROUNDS = 6  # plans in a row, as `engine.fleet` sends them: what only a first plan makes possible comes in the next
MOST_OBJECTIONS = 8  # changes that the planner refuses and that are sent all the same
MOST_NAMED = 3
NOWHERE = "00000000-0000-0000-0000-000000000000"
Ids = Mapping[ResourceKey, dict[str, str | int]]
REFUSES = frozenset({Condition.LOCK_REFUSED, Condition.UNLOCK_REFUSED})


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried: what Git says of a site, how the site is treated, and what it showed.

    inventory: as `stxr inventory` writes it.
    """

    site: str
    after: Snapshot
    edit: Edit
    inventory: Mapping[str, Any]


def tried(case: Case, kinds: Kinds) -> Proof:
    """What came of the change on the twin of its site; it stands for this site alone, and for no change by name.

    Blocks for as long as it takes. Raises what is a fault of ours.
    """
    return run(_tried(case, kinds))


async def _tried(case: Case, kinds: Kinds) -> Proof:
    trial = _Trial(case, kinds)
    have = await trial.remote.observe()
    first = trial.preview(have, kinds)
    proof = Proof("", case.site, (case.site,), ProofResult.NOT_PROVED, untried=tuple(map(str, first.found.unjudged)))
    matters = relevant(first, kinds)
    known = {name: kind for name, kind in kinds.items() if matters.issuperset(kind.collections)}
    if unlike := _unlike(interpret(case.site, rows_of(case.inventory), known, 0.0), have, known):
        return replace(proof, reason=f"the twin is not like the site: {unlike}")
    absent = _absent(first)
    ended = await trial.rounds(have)
    twin = trial.twin
    proof = replace(proof, tolls=twin.tolls, calls=twin.calls, simulated_s=round(twin.clock.elapsed))
    one, todo = trial.planned(ended.seen)
    left = tuple(dict.fromkeys(map(str, (*_of_the_edit(todo.changes), *_of_the_edit(one.found.changes)))))
    edited = {k for k in _of_the_edit(first.found.changes) if absent.isdisjoint({k.host, k.name})}
    blocked = () if ended.is_stopped else [b for b in first.plan.blocked if b.key in edited][:MOST_OBJECTIONS]
    objections = tuple([await trial.objection(b.key, b.reason) for b in blocked])
    proof = replace(proof, plan_id=ended.first, left=left, objections=objections)
    return _without(absent, _judged(proof, ended, twin.refusals))


def _of_the_edit(changes: Iterable[Change[Any]]) -> Iterator[ResourceKey]:
    """What differed before is sent along where it can be, and is no part of what is to be proved."""
    return (change.key for change in changes if change.cause is Cause.PENDING)


@dataclass(frozen=True, slots=True)
class _Ended:
    """How sending ended: the id of the first plan, the last outcome, the site afterwards, and hosts that stay locked."""

    first: str
    outcome: Outcome | None
    seen: Snapshot
    out: tuple[str, ...] = ()

    @property
    def is_stopped(self) -> bool:
        return bool(self.outcome and not self.outcome.is_done)


class _Trial:
    def __init__(self, case: Case, kinds: Kinds) -> None:
        self._case, self._kinds = case, kinds
        self._notes = _Notes()
        self.twin: Twin = twin_of(case.site, case.inventory)
        self.remote = SiteRemote(case.site, self.twin, kinds, self.twin.clock)

    def preview(self, have: Snapshot, kinds: Kinds) -> Preview:
        """What Git says against what the twin shows. Secrets are not read."""
        return exact_of(self._case.after, have, kinds, self._case.edit)

    def planned(self, have: Snapshot) -> tuple[Preview, Plan]:
        """The same, and a plan that closes what was left open."""
        one = self.preview(have, self._kinds)
        return one, plan(one.found, one.context, self._kinds, self._notes.windows, self._case.after.revision)

    async def rounds(self, have: Snapshot) -> _Ended:
        """Plans in a row until nothing is left, one fails, or nothing moves."""
        done: dict[str, None] = {}
        stays: set[str] = set()
        outcome = None
        for _ in range(ROUNDS):
            one, todo = self.planned(have)
            if todo.is_empty:
                outcome = None
            if todo.is_empty or todo.id in done:
                break
            done[todo.id] = None
            stays |= set(todo.left_locked)
            outcome = await self._sent(todo, one.context)
            have = await self.remote.observe()
            if outcome.result not in {Result.DONE, Result.CONFLICT}:
                break
        return _Ended(next(iter(done), ""), outcome, have, tuple(sorted(self._notes.windows - stays)))

    async def objection(self, key: ResourceKey, reason: str) -> Objection:
        """What the twin says to one change that the planner leaves out."""
        have, lenient = await self.remote.observe(), _lenient(self._kinds)
        one = self.preview(have, lenient)
        wanted = tuple(c for c in one.found.changes if c.key == key)
        todo = plan(Comparison(wanted), one.context, lenient, (), self._case.after.revision)
        before = len(self.twin.refusals)
        outcome = await self._sent(todo, one.context, _nowhere(todo, have))
        return Objection(str(key), reason, _cause(outcome, self.twin.refusals[before:]))

    async def _sent(self, todo: Plan, context: Context, made: Ids | None = None) -> Outcome:
        work = Work(
            site=self._case.site,
            remote=self.remote,
            journal=self._notes,
            clock=self.twin.clock,
            pace=PACE,
            kinds=self._kinds,
            desired=context.desired,
            made=dict(made or {}),
            windows=set(self._notes.windows),
            lasts=stage_s,
            digest=stage_id,
        )
        return await send(todo, work)


@dataclass
class _Notes:
    """`apply.Journal` of a site that ends with the trial."""

    windows: set[str] = field(default_factory=set)
    notes: dict[ResourceKey, Stored] = field(default_factory=dict)

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:  # noqa: ARG002
        self.windows.add(host)

    def window_closed(self, host: str) -> None:
        self.windows.discard(host)

    def stands(self, condition: HostCondition) -> None:
        """The outcome says it, too."""

    def over(self, host: str) -> None:
        """Nobody asks."""

    def stores(self, note: Stored) -> None:
        self.notes[note.key] = note

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:  # noqa: ARG002
        return tuple(self.notes.values())

    def applied(self, key: ResourceKey) -> None:
        self.notes.pop(key, None)


def _nowhere(todo: Plan, have: Snapshot) -> Ids:
    """Ids for what calls refer to and nobody made: what they are refused for may come before it is missed."""
    steps = [step for stage in todo.stages for step in stage.steps]
    named = {ref.key for step in steps for call in step.calls for ref in refs(call)}
    made = {call.creates for step in steps for call in step.calls}
    return {key: {"uuid": NOWHERE, "id": 0} for key in named - made - have.resources.keys()}


def _lenient(kinds: Kinds) -> Kinds:
    """The kinds as if they knew nothing of what the platform refuses."""
    return {name: replace(kind, impossible=always_possible, keeps_locked=unlocks_again) for name, kind in kinds.items()}


def _unlike(site: Snapshot, twin: Snapshot, kinds: Kinds) -> str:
    """What the twin shows otherwise than its site did; "" where it is the same as far as these kinds read it."""
    states = {name: host.in_words for name, host in twin.system.hosts.items()}
    others = [f"{name} was {h.in_words}" for name, h in site.system.hosts.items() if states.get(name) != h.in_words]
    missing = sorted({kind for kind, host in twin.complete - site.complete if kind in kinds})
    others += [f"the inventory lacks the lists of {_named(missing)}; write it anew"] if missing else []
    keys = {k for k in site.resources.keys() | twin.resources.keys() if site.is_complete(k.kind, k.host)}
    odd = sorted(str(k) for k in keys if not _is_same(site.resources.get(k), twin.resources.get(k), kinds))
    others += [f"{_named(odd)} cannot be copied"] if odd else []
    return "; ".join(others)


def _is_same(one: Resource[Any] | None, other: Resource[Any] | None, kinds: Kinds) -> bool:
    """As their kind compares."""
    if one is None or other is None or one.spec.model_fields_set != other.spec.model_fields_set:
        return False
    kind, names = kinds[one.key.kind], one.spec.model_fields_set
    return all(kind.is_same(name, getattr(one.spec, name), getattr(other.spec, name)) for name in names)


def _absent(one: Preview) -> frozenset[str]:
    """Hosts of the edit that are not there, or that will be another machine: a twin has no rack."""
    there = {name for name, host in one.context.system.hosts.items() if host.is_installed}
    hosts = {key.host for key in one.context.desired.resources if key.host}
    named = {key.host or key.name for key in _of_the_edit(one.found.changes)} & hosts
    steps = (step for stage in one.plan.stages for step in stage.steps)
    return frozenset(named - there) | {step.host for step in steps if step.disruption is Disruption.REINSTALL}


def _without(absent: frozenset[str], proof: Proof) -> Proof:
    """The proof, if it says anything of sites with these hosts."""
    if not absent or proof.result is ProofResult.REFUSED:
        return proof
    why = f"{_named(sorted(absent))}: not installed, so what is done there once it is was not tried"
    return replace(proof, result=ProofResult.NOT_PROVED, reason=why)


def _judged(proof: Proof, ended: _Ended, refusals: Iterable[Refusal]) -> Proof:
    """The proof with its result and why."""
    if ended.outcome and ended.is_stopped:
        return _stopped(proof, ended.outcome, ended.out, refusals)
    objected = next((o for o in proof.objections if o.refusal), None)
    if objected:
        return replace(proof, result=ProofResult.REFUSED, refusal=objected.refusal, reason=objected.reason)
    if proof.objections or proof.left:
        why = "; ".join(f"{o.resource}: {o.reason}" for o in proof.objections[:MOST_NAMED])
        return replace(
            proof, result=ProofResult.NOT_CONVERGED, reason=why or f"a second plan changes {_named(proof.left)}"
        )
    return replace(proof, result=ProofResult.PROVED)


def _stopped(proof: Proof, outcome: Outcome, out: Iterable[str], refusals: Iterable[Refusal]) -> Proof:
    refusal = _cause(outcome, refusals)
    is_refused = refusal or any(c.name in REFUSES for c in outcome.conditions)
    result = ProofResult.REFUSED if is_refused else ProofResult.NOT_CONVERGED
    stay = ", ".join(out)
    reason = f"{outcome.message}; {stay} would stay locked" if stay else outcome.message
    return replace(proof, result=result, refusal=refusal, reason=reason)


def _cause(outcome: Outcome, refusals: Iterable[Refusal]) -> Refusal | None:
    """The refusal that ended the sending: others were answered by asking again."""
    said = (outcome.message, *(entry.message for entry in outcome.entries))
    return next((r for r in reversed([*refusals]) if r.fault and any(r.fault in text for text in said)), None)


def _named(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
