"""Many sites at once, each over its own line: what the commands run on. A dead site costs its own time-outs only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reconciler.apply import at_rest
from reconciler.clients import (
    Derived,
    Endpoint,
    Observer,
    Sender,
    open_central,
    open_session,
    service_opener,
)
from reconciler.clients.http import Limits, nobody
from reconciler.engine.board_service import SiteBoards
from reconciler.engine.central import Central
from reconciler.engine.central_world import Dcmanager, Sharing
from reconciler.engine.in_turn import in_turn
from reconciler.engine.memory import Memory
from reconciler.engine.office import Office, Visit, work
from reconciler.engine.permission import ANY
from reconciler.engine.reaching import Reaching
from reconciler.engine.read_once import deployed_with
from reconciler.engine.reconcile import Judged, judge, reconcile
from reconciler.engine.remote import Keep, SiteRemote, unkept
from reconciler.engine.remotes import Remotes, Shared
from reconciler.engine.strategy_side import Orders
from reconciler.engine.unsealed import is_noted
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.model.words import Result

ROUNDS = 6  # plans of one site in a row: what only a first plan makes possible comes in the next


@dataclass(frozen=True, slots=True)
class SiteResult:
    """One site's part of a command: what was found, what was done, or why it could not be judged."""

    site: str
    judged: Judged | None = None
    outcome: Outcome | None = None
    error: ReconcilerError | None = None


class Fleet:
    """The sites of a repository, reachable. Belongs to one event loop; made by `open_fleet`."""

    def __init__(
        self,
        office: Office,
        memory: Memory,
        remotes: Callable[[str], Awaitable[SiteRemote]],
        centre: Central,
    ) -> None:
        self.office, self.memory, self._remotes = office, memory, remotes
        self.centre = centre

    def judge_all(self, names: Iterable[str]) -> AsyncIterator[SiteResult]:
        """Every site looked at and planned for; nothing is sent."""
        return self._each(names, self._judge)

    def apply_all(self, names: Iterable[str], approved: Mapping[str, str]) -> AsyncIterator[SiteResult]:
        """Every site brought to Git, as far as its policies and `approved` (site -> plan id, or `*`) permit."""
        return self._each(names, lambda name: self._apply(name, approved.get(name, "")))

    async def line(self, name: str) -> SiteRemote:
        """The site's own line, also where Git says nothing of it any more, and where nobody knows yet where the site is.

        What is asked of such a site raises Nowhere. Raises ConfigError where nothing says how it is to be found.
        """
        return await self._remotes(name)

    async def visit(self, name: str, approved: str = "") -> Visit:
        """All that one visit is given. Raises ConfigErrors for what Git says, ConfigError for a missing endpoint.

        approved: by somebody who is there, and knows how the hosts are: they are tried once more.
        """
        repository = self.office.repository
        settings, desired = repository.settings(name), repository.desired(name)
        remote, memory = await self.line(name), self.memory
        journal, base, windows = memory.journal(name), memory.base(name), memory.windows(name)
        carried, declared = memory.removals(name), memory.declared(name)
        standing = memory.conditions(name)
        seen = standing if approved else ()
        return Visit(
            site=name,
            settings=settings,
            desired=desired,
            remote=remote,
            journal=journal,
            base_commit=base,
            windows=windows,
            approved=approved,
            carried=carried,
            declared=declared,
            suspensions=memory.suspensions,
            approvals=memory.approvals(name),
            recorder=partial(memory.recorder, name),
            writes=memory.writes(name),
            wrote=partial(memory.wrote, name),
            approve=memory.approve,
            out=partial(memory.windows, name),
            standing=standing,
            disproved=partial(memory.disproved, name),
            deployed=memory.deployed(name),
            deploys=partial(memory.deploys, name),
            redeploys=partial(memory.redeployments.begins, name),
            ended=partial(_ended, memory, name),
            begins=partial(memory.aborts.forget, name),
            conditions=lambda: tuple(c for c in memory.conditions(name) if c not in seen),
        )

    async def judged_beside(self, name: str) -> Judged:
        """A site as it is now, for who only asks: no visit is disturbed, and nothing is noted.

        Raises what a visit raises: ConfigErrors, ConfigError, Unreachable, Unauthorized.
        """
        visit = await self.visit(name)
        return await judge(replace(visit, remote=visit.remote.beside()), self.office)

    async def inventory(self, name: str) -> dict[str, Any]:
        """Every list that the kinds read of one site, as {path: {items: rows}}. Raises ReconcilerError."""
        remote = await self.line(name)
        await remote.observe()
        return remote.dump()

    async def _judge(self, name: str) -> SiteResult:
        visit = await self.visit(name)
        judged = await judge(visit, self.office)
        visit.remote.forget()
        self.memory.carry(name, judged.removals.carried)
        return SiteResult(name, judged)

    async def _apply(self, name: str, approved: str) -> SiteResult:
        """Plans in a row until nothing is left, or nothing moves: some work is only possible after other work."""
        done: set[str] = set()
        outcome: Outcome | None = None
        for _ in range(ROUNDS):
            visit = await self.visit(name, approved)
            if visit.windows:
                await at_rest(visit.windows, work(visit, self.office, visit.desired, visit.windows))
            judged, now = await reconcile(visit, self.office)
            self.settle(judged)
            if now.result is not Result.DONE or now.plan_id in done:
                return SiteResult(name, judged, _both(outcome, now))
            done.add(now.plan_id)
            outcome = _both(outcome, now)
            approved = approved if approved == ANY else ""  # the next plan is another one, which nobody has seen
        return SiteResult(name, judged, outcome)

    def settle(self, judged: Judged) -> None:
        """Note the base where the site has all that its commit says: from now on what differs is drift.

        What the commit removed and is not deleted yet is carried: written down first, or the new base would hide it.
        """
        site, commit = judged.desired.site, judged.desired.revision
        self.memory.carry(site, judged.removals.carried)
        is_known = self.memory.base(site) == commit and is_noted(
            judged.desired, self.memory.declared(site), self.office.kinds
        )
        if judged.follows and not is_known and self.office.repository.keep(site, commit):
            self.memory.ended(site, commit, judged.desired.resources)
            if self.memory.deployed(site) is None:
                self.memory.deploys(site, deployed_with(judged.desired, self.office.kinds, is_ours=False))

    def _each(self, names: Iterable[str], one: Callable[[str], Awaitable[SiteResult]]) -> AsyncIterator[SiteResult]:
        async def judged(name: str) -> SiteResult:
            try:
                return await one(name)
            except ReconcilerError as error:
                return SiteResult(name, error=error)

        return in_turn(names, judged)


