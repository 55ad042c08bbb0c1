"""One process among the replicas that share a database: its session, its share of the sites, and whether it leads.

A session is renewed at every beat. How long it certainly lasts is known here without asking, by a clock that runs on
while the process is stopped: counted from before the renewal was sent, so that the database never ends it earlier.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from reconciler.model.errors import Held, Lost
from reconciler.model.replica import LEADER, Lease, Post, Replica, of_site, owner
from reconciler.store import Process

LOOK_S = 0.5
ROUNDING_S = 0.01
SILENT = "this replica was silent for too long: its sites are taken over by others"
Ticks = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. lasts_s: of silence, after which a replica is taken for dead, and its sites are the others'.

    beat_s: between two renewals. margin_s: nothing is sent in the last seconds of a session; at least what connecting to
      a site may take.
    takeover_s: of silence, after which others go on with what it was sending, which begins with a look: within two
      minutes every site of a dead replica is looked at.
    """

    lasts_s: float = 40.0
    beat_s: float = 5.0
    margin_s: float = 10.0
    takeover_s: float = 90.0


class Sessions(Protocol):
    """`store.sessions`."""

    def open(self, who: Process, lasts_s: float) -> str: ...

    def renew(self, session: str, lasts_s: float) -> bool: ...

    def close(self, session: str) -> None: ...

    def bury(self) -> None: ...

    def known(self) -> tuple[Replica, ...]: ...


class Leases(Protocol):
    """`store.leases`."""

    def take(self, subject: str, session: str) -> Lease | None: ...

    def give_back(self, lease: Lease) -> None: ...

    def is_held(self, lease: Lease) -> bool: ...


