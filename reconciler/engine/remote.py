"""One site as the engine sees it: what observe reads and what apply looks at and sends to, over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from reconciler.engine.board_service import SiteBoards
from reconciler.engine.centre_side import CentreSide
from reconciler.engine.prechecks import Prechecks
from reconciler.engine.subcloud_side import NOT_DEPLOYED, SubcloudSide
from reconciler.engine.surroundings import Neighbours, surroundings
from reconciler.model.alarm import Noted, SiteAlarms
from reconciler.model.dark import HostSight
from reconciler.model.errors import ConfigError, Failure, ReconcilerError, Unreachable
from reconciler.model.gate import Surroundings
from reconciler.model.host import SystemState
from reconciler.model.kind import Kinds
from reconciler.model.plan import Method, Plan
from reconciler.model.rows import COLLECTIONS, Row, Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Service
from reconciler.observe import interpret, look, read


class Platform(Protocol):
    """One owner API of one site; clients.platform and the tests' fakes are it."""

    async def list(self, path: str, items: str) -> tuple[Row, ...]: ...

    async def get(self, path: str) -> Any: ...

    async def send(self, method: Method, path: str, body: Any) -> Any: ...


class Now(Protocol):
    def now(self) -> float: ...


NOBODY = Neighbours()
ALARMS_S = 5.0  # how long a verdict waits for alarms
SILENT_S = 3_600.0
Keep = Callable[[str, float, Callable[[], dict[str, Any]]], None]


def unkept(site: str, at: float, dump: Callable[[], dict[str, Any]]) -> None:
    """Nobody keeps what was read."""


