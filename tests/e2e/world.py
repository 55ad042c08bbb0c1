"""Simulated sites behind real sockets, and the controller's parts as its commands put them together.

One clock serves both: waiting costs nothing real, and only waiting lets simulated time pass, so a run is the same
every time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from reconciler.apply import Pace
from reconciler.clients import SYSTEM_CLOCK, load, load_derived
from reconciler.clients.clock import Clock
from reconciler.clients.http import Limits
from reconciler.clients.redfish import Boards
from reconciler.engine.board_checks import LIMIT_S, BoardChecks
from reconciler.engine.board_places import macs_of, places_of
from reconciler.engine.board_service import board_services
from reconciler.engine.board_visits import BoardVisits
from reconciler.engine.central_place import central_of
from reconciler.engine.fleet import Fleet, SiteResult, open_fleet
from reconciler.engine.office import Office
from reconciler.engine.opening import open_repository
from reconciler.engine.reconcile import Judged
from reconciler.kinds import registry
from reconciler.model.outcome import Outcome
from reconciler.simulator import endpoints
from reconciler.simulator.build_repo import boards_of, builders
from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.journal import Journal, Write
from reconciler.simulator.server import Server, ServerOptions, serve
from reconciler.simulator.site import Site
from reconciler.store import Store, StoreMemory, recall

NEW_YEAR = 1_767_225_600.0  # Unix seconds: 2026-01-01
PACE = Pace(first_poll_s=5.0, last_poll_s=60.0)
SHORT = Limits(connect_s=1.0, read_s=3.0, write_s=3.0, action_s=3.0)  # real seconds, where an answer is to be missed
PASSWORD = "simulated"
SPEED = 5000.0  # simulated seconds in a real one
QUICK_PACE = Pace(first_poll_s=0.02, last_poll_s=0.1)


class Waited:
    """Time that passes only while somebody waits, and what is to happen meanwhile."""

    def __init__(self) -> None:
        self._now = NEW_YEAR
        self._due: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        until = self._now + seconds
        await asyncio.sleep(0)
        self._now = max(self._now, until)  # who waits beside us waits at the same time
        for when, deed in [due for due in self._due if due[0] <= self._now]:
            self._due.remove((when, deed))
            deed()

    def after(self, seconds: float, deed: Callable[[], None]) -> None:
        """Have something happen once so much time has passed."""
        self._due.append((self._now + seconds, deed))


class Bell(Journal):
    """A site's journal that does something at the nth accepted write that matches, before it is answered."""

    def __init__(self, before: Journal, pattern: str, nth: int, deed: Callable[[], None]) -> None:
        super().__init__(before.writes, before.hosts, before.requests)
        self._before = before
        self._pattern, self._left, self._deed = re.compile(pattern), nth, deed

    def count(self, hostname: str, what: str) -> None:
        self._before.count(hostname, what)

    def wrote(self, now: float, request: Request, response: Response) -> None:
        super().wrote(now, request, response)
        text = f"{request.method} {request.path} {request.content.decode()}"
        if response.status < 400 and self._pattern.search(text):
            self._left -= 1
            if not self._left:
                self._deed()


