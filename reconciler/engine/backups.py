"""Sites are backed up as Git says, by the leader alone, through the central cloud, so many at a time.

What became of a backup is read from the one list that is read anyway. Nothing is kept of what was asked for but in memory:
who takes over asks once more for one that failed lately, and for none that goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from reconciler.model.backup import FAILED, Keep, good_at, under_way
from reconciler.model.central import Reading, Subcloud
from reconciler.model.deployment import DeployStatus
from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import Suspension
from reconciler.model.secret import SecretRef
from reconciler.model.site import Settings
from reconciler.model.subcloud_orders import Backup
from reconciler.model.verdict import Verdict
from reconciler.model.words import Mode, State

ROUND_S = 60.0
RETRY_S = 3600.0  # what failed is not asked for again and again
OLD_S = 300.0  # a list that was read longer ago says nothing of what goes on
AT_ONCE = 2  # orders: dcmanager asks each site whether it is well before it answers (subcloud_backup.py)
UNSAID = "where the password of its user sysadmin is, is not said: give `sysadmin: {secretRef: …}` under `backup` or `subcloud`"


class Centre(Protocol):
    """`engine.central`. last: its reading."""

    last: Reading | None

    async def back_up(self, site: str, said: Backup) -> None: ...

    async def read(self, no_older_than_s: float = 0.0) -> bool: ...


class Known(Protocol):
    """`engine.controller`."""

    verdicts: dict[str, Verdict]

    @property
    def leads(self) -> bool: ...

    @property
    def under_way(self) -> frozenset[str]: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the job goes by, asked anew at each round; each may raise ReconcilerError.

    settings: of a site. most: backups at a time. suspensions: who said stop.
    """

    settings: Callable[[str], Settings]
    most: Callable[[], int]
    suspensions: Callable[[], tuple[Suspension, ...]]


@dataclass(slots=True)
class Backups:
    """The job. Belongs to one event loop."""

    known: Known
    centre: Centre
    wishes: Wishes
    clock: Clock
    say: Callable[[str], None]
    _asked: dict[str, float] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)

    async def run(self, every_s: float = ROUND_S) -> None:
        """Until cancelled."""
        while True:
            if self.known.leads:
                await self.turn()
            await self.clock.sleep(every_s)

    async def turn(self) -> None:
        """Those that are due, the oldest first, as many as there may be. What was asked for is looked at at once."""
        reading, now = self.centre.last, self.clock.now()
        if reading is None or now - reading.at > OLD_S:
            return
        self._tell_failures(reading.subclouds)
        try:
            room = self.wishes.most() - under_way(reading.subclouds.values())
            stopped = self.wishes.suspensions()
        except ReconcilerError:
            return  # what is wrong with fleet.yaml is told by every site
        due = sorted(self._due(reading, stopped, now), key=lambda one: (one[0], one[1])) if room > 0 else []
        orders = [(site, said) for _, site, said in due[:room]]
        for first in range(0, len(orders), AT_ONCE):
            await asyncio.gather(*(self._order(site, said) for site, said in orders[first : first + AT_ONCE]))
        if orders:
            await self._look()

    def _due(
        self, reading: Reading, stopped: tuple[Suspension, ...], now: float
    ) -> Iterator[tuple[float, str, Backup]]:
        """(when the last went well, the site, what is asked for)."""
        for site, verdict in sorted(self.known.verdicts.items()):
            row = reading.subclouds.get(site)
            if row is None or not self._is_free(site, verdict, reading):
                continue
            settings = self._settings(site)
            if settings is None or not self._is_due(row, settings, now) or _is_stopped(site, settings, stopped, now):
                continue
            if (secret := _sysadmin(site, settings)) is None:
                self._tell(site, f"{site} is not backed up: {UNSAID}")
            elif policy := settings.backup:
                is_local = policy.keep is Keep.LOCAL
                yield good_at(row) or -inf, site, Backup(secret, is_local, policy.registry_images)

    def _is_free(self, site: str, verdict: Verdict, reading: Reading) -> bool:
        """Nothing goes on there, ours or the central cloud's, and dcmanager would take the order."""
        row = reading.subclouds[site]
        is_ours = site in self.known.under_way or verdict.state is State.APPLYING or bool(verdict.open_windows)
        is_well = row.is_managed and row.is_online and row.status is DeployStatus.COMPLETE
        return verdict.mode == Mode.APPLY and is_well and not is_ours and not reading.of(site).at_work(site)

    def _settings(self, site: str) -> Settings | None:
        try:
            return self.wishes.settings(site)
        except ReconcilerError:
            return None  # the site's own verdict says what is wrong with its files

    def _is_due(self, row: Subcloud, settings: Settings, now: float) -> bool:
        policy = settings.backup
        if policy is None or not policy.is_due(good_at(row), settings.windows, now):
            return False
        return now - self._asked.get(row.name, -inf) >= RETRY_S

    async def _order(self, site: str, said: Backup) -> None:
        """A site whose plan began a moment ago waits; one whose backup begins holds its plans (gate `other_writer`)."""
        if site in self.known.under_way:
            return
        self._asked[site] = self.clock.now()
        try:
            await self.centre.back_up(site, said)
        except ReconcilerError as error:
            self._tell(site, f"{site} is not backed up: {error}")

    async def _look(self) -> None:
        try:
            await self.centre.read()
        except ReconcilerError as error:
            self.say(f"what became of backups is not known: {error}")

    def _tell_failures(self, rows: Mapping[str, Subcloud]) -> None:
        for site in self.known.verdicts.keys() & rows.keys():
            row = rows[site]
            if row.backup_status in FAILED:
                self._tell(
                    site, f"the backup of {site} ended as {row.backup_status}: {row.error or 'no reason is told'}"
                )
            elif row.backup_status.startswith("complete"):
                self._told.pop(site, None)

    def _tell(self, site: str, text: str) -> None:
        """Once, until it is another thing."""
        if self._told.get(site) != text:
            self._told[site] = text
            self.say(text)


def _is_stopped(site: str, settings: Settings, stopped: tuple[Suspension, ...], now: float) -> bool:
    """Whether nothing is to be sent there: somebody said so, or Git for a time."""
    is_frozen = any(freeze.covers(settings.group, now) for freeze in settings.freezes)
    return is_frozen or any(one.concerns(site, settings.group) for one in stopped)


def _sysadmin(site: str, settings: Settings) -> SecretRef | None:
    own = settings.backup.sysadmin if settings.backup else None
    place = own or (settings.subcloud.sysadmin if settings.subcloud else None)
    return place.of(site) if place else None
