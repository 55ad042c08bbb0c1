"""The central cloud, read once for all sites: on its own interval, and anew where a plan is about to be sent.

Whoever needs it at the same time shares one reading, replicas too: on its interval the leader alone asks. A reading that
failed is not tried again at each site: a central cloud that does not answer costs one time-out, not one a site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, nullcontext, suppress
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from reconciler.clients import Endpoint
from reconciler.engine.central_groups import Groups
from reconciler.engine.central_world import Clock, Dcmanager, Opens, Sharing
from reconciler.model.alarm import SiteAlarms
from reconciler.model.central import (
    VALIDATING,
    Addresses,
    Attention,
    Counted,
    Reading,
    Subcloud,
    SubcloudDetail,
)
from reconciler.model.errors import ConfigError, Failure, ReconcilerError, Unreachable
from reconciler.model.rows import Row
from reconciler.model.subcloud_orders import Backup
from reconciler.model.words import Service

FRESH_S = 15.0  # dcmanager's list stops its worker for a second at 5,000 subclouds: not asked for more often
FAILED_S = 60.0
INTERVAL_S = 60.0
NO_CENTRE = (
    "nothing says where the central cloud is whose rows say where sites are: say `systemController` in fleet.yaml, or in "
    "the endpoints file"
)
DETAILS = 2  # asked for at a time: dcmanager asks the site, which may be slow, and our line to it has three slots
EMPTIED_S = 3600.0
ELSEWHERE_S = 90.0  # without a reading of the leader's for so long, the others ask for themselves


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ReconcilerError
    at: float


class Central:
    """Keeps the last reading. where: the central cloud as it is declared now; None where the fleet has none.

    sharing: with other replicas.

    Belongs to one event loop. Close it to end its line.
    """

    def __init__(
        self, where: Callable[[], Endpoint | None], opens: Opens, clock: Clock, sharing: Sharing | None = None
    ) -> None:
        self._where, self._opens, self._clock, self._sharing = where, opens, clock, sharing
        self._flight = asyncio.Lock()
        self._line = AsyncExitStack()
        self._open: tuple[Endpoint, Dcmanager] | None = None
        self._failure: _Failure | None = None
        self._looked = -inf
        self._details = asyncio.Semaphore(DETAILS)
        self._groups = Groups(self._client, clock)
        self._held = frozenset[str]()  # sites that somebody was told are busy, and nobody that they are free
        self._behind = frozenset[str]()  # sites that want a strategy of their own while another is there
        self._tell_free: Callable[[frozenset[str]], None] = lambda _sites: None
        self.last: Reading | None = None
        self.place: Endpoint | None = None  # whose reading the last one is

    async def of(self, site: str) -> Attention | None:
        """What it does with a site, by a reading of this quarter of a minute; None where there is no central cloud.

        Raises ReconcilerError where it cannot be read: what it does is not known then.
        """
        await self.read(FRESH_S)
        if self.last is None:
            return None
        found = self.last.of(site)
        if found.at_work(site):
            self._held |= {site}  # also by work that began and ends between two looks of who watches
        return found

    async def row(self, site: str, serves: Callable[[Subcloud], bool] = bool) -> Subcloud | None:
        """Its row as it was read last, however old; where that does not serve, or there is none, as it is now.

        So a central cloud that is dark keeps nobody from a site. Raises ConfigError where the fleet has none at all,
        ReconcilerError where it cannot be read.
        """
        found = self.last.subclouds.get(site) if self.last else None
        if found is not None and serves(found):
            return found
        is_new = await self.read(INTERVAL_S)
        if self.last is None:
            raise ConfigError(f"{site}: {NO_CENTRE}")
        found = self.last.subclouds.get(site)
        return found if is_new or (found is not None and serves(found)) else await self.subcloud(site)

    async def rows(self) -> Mapping[str, Subcloud]:
        """All of them, as they were read within an interval. Raises as `row`."""
        await self.read(INTERVAL_S)
        if self.last is None:
            raise ConfigError(NO_CENTRE)
        return self.last.subclouds

    async def detail(self, site: str) -> SubcloudDetail | None:
        """What dcmanager asks the site for; None where it has none of this name. Raises ReconcilerError."""
        async with self._details:
            return await (await self._client()).detail(site)

    def known(self, site: str, within_s: float) -> Attention | None:
        """What it did with a site when it was read last; None where that is longer ago, or never was."""
        is_young = self.last is not None and self._clock.now() - self.last.at <= within_s
        return self.last.of(site) if self.last and is_young else None

    def installed_from(self, board: str) -> frozenset[str]:
        """The subclouds whose machine is installed from a board, as the last reading has it."""
        rows = self.last.subclouds.values() if self.last else ()
        return frozenset(row.name for row in rows if row.board == board)

    def reached_at(self) -> Iterator[tuple[str, Addresses]]:
        """Every subcloud with where the centre reaches it, as the last reading has it."""
        rows = self.last.subclouds.values() if self.last else ()
        return ((row.name, row.addresses) for row in rows)

    def awaits_strategy(self, site: str) -> None:
        """It is told to be free once the strategy that is there is not there any more."""
        self._behind |= {site}

    @property
    def is_awaited(self) -> bool:
        """Whether any site waits until no strategy is there."""
        return bool(self._behind)

    def has_no_strategy(self) -> None:
        """The one that was there is deleted: nobody waits for the next reading to know that."""
        if self.last:
            self.last = replace(self.last, strategy=None)
        self._tell_free(self._freed())

    async def dcmanager(self) -> Dcmanager:
        """Its client, for what is asked of the central cloud as a whole. Raises ReconcilerError."""
        return await self._client()

    def alarms_of(self, site: str) -> SiteAlarms | None:
        """How many alarms stand at a site, as dcmanager counted them last; None where it says nothing of it."""
        return self.last.alarms.of(site) if self.last else None

    async def subcloud(self, site: str) -> Subcloud | None:
        """The row of one site, asked for alone: only where something is done with it, never for a fleet. Raises ReconcilerError."""
        found = await (await self._client()).subcloud(site)
        if self.last and found:  # who asks where the site is need not wait for the next reading of all
            self.last = replace(self.last, subclouds={**self.last.subclouds, site: found})
        return found

    async def group(self, number: int) -> str:
        """The name of a group, as it was read in the last minutes. Raises ReconcilerError."""
        return await self._groups.name(number)

    async def has_group(self, name: str) -> bool:
        """Whether there is a group of this name, as it was read in the last minute. Raises ReconcilerError."""
        return await self._groups.has(name)

    async def peer_groups(self, number: int | None) -> tuple[Row, ...]:
        """Its groups of subclouds that go over to other centres, as they were read in the last minute.

        number: that of one that has to be among them. Raises ReconcilerError.
        """
        return await self._groups.of_peers(number)

    async def listed(self, path: str) -> tuple[Row, ...]:
        """What it has beside its subclouds, by the path of the list, asked for now. Raises ReconcilerError."""
        return await (await self._client()).listed(path)

    async def shown(self, path: str) -> Row:
        """One of them as it is this moment; empty where there is none. Raises ReconcilerError."""
        return await (await self._client()).shown(path)

    async def send(self, method: str, path: str, body: Any) -> None:
        """A write that a plan has. Raises what the client raises; what came of it is for the sender to look."""
        client = await self._client()
        turn = self._sharing.adding() if self._sharing and method == "POST" else nullcontext()
        async with turn:
            await client.send(method, path, body)

    async def back_up(self, site: str, said: Backup) -> None:
        """Have a backup of a site begun. Whoever asks what the central cloud does with the site hears of it at once.

        Raises what the client raises, ConfigError where the password cannot be read; `read` says what came of it.
        """
        if self.last and (row := self.last.subclouds.get(site)):
            begun = replace(row, backup_status=VALIDATING)
            self.last = replace(self.last, subclouds={**self.last.subclouds, site: begun})
        await (await self._client()).back_up(site, said)

    async def _client(self) -> Dcmanager:
        async with self._flight:
            endpoint = self._where()
            if endpoint is None:
                raise ConfigError("there is no central cloud: say where it is under systemController of fleet.yaml")
            return await self._at(endpoint)

    async def read(self, no_older_than_s: float = 0.0) -> bool:
        """Read it, unless that was done so lately, here or by another replica. Raises ReconcilerError.

        Whether the central cloud was asked for it.
        """
        asked = self._clock.now()
        async with self._flight:
            if asked - no_older_than_s <= self._looked <= self._clock.now() + FRESH_S:  # else a clock was set back
                return False
            if await self._found(asked - no_older_than_s):
                return False
            since = asked - (FAILED_S if no_older_than_s else 0.0)
            if self._failure and since <= self._failure.at <= self._clock.now() + FRESH_S:
                raise self._failure.error
            await self._read(self._clock.now())
            return self.last is not None

    async def watch(self, say: Callable[[str], None], freed: Callable[[frozenset[str]], None]) -> None:
        """Read it on its interval, for ever; cancel it to end it.

        say: told when it does not answer, and when it does again. freed: told which sites it is not at work on any more.
        """
        told, self._tell_free = "", freed
        while True:
            now_told = await self._attempt()
            if now_told != told:
                say(now_told or "the central cloud answers")
            told = now_told
            if not told:
                freed(self._freed())
            await self._clock.sleep(FRESH_S if self._behind else INTERVAL_S)

    def _freed(self) -> frozenset[str]:
        """Sites that were told to wait for what is over now."""
        busy = self.last.busy if self.last else frozenset()
        free, self._held = self._held - busy, busy
        if self.last is None or self.last.strategy is None:
            free, self._behind = free | self._behind, frozenset()
        return free

    async def _attempt(self) -> str:
        """Why it could not be read; "" if it could."""
        is_mine = self._sharing is None or self._sharing.leads()
        try:
            has_asked = await (self.read() if is_mine else self._followed())
        except ReconcilerError as error:
            return str(error)
        if has_asked:
            await self._count()
        return ""

    async def _followed(self) -> bool:
        """What the leader read since; or else as it is, unless nobody has for long. Whether the central cloud was asked."""
        async with self._flight:
            await self._found(self._looked)
        return await self.read(ELSEWHERE_S)

    async def _count(self) -> None:
        """The alarms of all sites, in one call: for those whose own Fault Management is not asked, or does not answer.

        Nothing waits for them: where they cannot be read, what was told of each site before is told with its age.
        """
        async with self._flight:
            if self.last and self._open:
                endpoint, dcmanager = self._open
                counted = Counted()
                with suppress(ReconcilerError):
                    counted = Counted(self._clock.now(), await dcmanager.alarm_counts())
                self.last = replace(self.last, alarms=counted)
                await self._share(endpoint)

    async def close(self) -> None:
        """Let go of its line."""
        await self._line.aclose()
        self._open = None

    async def _found(self, since: float) -> bool:
        """Whether another replica has read it since then."""
        endpoint = self._where() if self._sharing else None
        if endpoint is None or self._sharing is None:
            return False
        found = await asyncio.to_thread(self._sharing.shared.newest, endpoint.auth_url)
        if found is None or not since <= found.at <= self._clock.now() + FRESH_S:  # whose clock is fast, or ours slow
            return False
        self.last, self._looked, self.place = found, found.at, endpoint
        return True

    async def _share(self, endpoint: Endpoint) -> None:
        if self._sharing and self.last:
            await asyncio.to_thread(self._sharing.shared.put, endpoint.auth_url, self.last)

    async def _read(self, now: float) -> None:
        self._failure = None
        try:
            endpoint = self._where()
            self.last = await self._seen(endpoint, now) if endpoint else None
        except ReconcilerError as error:
            self._failure = _Failure(error, self._clock.now())
            raise
        self._looked, self.place = now, endpoint
        if endpoint:
            await self._share(endpoint)

    async def _seen(self, endpoint: Endpoint, now: float) -> Reading:
        dcmanager = await self._at(endpoint)
        subclouds = {one.name: one for one in await dcmanager.subclouds()}
        self._believe(subclouds, endpoint, now)
        alarms = self.last.alarms if self.last else Counted()
        return Reading(now, subclouds, await dcmanager.strategy(), alarms)

    def _believe(self, found: Mapping[str, Subcloud], endpoint: Endpoint, now: float) -> None:
        """Raise Unreachable where all subclouds are gone at once: for an hour that is no answer."""
        known = self.last.subclouds if self.last and self.place == endpoint else {}
        if not found and len(known) > 1 and self.last and now - self.last.at < EMPTIED_S:
            detail = f"it lists no subcloud, and had {len(known)} when it was read last"
            raise Unreachable(
                Service.DCMANAGER, "GET", "/v1.0/subclouds", Failure.GARBLED, detail, False, endpoint.name
            )

    async def _at(self, endpoint: Endpoint) -> Dcmanager:
        """The client, kept for its token until fleet.yaml says another central cloud."""
        if self._open is None or self._open[0] != endpoint:
            await self.close()
            self._line = AsyncExitStack()
            self._open = endpoint, await self._line.enter_async_context(self._opens(endpoint))
        return self._open[1]
