"""The controller: watches the repository, visits every site when it is due, keeps and tells what it finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace

from reconciler.engine.conditions import with_conditions
from reconciler.engine.due import Due, Schedule
from reconciler.engine.fleet import Fleet
from reconciler.engine.membership import Alone, Membership
from reconciler.engine.office import Visit as SiteVisit
from reconciler.engine.queue import Queue
from reconciler.engine.reconcile import Judged, reconcile
from reconciler.engine.sending import Sends, sent_now
from reconciler.engine.telling import Telling
from reconciler.engine.verdicts import after
from reconciler.model.dark import HostSight
from reconciler.model.drift import DriftEvent, SiteDrift
from reconciler.model.errors import ReconcilerError, Visit
from reconciler.model.gate import GateName
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.replica import Post
from reconciler.model.verdict import Verdict
from reconciler.model.words import Result, State
from reconciler.store import Store, fenced

ELSEWHERE_S = 5.0  # another replica works on it still
FREED = 3  # sites that are looked at when one has given hosts back: the first may wait for something else still
SendsTo = Callable[[str], Awaitable[bool]]


async def nobody_sends(site: str) -> bool:  # noqa: ARG001
    """There are no others."""
    return False


def unheard(event: DriftEvent) -> None:
    """Nobody is told what becomes of drift."""


class Controller:
    """Visits of all sites, for ever. Level-triggered: a visit looks at what Git and the site say when it begins."""

    def __init__(
        self,
        fleet: Fleet,
        store: Store,
        schedule: Schedule,
        queue: Queue,
        tell: Callable[[Verdict], None],
        *,
        members: Membership | None = None,
    ) -> None:
        self._members = members or Alone()
        self._fleet, self.store, self._queue, self._tell = fleet, store, queue, tell
        self.turned: Callable[[DriftEvent], None] = unheard
        self._telling = Telling(fleet)
        self._sends: Sends = sent_now
        self._sends_to: SendsTo = nobody_sends
        self._under_way: set[str] = set()  # sites whose plan is being sent by a workflow
        self._due = Due(schedule, queue.mark, fleet.office.clock)
        self.verdicts: dict[str, Verdict] = {v.site: v for v in store.verdicts()}
        self.drift: dict[str, SiteDrift] = store.drift.all()

    async def run(self) -> None:
        """Visit sites as they come due; cancel it to end it."""
        await self._queue.run(self.visit)

    def put(self, sites: Iterable[str]) -> None:
        """These sites are to be visited now."""
        for site in sites:
            self._queue.put(site)

    def resume(self, sites: Iterable[str]) -> None:
        """After a start: what is known to be in order is read when its time comes, all else now.

        A start is no reason to read 5,000 sites at once over their thin links.
        """
        keys = self._fleet.office.repository.tree.keys
        for site in sites:
            self._queue.put(site, self._due.of(self.verdicts.get(site), keys.get(site)))

    def spread(self, sites: Iterable[str], over_s: float) -> None:
        """These sites are to be visited soon, and not all at once."""
        for site in sites:
            self._queue.put(site, self._due.within(over_s))

    def heed(self, subjects: Iterable[str]) -> None:
        """Somebody said something of these sites, groups, plans, changes or gates: what they concern is visited now."""
        said = frozenset(subjects)
        self.put([v.site for v in self.verdicts.values() if said & {v.site, v.group, v.plan_id, v.change, *_gates(v)}])

    def drop(self, sites: Iterable[str]) -> None:
        """These sites are not managed any more: nothing happens to them."""
        gone = frozenset(sites)
        for site in gone:
            self._queue.drop(site)
            for known in (self.verdicts, self.drift):
                known.pop(site, None)
        self._due.forget(gone)
        if self.leads:  # the others may have read an older commit
            self.store.forget(gone)
        self._fleet.office.repository.forget(gone)

    def goes_on(self, sends: Sends, under_way: Iterable[str], sends_to: SendsTo = nobody_sends) -> None:
        """Plans are sent by workflows from now on; those of these sites are on their way already.

        sends_to: asked before each visit. Who plans a site while its plan is on its way plans the same once more.
        """
        self._sends, self._under_way, self._sends_to = sends, set(under_way), sends_to

    def hosts(self, group: str) -> int:
        """How many hosts the sites of a group have, as far as they were read; "" for all."""
        return sum(len(v.hosts) for v in self.verdicts.values() if group in {"", v.group})

    @property
    def breakers_open(self) -> int:
        """Sites that failed so often in a row that they are not expected to answer. May be asked from any thread."""
        return self._due.breakers_open

    def is_under_way(self, name: str) -> bool:
        """A workflow sends the site's plan."""
        return name in self._under_way

    def ended(self, name: str, outcome: Outcome) -> None:
        """A workflow's plan has ended: the site is looked at when it is worth it, at once where all went well."""
        self._under_way.discard(name)
        self._fleet.office.bounds.ended(name, outcome)
        self._wake(GateName.BUDGET, FREED)
        if (outcome.is_unverified or not outcome.is_done) and (known := self._known(name)):
            self._keep(after(known, outcome, self._fleet.office.clock.now()))
        self._queue.put(name, self._due.after(name, outcome))

    def dark(self) -> tuple[Verdict, ...]:
        """The sites that are looked at from here and answer nobody."""
        return tuple(v for v in self.verdicts.values() if v.is_dark and self._members.is_mine(v.site))

    def light(self, name: str, boards: tuple[HostSight, ...]) -> bool:
        """What the controllers of a site's hosts say. False where the site has answered since, or is another's now."""
        known = self.verdicts.get(name)
        if known is None or not known.is_dark or not self._members.is_mine(name):
            return False
        now = self._fleet.office.clock.now()  # by which other replicas know that it is another verdict
        self.verdicts[name] = self.store.keep(replace(known, boards=boards, judged_at=now)).verdict
        return True

    # ---- among replicas

    @property
    def leads(self) -> bool:
        """Whether this replica speaks for all of them."""
        return self._members.post is Post.LEADER

    @property
    def sites(self) -> frozenset[str]:
        """Every site that Git names, whoever looks at it."""
        return self._fleet.office.repository.names

    @property
    def under_way(self) -> frozenset[str]:
        """The sites whose plan is being sent by a workflow, of whichever replica."""
        return frozenset(self._under_way)

    def heard(self, before: frozenset[str], under_way: frozenset[str]) -> None:
        """What is under way now, by the database: other replicas begin and end plans too.

        before: what was under way here when the database was asked.
        """
        for name in (before - under_way) & self._under_way:
            self._under_way.discard(name)
            if last := next(self.store.outcomes(name), None):
                self._queue.put(name, self._due.after(name, last[2]))
        self._under_way |= under_way

    def refresh(self) -> None:
        """Know the verdicts, and the drift, that other replicas keep."""
        names = self._fleet.office.repository.names
        marks = {name: (known.judged_at, str(known.state)) for name, known in self.verdicts.items()}
        moved = {v.site: v for v in self.store.newer(marks) if v.site in names}
        self.verdicts |= moved
        self.drift |= self.store.drift.of(moved)

    def _known(self, name: str) -> Verdict | None:
        """Of a site that is another's, as it is kept: what is known here may be older."""
        return self.verdicts.get(name) if self._members.is_mine(name) else self.store.verdict(name)

    # ---- visits

    async def visit(self, name: str) -> float:
        """One site, once; seconds until it is due again. Others' sites are left to them."""
        # who sends to it looks at it; its end puts it here again
        if name in self._under_way or not self._members.is_mine(name):
            self._tell_late(name)
            return self._due.in_turn()
        if (lease := self._members.take(name)) is None:
            return ELSEWHERE_S
        try:
            with fenced(lease):
                if await self._sends_to(name):  # another replica began it a moment ago
                    self._under_way.add(name)
                    return ELSEWHERE_S
                return await self._visit(name)
        finally:
            self._members.give_back(lease)

    async def _visit(self, name: str) -> float:
        try:
            verdict, outcome = await self._visited(name)
        except ReconcilerError as error:
            return self._failed(name, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours at one site must not end the visits of the others
            return self._failed(name, _ours(name, error))
        self._keep(verdict)
        if outcome.result is Result.BEGUN:
            self._under_way.add(name)
            return self._due.in_turn()
        return self._due.after(name, outcome)

    def begins(self, name: str, todo: Plan) -> None:
        """A plan begins to be sent: until it ends, the site is applying, and everybody can see that."""
        settings = self._fleet.office.repository.settings(name)
        self._fleet.office.turns.begins(name)
        known = self.verdicts.get(name) or Verdict(name, State.UNKNOWN)
        before = replace(known, group=settings.group, mode=settings.mode)
        locks = f", locks {', '.join(todo.locked_hosts)}" if todo.locked_hosts else ""
        told = f"plan {todo.id} is being sent{locks}"
        self._keep(replace(before, state=State.APPLYING, reason="applying", message=told, plan_id=todo.id))

    async def _visited(self, name: str) -> tuple[Verdict, Outcome]:
        began = self._fleet.office.clock.now()
        visit, turns = await self._fleet.visit(name), self._fleet.office.turns
        turns.looked(name, await visit.remote.surroundings() if turns.watches(name) else None)
        judged, outcome = await self._reconciled(visit)
        self._fleet.settle(judged)
        if outcome.entries:  # a plan that waits has no history yet
            self.store.record(name, judged.desired.revision, outcome)
        before = self.verdicts.get(name)
        return await self._telling.visited(visit, judged, outcome, began=began, before=before), outcome

    async def _reconciled(self, visit: SiteVisit) -> tuple[Judged, Outcome]:
        """What was read is kept only for who sends a plan that was made of it."""
        is_begun, outcome = False, None
        try:
            judged, outcome = await reconcile(visit, self._fleet.office, self._sends)
            is_begun = outcome.result is Result.BEGUN
            return judged, outcome
        finally:
            if not is_begun:
                visit.remote.forget()
                self._let_go(visit.site, outcome)

    def _let_go(self, name: str, outcome: Outcome | None) -> None:
        """What was claimed for a plan that was sent from here, or was not sent at all."""
        bounds = self._fleet.office.bounds
        if not bounds.has_claimed(name):
            return
        if outcome and outcome.entries:
            bounds.ended(name, outcome)
        else:
            bounds.let_go(name)
        self._wake(GateName.BUDGET, FREED)

    def _wake(self, gate: GateName, most: int) -> None:
        """Those that wait longest for a gate that may have opened."""
        waiting = [(hold.since or 0.0, v.site) for v in self.verdicts.values() for hold in v.holds if hold.gate is gate]
        self.put(site for _, site in sorted(waiting)[:most])

    def _failed(self, name: str, error: ReconcilerError) -> float:
        self._keep(self._telling.failed(name, error, self.verdicts.get(name)))
        backoff_s = self._due.failed(name)
        return self._due.in_turn() if error.visit is Visit.STALLED else backoff_s

    def goes(self, name: str, told: str) -> None:
        """How far a plan on its way is that somebody else carries out; of others' sites nobody hears it here."""
        known = self.verdicts.get(name) if self._members.is_mine(name) else None
        if known and known.state is State.APPLYING and known.message != told:
            self._keep(replace(known, message=told, judged_at=self._fleet.office.clock.now()))

    def _tell_late(self, name: str) -> None:
        """A host that is not back in time is told while its plan is on its way; of others' sites by them."""
        known = self.verdicts.get(name) if self._members.is_mine(name) else None
        if known and set(self.store.conditions.late(name)) - set(known.conditions):
            self._keep(known)

    def _keep(self, verdict: Verdict) -> None:
        if verdict.site not in self._fleet.office.repository.names:
            return  # dropped while it was visited
        site, conditions = verdict.site, self.store.conditions
        told = with_conditions(verdict, (*conditions.late(site), *conditions.of(site)), self.store.deadlines(site))
        kept = self.store.keep(told)
        self.verdicts[site], self.drift[site] = kept.verdict, kept.drift
        self._tell(kept.verdict)
        for event in kept.events:
            self.turned(event)


def _gates(verdict: Verdict) -> Iterator[str]:
    return (str(hold.gate) for hold in verdict.holds)


def _ours(name: str, error: Exception) -> ReconcilerError:
    """A fault of the program, told as such; the stack goes with it to whoever logs it."""
    told = (
        f"{name}: this is a fault of stx-reconciler, not of the site: {type(error).__name__}: {error}; please report it"
    )
    wrapped = ReconcilerError(told)
    wrapped.__cause__ = error
    return wrapped