class SiteRemote:
    """Keeps the last reading, so that a look asks only for the lists it needs. Looks follow each other.

    keep: is given each reading of the whole site; lists that failed are not in it.
    services: those beside its platform, whose lists kinds read and to which plans send. subcloud: what the central cloud
    has of the site, where Git makes it a subcloud: as long as it is not deployed, nobody else is asked. centre: the central
    cloud's own lists, where the site is the system controller. boards: its hosts' own controllers, one service more.
    """

    def __init__(
        self,
        site: str,
        platform: Platform,
        kinds: Kinds,
        clock: Now,
        neighbours: Neighbours = NOBODY,
        *,
        keep: Keep = unkept,
        services: Mapping[Service, Platform] | None = None,
        subcloud: SubcloudSide | None = None,
        centre: CentreSide | None = None,
        boards: SiteBoards | None = None,
    ) -> None:
        self._site, self._kinds, self._clock, self._boards = site, kinds, clock, boards
        beside: Mapping[Service, Platform] = {Service.REDFISH: boards} if boards else {}
        self._services: Mapping[Service, Platform] = {Service.PLATFORM: platform, **(services or {}), **beside}
        self._neighbours, self._keep, self._subcloud, self._centre = neighbours, keep, subcloud, centre
        self._asked: Mapping[Service, Platform] = self._services
        self._rows = Rows()
        self.took_s = 0.0  # the last full reading
        self._silent_until = 0.0  # Fault Management is not asked again for a verdict's sake
        self._alarms: SiteAlarms | None = None  # as they were read for a gate, until somebody else is told of them
        self._turn = asyncio.Lock()  # windows that are open together look at the same site
        self._prechecks = Prechecks(clock)

    @property
    def system(self) -> SystemState:
        """As it was read last."""
        return self._rows.system

    async def _whom(self) -> Mapping[Service, Platform]:
        """The services to ask: those of the site only where there is one."""
        if self._centre and self._centre.is_wanted():
            return {**self._services, Service.DCMANAGER: self._centre}
        if self._subcloud is None:
            return self._services
        if not self._subcloud.is_wanted():
            return {} if self._subcloud.is_anothers() else self._services
        side: Mapping[Service, Platform] = {Service.DCMANAGER: self._subcloud}
        try:
            is_there = await self._subcloud.is_there()
        except ReconcilerError:
            is_there = True  # the site says itself whether it is; what the centre has of it is told as unread
        return {**self._services, **side} if is_there else side

    @property
    def _is_there(self) -> bool:
        return Service.PLATFORM in self._asked

    def beside(self) -> SiteRemote:
        """The same site over the same line, with a memory of its own: a look that no visit notices."""
        every = self._services
        own = every[Service.PLATFORM]
        return SiteRemote(
            self._site,
            own,
            self._kinds,
            self._clock,
            self._neighbours,
            services=every,
            subcloud=self._subcloud,
            centre=self._centre,
        )

    async def observe(self, said: Collection[str] | None = None) -> Snapshot:
        """The whole site, each list once. Raises what makes a reading impossible; other lists that fail are named.

        said: the kinds that Git speaks of there; those that are read on demand are not read without. None reads all.
        """
        began = self._clock.now()
        kinds = (kind for kind in self._kinds.values() if said is None or kind.is_read_for(said))
        names = {name for kind in kinds for name in kind.collections}
        self._asked = await self._whom()
        if self._boards:
            self._boards.begins()
        rows, unread = await read(self._asked, names)
        self._rows = self._of_one_that_is_up(rows)
        self.took_s = self._clock.now() - began
        self._keep(self._site, self._clock.now(), self.dump)
        found = interpret(self._site, self._rows, self._kinds, self._clock.now(), unread)
        absence = self._subcloud.absence if self._subcloud else ""
        return found if self._is_there else replace(found, absent=absence or NOT_DEPLOYED)

    async def look(self, kinds: Collection[str], host: str = "") -> Snapshot:
        """The site with hosts and the lists of these kinds read again; per-host lists for this host, or for all.

        Of no kinds: the hosts alone, and nothing that is on them.

        Kinds name each other's resources by lists that they do not read themselves: the first look reads them all. Raises
        what reading one of the lists that it is about raises: what was not read would be taken for gone.
        """
        async with self._turn:
            return await self._look(kinds, host)

    async def _look(self, kinds: Collection[str], host: str) -> Snapshot:
        if not self._rows.listed:
            seen = await self.observe()
            if not seen.unread:
                return seen
        names = {"ihosts"} | {name for kind in kinds for name in self._kinds[kind].collections}
        if self._subcloud and any(COLLECTIONS[name].service is Service.DCMANAGER for name in names):
            self._subcloud.acts()
        if self._boards and any(COLLECTIONS[name].service is Service.REDFISH for name in names):
            self._boards.begins()
        self._rows = self._of_one_that_is_up(await look(self._asked, self._rows, names, host))
        if not kinds:  # a host is looked at again and again: interpreting all that stands on a site takes 10 ms a host
            return Snapshot(self._site, {}, taken_at=self._clock.now(), system=self._rows.system)
        return interpret(self._site, self._rows, self._kinds, self._clock.now())

    def _of_one_that_is_up(self, rows: Rows) -> Rows:
        """The rows. Raises Unreachable where the platform lists no host: services that come up list nothing for a while.

        Whoever believed that would take all that is on a site for gone, and a window of ours for somebody else's lock.
        """
        if self._is_there and not rows.system.hosts:
            detail = "it lists no host, as while its services come up"
            raise Unreachable(Service.PLATFORM, "GET", "/v1/ihosts", Failure.GARBLED, detail, False, self._site)
        return rows

    def forget(self) -> None:
        """Drop the last reading: of 5,000 sites they would fill gigabytes. The next look is a full one."""
        self._rows = Rows()

    async def surroundings(self, *, again: bool = False) -> Surroundings:
        """What else the site's services say now. again: its hosts' labels may have changed since they were read."""
        neighbours = self._neighbours if self._is_there else Neighbours(centre=self._neighbours.centre)
        if again:
            async with self._turn:
                self._rows = await look(self._asked, self._rows, {"ihosts", "labels"}, "")
        found = await surroundings(self._site, neighbours, self._rows)
        if self._neighbours.fault and Service.FAULT not in found.unread:
            self._alarms, self._silent_until = SiteAlarms.read(found.alarms, self._clock.now()), 0.0
        return found

    async def prechecked(self, plan: Plan) -> tuple[str, ...]:
        """Why services would refuse what a plan that is about to be sent has for them, in their words."""
        return await self._prechecks.of(plan, self.send)

    async def alarms(self, since: float) -> SiteAlarms | None:
        """What stands in the site's Fault Management: as a gate has read it since then, or else read now.

        None where it is not named, or does not answer; one that is silent is left alone for a while, because a fleet
        whose workers wait for it would fall behind with all else.
        """
        read, self._alarms = self._alarms, None
        if read and read.at >= since:
            return read
        fault, now = self._neighbours.fault, self._clock.now()
        if fault is None or not self._is_there or now < self._silent_until:
            return None
        try:
            async with asyncio.timeout(ALARMS_S):
                return SiteAlarms.read(await fault.alarms(), self._clock.now())
        except (ReconcilerError, TimeoutError):
            self._silent_until = now + SILENT_S
            return None  # told by who needs it: the gate, which asks all the same

    def ailing(self) -> tuple[HostSight, ...]:
        """The hosts that their own controllers say are not well, as far as these were read; nobody is asked for it."""
        return self._boards.ailing if self._boards else ()

    async def noted(self) -> tuple[Noted, ...]:
        """The newest rows of the site's event log; none where its Fault Management is not named or does not answer."""
        try:
            return await self._neighbours.fault.noted() if self._neighbours.fault and self._is_there else ()
        except ReconcilerError:
            return ()  # a clue is nothing that anybody waits for

    def dump(self) -> dict[str, Any]:
        """The last reading as {path: {items: rows}}, as `--inventory` takes it."""
        uuids = {host.name: host.uuid for host in self._rows.system.hosts.values()}
        found: dict[str, Any] = {}
        for (name, host), rows in self._rows.listed.items():
            collection = COLLECTIONS[name]
            if collection.service is Service.REDFISH and not rows:
                continue  # few hosts have any, and each has four such lists
            own = {"host": uuids.get(host, ""), "name": host}
            for part in collection.parts(self._rows.all(collection.of)) if collection.of else (own,):
                mine = [row for row in rows if not collection.of or part.items() <= row.items()]
                found[collection.path.format(**part)] = collection.shown(mine)
        return found

    async def get(self, path: str, service: Service = Service.PLATFORM) -> Any:
        return await self._at(service).get(path)

    async def send(self, method: Method, path: str, body: Any, service: Service = Service.PLATFORM) -> Any:
        return await self._at(service).send(method, path, body)

    def _at(self, service: Service) -> Platform:
        """Raises ConfigError for a service that nobody named."""
        side = self._centre if self._centre and self._centre.is_wanted() else self._subcloud
        if service is Service.DCMANAGER and side:
            return side
        if service not in self._services:
            raise ConfigError(f"{self._site}: nobody says where its {service} is; name it in the endpoints file")
        return self._services[service]