def ticks() -> float:
    """Seconds of a clock that nobody sets, and that runs on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Replicas:
    """`engine.membership.Membership` over a database. Belongs to one event loop."""

    def __init__(
        self, who: Process, sessions: Sessions, leases: Leases, times: Times | None = None, ticks: Ticks = ticks
    ) -> None:
        self._who, self._sessions, self._leases, self._ticks = who, sessions, leases, ticks
        self.times = times or Times()
        self._session, self._until = "", 0.0
        self._has_joined = asyncio.Event()
        self._lead: Lease | None = None
        self._owners: dict[str, str] = {}
        self.known: tuple[Replica, ...] = ()

    @property
    def name(self) -> str:
        return self._who.name

    # ---- Membership

    @property
    def post(self) -> Post:
        return Post.LEADER if self._lead else Post.FOLLOWER

    @property
    def lead(self) -> Lease | None:
        return self._lead

    def is_mine(self, site: str) -> bool:
        if site not in self._owners:
            self._owners[site] = owner(site, self.live)
        return self._owners[site] == self._who.name

    def take(self, site: str) -> Lease | None:
        return self._leases.take(of_site(site), self._session)

    def give_back(self, lease: Lease) -> None:
        self._leases.give_back(lease)

    def is_held(self, lease: Lease) -> bool:
        return self._leases.is_held(lease)

    @asynccontextmanager
    async def alone(self, subject: str) -> AsyncIterator[None]:
        """For as long as it lasts no other replica is at this, nor is another task here. A dead one's turn ends with its session."""
        while (lease := self._leases.take(subject, self._session)) is None:  # noqa: ASYNC110 - another process gives it back
            await asyncio.sleep(LOOK_S)
        try:
            await self.may_write("")
            yield
        finally:
            self._leases.give_back(lease)

    # ---- the others

    @property
    def live(self) -> frozenset[str]:
        """Names of the replicas that are there, this one too."""
        return frozenset(replica.name for replica in self.known if replica.is_live)

    @property
    def gone(self) -> tuple[str, ...]:
        """Replicas that have been silent for so long that others go on with what they were sending."""
        return tuple(r.name for r in self.known if not r.is_live and r.silent_s >= self.times.takeover_s)

    async def gone_now(self) -> tuple[str, ...]:
        """The same, asked anew: one that has come back since the last beat has begun where it left off."""
        if self.gone:
            await self._look()
        return self.gone

    # ---- the session

    @property
    def waits_for(self) -> str:
        """What keeps it from its share of the sites; "" for nothing."""
        return "" if self._has_joined.is_set() else f"the end of an earlier process named {self.name}, if there is one"

    @property
    def left_s(self) -> float:
        """How long this process's session certainly lasts, unless it is renewed."""
        return self._until - self._ticks()

    async def may_write(self, site: str) -> None:  # noqa: ARG002
        """Returns when a call that begins now leaves within the session. That may be never: the process ends first."""
        while not self._session or self.left_s <= self.times.margin_s:  # noqa: ASYNC110 - time passes, or the process ends
            await asyncio.sleep(LOOK_S)

    async def join(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Open the session. One that an earlier process of this name left is waited for until it runs out.

        Raises Held where that process goes on renewing it: two of one name would take each other's work.
        """
        first: Replica | None = None
        while not await self._opened():
            first = self._not_live(await asyncio.to_thread(self._namesake), first)
            await sleep(self.times.beat_s / 2)
        await self._look()
        self._has_joined.set()

    async def stay(self) -> None:
        """Once it is open, renew it, for ever. Raises Lost when it is over, and before it may be where nobody can say."""
        await self._has_joined.wait()
        while True:
            await asyncio.sleep(max(0.0, min(self.times.beat_s, self.left_s - self.times.margin_s)))
            await self._beat()

    def leave(self) -> None:
        """End the session: the others need not wait until it runs out."""
        session, self._session, self._lead = self._session, "", None
        self._has_joined.clear()
        if session:
            self._sessions.close(session)

    async def _opened(self) -> bool:
        began = self._ticks()
        self._session = await asyncio.to_thread(self._sessions.open, self._who, self.times.lasts_s)
        self._until = began + self.times.lasts_s if self._session else 0.0
        return bool(self._session)

    def _namesake(self) -> Replica | None:
        return next((r for r in self._sessions.known() if r.name == self._who.name and r.is_live), None)

    def _not_live(self, now: Replica | None, first: Replica | None) -> Replica | None:
        """The namesake as it was first seen. Raises Held once it was heard of again since."""
        is_same = bool(now and first and now.session == first.session)
        if now and first and is_same and now.heard_s > first.heard_s + ROUNDING_S:
            raise Held(
                f"a replica named {now.name} is at work (process {now.pid} on {now.host}): "
                "give each replica a name of its own (--replica)"
            )
        return first if is_same else now

    async def _beat(self) -> None:
        left_s, began = self.left_s - self.times.margin_s, self._ticks()
        try:
            renewal = asyncio.to_thread(self._sessions.renew, self._session, self.times.lasts_s)
            is_open = await asyncio.wait_for(renewal, max(left_s, LOOK_S))
        except (SQLAlchemyError, TimeoutError) as error:
            if self.left_s > self.times.margin_s:
                return  # the database may answer again before the session ends
            raise Lost(f"the database did not answer in time: {error or 'no answer'}") from error
        if not is_open:
            raise Lost(SILENT)
        self._until = began + self.times.lasts_s
        await self._look()

    async def _look(self) -> None:
        known, lead = await asyncio.to_thread(self._seen)
        if {r.name for r in known if r.is_live} != self.live:
            self._owners = {}
        self.known, self._lead = known, self._lead or lead

    def _seen(self) -> tuple[tuple[Replica, ...], Lease | None]:
        """Who is there, and the lead if it is free."""
        self._sessions.bury()
        lead = None if self._lead else self._leases.take(LEADER, self._session)
        return self._sessions.known(), lead


def lost(error: BaseException) -> str:
    """Why a process that shares a database must end at once; "" for an error that is no such reason."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(lost, error.exceptions)), "")
    if isinstance(error, OperationalError):  # a visit met it before the next renewal did
        return f"the database cannot be used: {str(error.orig).strip()}"
    return str(error) if isinstance(error, Lost) else ""


def moved(sites: Collection[str], before: Collection[str], after: Collection[str], name: str) -> frozenset[str]:
    """The sites that became this replica's when the live ones changed."""
    return frozenset(site for site in sites if owner(site, after) == name != owner(site, before))
