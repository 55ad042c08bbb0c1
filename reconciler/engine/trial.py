"""One plan run on the twin of one site: sent as the controller sends it, looked at, and planned again.

Gates are not asked: what holds a plan back says nothing of what it does. What the planner leaves out because the
platform would refuse it is sent at the end all the same, so that the reader sees both say so, or learns that they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.apply import Pace, Work, send
from reconciler.apply.resolve import refs
from reconciler.engine.preview import Edit, Preview, exact_of, rows_of
from reconciler.engine.remote import SiteRemote
from reconciler.engine.trial_findings import Ended, begin, cause, judged, of_a_platform, of_the_edit, unlike
from reconciler.engine.twin import Twin, twin_of
from reconciler.engine.virtual_time import run
from reconciler.model.change import Comparison
from reconciler.model.condition import HostCondition
from reconciler.model.kind import Context, Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.proof import Objection, Proof, ProofResult
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored
from reconciler.model.unsaid import always_possible, unlocks_again
from reconciler.model.words import Result
from reconciler.observe import interpret
from reconciler.plan import plan, stage_id, stage_s

PACE = Pace(first_poll_s=5.0, last_poll_s=30.0)
ROUNDS = 6  # plans in a row, as `engine.fleet` sends them: what only a first plan makes possible comes in the next
MOST_OBJECTIONS = 8  # changes that the planner refuses and that are sent all the same
NOWHERE = "00000000-0000-0000-0000-000000000000"
Ids = Mapping[ResourceKey, dict[str, str | int]]


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
    begun = begin(trial.preview(have, kinds), kinds)
    untried = tuple(map(str, begun.preview.found.unjudged))
    proof = Proof("", case.site, (case.site,), ProofResult.NOT_PROVED, untried=untried)
    if odd := unlike(interpret(case.site, rows_of(case.inventory), begun.kinds, 0.0), have, begun.kinds):
        return replace(proof, reason=f"the twin is not like the site: {odd}")
    ended = await trial.rounds(have)
    twin, (one, todo) = trial.twin, trial.planned(ended.seen)
    proof = replace(
        proof, plan_id=ended.first, tolls=twin.tolls, calls=twin.calls, simulated_s=round(twin.clock.elapsed)
    )
    left = dict.fromkeys(map(str, (*of_the_edit(todo.changes), *of_the_edit(one.found.changes))))
    blocked = () if ended.is_stopped else begun.blocked[:MOST_OBJECTIONS]
    objections = [await trial.objection(b.key, b.reason) for b in blocked]
    return judged(replace(proof, left=tuple(left), objections=tuple(objections)), begun, ended, twin.refusals)


class _Trial:
    def __init__(self, case: Case, kinds: Kinds) -> None:
        self._case, self._kinds = case, kinds
        self._notes = _Notes()
        self.twin: Twin = twin_of(case.site, case.inventory)
        self.remote = SiteRemote(case.site, self.twin, kinds, self.twin.clock)

    def preview(self, have: Snapshot, kinds: Kinds) -> Preview:
        """What Git says against what the twin shows. Secrets are not read."""
        return exact_of(self._case.after, of_a_platform(have, kinds), kinds, self._case.edit)

    def planned(self, have: Snapshot) -> tuple[Preview, Plan]:
        """The same, and a plan that closes what was left open."""
        one = self.preview(have, self._kinds)
        return one, plan(one.found, one.context, self._kinds, self._notes.windows, self._case.after.revision)

    async def rounds(self, have: Snapshot) -> Ended:
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
        return Ended(next(iter(done), ""), outcome, have, tuple(sorted(self._notes.windows - stays)))

    async def objection(self, key: ResourceKey, reason: str) -> Objection:
        """What the twin says to one change that the planner leaves out."""
        have, lenient = await self.remote.observe(), _lenient(self._kinds)
        one = self.preview(have, lenient)
        wanted = tuple(c for c in one.found.changes if c.key == key)
        todo = plan(Comparison(wanted), one.context, lenient, (), self._case.after.revision)
        before = len(self.twin.refusals)
        outcome = await self._sent(todo, one.context, _nowhere(todo, have))
        return Objection(str(key), reason, cause(outcome, self.twin.refusals[before:]))

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
