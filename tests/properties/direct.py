"""A simulated system without any socket: read, planned for and written to in one process, on its own clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from reconciler.apply import Pace, Work, send
from reconciler.clients.bodies import encoded
from reconciler.clients.faults import error_of
from reconciler.clients.json import decode, without_links
from reconciler.clients.message import Answer
from reconciler.clients.message import Request as Sent
from reconciler.diff import Past, Present, compare, gone, prunings, removals, spelled, with_deletes
from reconciler.engine.remote import SiteRemote
from reconciler.engine.render import snapshot
from reconciler.kinds import registry
from reconciler.model.change import Comparison
from reconciler.model.condition import HostCondition
from reconciler.model.kind import Context, Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored
from reconciler.model.words import Prune
from reconciler.plan import plan
from reconciler.simulator.build_repo import build
from reconciler.simulator.exchange import Request
from reconciler.simulator.system import System
from tests.properties.documents import SITES, site_of

KINDS = registry()
PACE = Pace(first_poll_s=5.0, last_poll_s=60.0)
PRUNING = Settings(prune={"default": Prune.AUTO})


class Clock:
    """The system's own: to wait is to let it live."""

    def __init__(self, system: System) -> None:
        self._system = system

    def now(self) -> float:
        return self._system.now

    async def sleep(self, seconds: float) -> None:
        self._system.advance(self._system.now + seconds)


class Wire:
    """The system's API as the engine calls it, with the client's own reading of what is refused."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.refused: list[str] = []

    async def list(self, path: str, items: str) -> tuple[Mapping[str, Any], ...]:
        return tuple((await self.get(path))[items])

    async def get(self, path: str) -> Any:
        return without_links(self._asked("GET", path, b"", {}))

    async def send(self, method: str, path: str, body: Any) -> Any:
        content, _, form = encoded(body) if body is not None else (b"", (), "")
        return without_links(self._asked(method, path, content, {"Content-Type": form, "User-Agent": "stx-reconciler"}))

    def _asked(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Any:
        bare, _, query = path.partition("?")
        asked = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        response = self._system.handle(Request(method, bare, asked, headers, content))
        answer = Answer(response.status, response.content())
        if answer.status >= 400:
            error = error_of(answer, Sent("platform", method, path, path, 1.0, method == "GET"), "site")
            self.refused.append(str(error))
            raise error
        return decode(answer.body) if answer.body else None


class Answered:
    """Where every call has its answer, nothing is in doubt."""

    def stores(self, note: Stored) -> None:
        """Its answer comes."""

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:
        return ()

    def applied(self, key: ResourceKey) -> None:
        """As it was expected."""


@dataclass
class Journal(Answered):
    """Nobody restarts."""

    windows: list[str] = field(default_factory=list)

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        self.windows.append(host)

    def window_closed(self, host: str) -> None:
        self.windows = [name for name in self.windows if name != host]

    def stands(self, condition: HostCondition) -> None:
        """Told by the outcome."""

    def over(self, host: str) -> None:
        """Told by the outcome."""


@dataclass(frozen=True)
class Judged:
    """Both sides, what differs, and the plan."""

    want: Snapshot
    have: Snapshot
    found: Comparison
    plan: Plan


class Box:
    """One simulated system, its own to write to."""

    def __init__(self, system: System) -> None:
        self.system = deepcopy(system)
        self.wire, self.clock, self.journal = Wire(self.system), Clock(self.system), Journal()
        self._remote = SiteRemote("site", self.wire, KINDS, self.clock)

    def observed(self) -> Snapshot:
        return asyncio.run(self._remote.observe())

    def judged(self, want: Snapshot, base: Snapshot | None = None) -> Judged:
        """What the site needs to become what Git says. base: what Git said before; what it lost is deleted."""
        return judged(want, self.observed(), base)

    def applied(self, todo: Judged) -> Outcome:
        """The plan sent, whatever it costs."""
        work = Work("site", self._remote, self.journal, self.clock, PACE, KINDS, todo.want)
        return asyncio.run(send(todo.plan, work))


def rendered(site: Any, commit: str = "c1") -> Snapshot:
    """What the documents of a site say."""
    return snapshot(site, KINDS, commit)


def judged(want: Snapshot, have: Snapshot, base: Snapshot | None = None) -> Judged:
    """The pure core, as the main path puts it together, under the boldest policy."""
    want = spelled(want, have, KINDS)
    found = compare(want, have, KINDS)
    if base is not None:
        base = replace(spelled(base, have, KINDS), revision="c0")
        now = Present(want, have)
        known = removals(now, Past(base), dict.fromkeys(gone(base, want, KINDS), want.revision), KINDS)
        found = with_deletes(compare(want, have, KINDS, base), now, base, prunings(known, PRUNING, KINDS), KINDS)
    return Judged(want, have, found, plan(found, Context(want, have), KINDS, (), want.revision))


@cache
def in_service(name: str) -> System:
    """The example site, installed and brought to what its files say. Made once: a Box copies it."""
    box, want = Box(build(SITES, name)), rendered(site_of(name, []))
    while not (todo := box.judged(want)).plan.is_empty:
        outcome = box.applied(todo)
        assert outcome.is_done, outcome.message
    return box.system