@dataclass
class World:
    """A site-config folder, the sites that are simulated for it, and a state folder. Each visit is a new start.

    database: where the store of these visits is; "" in the state folder.
    limits: as in service, so that a busy machine is not taken for a silent site.
    """

    root: Path
    state: Path
    endpoints: Path
    server: Server
    clock: Clock
    pace: Pace
    database: str = ""
    limits: Limits = field(default_factory=Limits)
    said: list[str] = field(default_factory=list)  # what applying told whoever watches

    @asynccontextmanager
    async def fleet(self) -> AsyncIterator[Fleet]:
        """The fleet as a command opens it: repository read anew, store from disk, no token yet."""
        with (
            Store.open(self.state, url=self.database) as store,
            open_repository(str(self.root), "", "", self.state, registry()) as source,
            Boards(self.endpoints.parent) as boards,
        ):
            visits = BoardVisits(boards, store.board_refusals, self.clock)
            places = places_of(source, load(self.endpoints), load_derived(self.endpoints))
            checks = BoardChecks(places, macs_of(source), visits, self.clock, patience_s=LIMIT_S)
            service = board_services(source, registry(), places, visits, self.clock)
            memory = StoreMemory(store)
            office = Office(registry(), source, self.clock, self.pace, self._say, lasting=memory, boards=checks)
            central = central_of(self.endpoints, source)
            derived = load_derived(self.endpoints)
            async with open_fleet(
                office,
                load(self.endpoints),
                memory,
                limits=self.limits,
                derived=derived,
                central=central,
                boards=service,
            ) as fleet:
                yield fleet
            await checks.close()

    def _say(self, site: str, text: str) -> None:
        self.said.append(f"{site}: {text}")

    async def converge(self, *names: str, approved: str = "*") -> Mapping[str, SiteResult]:
        """One `stxr apply` over these sites, or all. approved: a plan id, `*` for whatever the plans are, or ""."""
        async with self.fleet() as fleet:
            wanted = dict.fromkeys(names or sorted(fleet.office.repository.names), approved)
            return {r.site: r async for r in fleet.apply_all(wanted, wanted)}

    async def plan_again(self, *names: str) -> Mapping[str, SiteResult]:
        """One `stxr plan` over these sites, or all."""
        async with self.fleet() as fleet:
            wanted = names or sorted(fleet.office.repository.names)
            return {r.site: r async for r in fleet.judge_all(wanted)}

    async def applied(self, name: str, approved: str = "*") -> Outcome:
        """How an apply to one site ended."""
        result = (await self.converge(name, approved=approved))[name]
        assert result.outcome is not None, result.error
        return result.outcome

    async def judged(self, name: str) -> Judged:
        """What a look at one site finds."""
        result = (await self.plan_again(name))[name]
        assert result.judged is not None, result.error
        return result.judged

    async def is_in_sync(self, name: str) -> bool:
        judged = await self.judged(name)
        return judged.found.is_empty and judged.plan.is_empty

    def after(self, seconds: float, deed: Callable[[], None]) -> None:
        """Have something happen once so much time has passed."""
        assert isinstance(self.clock, Waited)
        self.clock.after(seconds, deed)

    def windows(self, name: str) -> frozenset[str]:
        """Hosts that the store believes to be locked by us."""
        with Store.open(self.state) as store:
            return store.windows(name)

    def windows_beside(self, name: str) -> frozenset[str]:
        """The same, while another process owns the state folder."""
        return recall(self.state).windows(name)

    def site(self, name: str) -> Site:
        return self.server.central if name == CENTRAL else self.server.sites[name]

    def writes(self, name: str, since: int = 0) -> list[Write]:
        """The writes that the site was sent, in order."""
        return self.site(name).system.journal.writes[since:]

    def at(self, name: str, pattern: str, deed: Callable[[], None], nth: int = 1) -> None:
        """Do something at the site's nth write whose `METHOD path body` has the pattern, before it is answered."""
        system = self.site(name).system
        system.journal = Bell(system.journal, pattern, nth, deed)

    def count(self, name: str, what: str, host: str = "controller-0") -> int:
        """How often a host was locked, unlocked, rebooted or swacted."""
        return int(self.site(name).counters()["hosts"].get(host, {}).get(what, 0))

    def host(self, name: str, host: str = "controller-0") -> Mapping[str, object]:
        """The host's row, as it is stored."""
        return self.site(name).rows("ihosts", {"hostname": host})[0]


@asynccontextmanager
async def playing(root: Path, scratch: Path) -> AsyncIterator[World]:
    """The sites of a site-config folder, freshly bootstrapped, in time that only waiting lets pass."""
    clock = Waited()
    options = ServerOptions(password=PASSWORD, clock=clock.now, wall_clock=clock.now)
    async with _world(root, scratch, options, clock, PACE) as world:
        yield world


@asynccontextmanager
async def running(root: Path, scratch: Path) -> AsyncIterator[World]:
    """The same in real time, for commands in processes of their own; the sites live much faster."""
    async with _world(root, scratch, ServerOptions(SPEED, PASSWORD), SYSTEM_CLOCK, QUICK_PACE) as world:
        yield world


@asynccontextmanager
async def _world(root: Path, scratch: Path, options: ServerOptions, clock: Clock, pace: Pace) -> AsyncIterator[World]:
    systems = builders(root)
    options = replace(options, boards=partial(boards_of, root, PASSWORD))
    async with serve(systems, options=options) as server:
        endpoints.write(scratch / "endpoints.yaml", server.url, systems, PASSWORD)
        yield World(root, scratch / "state", scratch / "endpoints.yaml", server, clock, pace)
