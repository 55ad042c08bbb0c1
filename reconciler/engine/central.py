"""The central cloud, read once for all sites: on its own interval, and anew where a plan is about to be sent.

Whoever needs it at the same time shares one reading. A reading that failed is not tried again at each site: a central
cloud that does not answer costs one time-out, not one a site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Protocol

from reconciler.clients import CENTRAL, Credentials, Declared, Endpoint, Password, load_central
from reconciler.desired import Fleet
from reconciler.engine.repository import Repository
from reconciler.model.alarm import SiteAlarms
from reconciler.model.central import AlarmCounts, Attention, CentralStrategy, Reading, Subcloud
from reconciler.model.errors import ReconcilerError
from reconciler.model.words import Service

FRESH_S = 15.0  # dcmanager's list stops its worker for a second at 5,000 subclouds: not asked for more often
FAILED_S = 60.0
INTERVAL_S = 60.0


class Dcmanager(Protocol):
    """What is read of the central cloud; clients.dcmanager is it."""

    async def subclouds(self) -> tuple[Subcloud, ...]: ...

    async def strategy(self) -> CentralStrategy | None: ...

    async def alarm_counts(self) -> Mapping[str, AlarmCounts]: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


Opens = Callable[[Endpoint], AbstractAsyncContextManager[Dcmanager]]


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ReconcilerError
    at: float


class Central:
    """Keeps the last reading. where: the central cloud as it is declared now; None where the fleet has none.

    Belongs to one event loop. Close it to end its line.
    """

    def __init__(self, where: Callable[[], Endpoint | None], opens: Opens, clock: Clock) -> None:
        self._where, self._opens, self._clock = where, opens, clock
        self._flight = asyncio.Lock()
        self._line = AsyncExitStack()
        self._open: tuple[Endpoint, Dcmanager] | None = None
        self._failure: _Failure | None = None
        self._looked = -inf
        self.last: Reading | None = None
        self._counted: tuple[float, Mapping[str, AlarmCounts]] = 0.0, {}

    async def of(self, site: str) -> Attention | None:
        """What it does with a site, by a reading of this quarter of a minute; None where there is no central cloud.

        Raises ReconcilerError where it cannot be read: what it does is not known then.
        """
        await self.read(FRESH_S)
        return self.last.of(site) if self.last else None

    def alarms_of(self, site: str) -> SiteAlarms | None:
        """How many alarms stand at a site, as dcmanager counted them last; None where it says nothing of it."""
        at, counts = self._counted
        return counts[site].as_alarms(at) if site in counts else None

    async def read(self, no_older_than_s: float = 0.0) -> None:
        """Read it, unless that was done so lately. Raises ReconcilerError."""
        asked = self._clock.now()
        async with self._flight:
            if self._looked >= asked - no_older_than_s:
                return
            if self._failure and self._failure.at >= asked - (FAILED_S if no_older_than_s else 0.0):
                raise self._failure.error
            await self._read(self._clock.now())

    async def watch(self, say: Callable[[str], None], freed: Callable[[frozenset[str]], None]) -> None:
        """Read it on its interval, for ever; cancel it to end it.

        say: told when it does not answer, and when it does again. freed: told which sites it is not at work on any more.
        """
        busy, told = frozenset[str](), ""
        while True:
            now_told = await self._attempt()
            if now_told != told:
                say(now_told or "the central cloud answers")
            told, was = now_told, busy
            if not told:
                busy = self.last.busy if self.last else frozenset()
                freed(was - busy)
            await self._clock.sleep(INTERVAL_S)

    async def _attempt(self) -> str:
        """Why it could not be read; "" if it could."""
        try:
            await self.read()
        except ReconcilerError as error:
            return str(error)
        await self._count()
        return ""

    async def _count(self) -> None:
        """The alarms of all sites, in one call: for those whose own Fault Management is not asked, or does not answer.

        Nothing waits for them: where they cannot be read, what was told of each site before is told with its age.
        """
        self._counted = 0.0, {}
        async with self._flight:
            if self.last and self._open:
                _, dcmanager = self._open
                with suppress(ReconcilerError):
                    self._counted = self._clock.now(), await dcmanager.alarm_counts()

    async def close(self) -> None:
        """Let go of its line."""
        await self._line.aclose()
        self._open = None

    async def _read(self, now: float) -> None:
        self._failure = None
        try:
            endpoint = self._where()
            self.last = await self._seen(endpoint, now) if endpoint else None
        except ReconcilerError as error:
            self._failure = _Failure(error, self._clock.now())
            raise
        self._looked = now

    async def _seen(self, endpoint: Endpoint, now: float) -> Reading:
        dcmanager = await self._at(endpoint)
        subclouds = {one.name: one for one in await dcmanager.subclouds()}
        return Reading(now, subclouds, await dcmanager.strategy())

    async def _at(self, endpoint: Endpoint) -> Dcmanager:
        """The client, kept for its token until fleet.yaml says another central cloud."""
        if self._open is None or self._open[0] != endpoint:
            await self.close()
            self._line = AsyncExitStack()
            self._open = endpoint, await self._line.enter_async_context(self._opens(endpoint))
        return self._open[1]


def central_of(file: Path, repository: Repository) -> Callable[[], Endpoint | None]:
    """Where the central cloud is, as the endpoints file says it, or else as fleet.yaml does whenever it is asked.

    Raises ConfigErrors and ConfigError for the file; what it gives raises them for fleet.yaml.
    """
    here = load_central(file)
    return lambda: here or declared(repository.fleet(), file.parent)


def declared(fleet: Fleet | None, folder: Path = Path()) -> Endpoint | None:
    """The central cloud of fleet.yaml; None where it names none. folder: that relative paths of CAs are in."""
    said = fleet.system_controller if fleet else None
    if said is None:
        return None
    urls = {Service.DCMANAGER: said.dcmanager_url, Service.FAULT: said.fault_management_url}
    return Declared(
        name=CENTRAL,
        auth_url=said.auth_url,
        region=said.region,
        ca_bundle=Path(said.ca_bundle) if said.ca_bundle else None,
        credentials=Credentials(
            username=said.credentials.username, password=Password(secret_ref=said.credentials.password.secret_ref)
        ),
        folder=folder,
        services={service: url for service, url in urls.items() if url},
        own_region=said.own_region,
    )