def _ended(memory: Memory, site: str) -> None:
    """A sending has: words that were about it are no more."""
    memory.redeployments.ended(site)
    memory.aborts.forget(site)


def _both(before: Outcome | None, now: Outcome) -> Outcome:
    """One outcome for plans in a row: all entries, the last end."""
    if before is None:
        return now
    result = Result.DONE if now.result is Result.IN_SYNC else now.result
    approval = now.approval or before.approval
    return replace(now, result=result, entries=before.entries + now.entries, approval=approval)


@asynccontextmanager
async def open_fleet(
    office: Office,
    endpoints: Mapping[str, Endpoint],
    memory: Memory,
    observer: Observer = nobody,
    limits: Limits | None = None,
    *,
    derived: Derived | None = None,
    sender: Sender | None = None,
    central: Callable[[], Endpoint | None] = lambda: None,
    keep: Keep = unkept,
    sharing: Sharing | None = None,
    boards: Callable[[str], SiteBoards] | None = None,
    strategies: Orders | None = None,
) -> AsyncIterator[Fleet]:
    """A fleet over one session; each site's clients, and so its token, are kept until the end.

    derived: how sites without an endpoint are found. central: the central cloud as it is declared now. keep: is given each reading of a whole site.
    sharing: the central cloud's readings with other replicas. boards: of a site's hosts, as a service that kinds read.
    strategies: where dcmanager's are ordered; None where nobody would make them.
    """
    who, clock, reveal = sender or Sender(), office.clock, office.reveal
    async with open_session(who.agent) as session:

        def opens_central(endpoint: Endpoint) -> AbstractAsyncContextManager[Dcmanager]:
            return open_central(
                endpoint, lambda: nullcontext(session), clock, limits, observer, sender=who, reveal=reveal
            )

        centre = Central(central, opens_central, clock, sharing)
        reaching = Reaching(endpoints, derived, centre, lambda name: office.repository.settings(name).reach, clock)
        opens = service_opener(session, clock, limits, observer, sender=who, reveal=reveal)
        shared = Shared(office, memory, centre, opens, keep, boards, strategies)
        try:
            yield Fleet(office, memory, Remotes(shared, reaching).of, centre)
        finally:
            await centre.close()
