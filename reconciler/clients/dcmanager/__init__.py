"""dcmanager of the central cloud: its subclouds from adding to deleting, their groups, its one strategy.

starlingx/distcloud dcmanager/api/controllers/v1. Recorded: errors are HTML unless JSON is asked for, which our session
always does; the list has no pages and no filter; `data_install` holds the password of each board's management in plain
base64, and `rehome_data` what bootstrap was told. Neither leaves this package, not in an error either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.clients.dcmanager import rows
from reconciler.clients.dcmanager.centre import Lists
from reconciler.clients.dcmanager.groups import Files, Groups, Options
from reconciler.clients.dcmanager.service import Dcmanager
from reconciler.clients.dcmanager.strategies import Strategies
from reconciler.clients.dcmanager.subclouds import Subclouds
from reconciler.clients.platform import PlatformClient, Row
from reconciler.model.central import AlarmCounts, CentralStrategy, Subcloud, SubcloudDetail, SubcloudGroup
from reconciler.model.subcloud_orders import Backup

__all__ = ["DcmanagerClient", "Files", "Groups", "Lists", "Options", "Strategies", "Subclouds"]
ALARMS = "/v1.0/alarms"


class DcmanagerClient:
    """The central cloud's dcmanager. Methods raise what `PlatformClient` raises; reading changes nothing.

    of_subclouds, of_groups, of_strategies, options, files: what can be changed. lists: what there is beside subclouds.
    """

    def __init__(self, service: PlatformClient) -> None:
        self._dcmanager = Dcmanager(service)
        self.of_subclouds = Subclouds(self._dcmanager)
        self.of_groups = Groups(self._dcmanager)
        self.of_strategies = Strategies(self._dcmanager)
        self.options = Options(self._dcmanager)
        self.files = Files(self._dcmanager)
        self.lists = Lists(self._dcmanager)

    async def subclouds(self) -> tuple[Subcloud, ...]:
        """The state of the whole fleet, in one call; see Subclouds.all."""
        return await self.of_subclouds.all()

    async def subcloud(self, name: str) -> Subcloud | None:
        """One of them, by its name; None where there is none."""
        return await self.of_subclouds.one(name)

    async def detail(self, name: str) -> SubcloudDetail | None:
        """One with what dcmanager asks its site for; see Subclouds.detail."""
        return await self.of_subclouds.detail(name)

    async def send(self, method: str, path: str, body: Any) -> None:
        """A planned write, as it is. Additions go one at a time; what is answered holds secrets, and is not given on."""
        await self.of_subclouds.send(method, path, body)

    async def back_up(self, name: str, said: Backup) -> None:
        """Have a backup begun; see Subclouds.back_up."""
        await self.of_subclouds.back_up(name, said)

    async def listed(self, path: str) -> tuple[Row, ...]:
        """A list beside that of subclouds, by its path; see Lists.all."""
        return await self.lists.all(path)

    async def shown(self, path: str) -> Row:
        """One row of such a list; empty where it is not there."""
        return await self.lists.one(path)

    async def groups(self) -> tuple[SubcloudGroup, ...]:
        return await self.of_groups.all()

    async def strategy(self) -> CentralStrategy | None:
        """The strategy that is there, ended or not; see Strategies.current."""
        return await self.of_strategies.current()

    async def alarm_counts(self) -> Mapping[str, AlarmCounts]:
        """Subcloud -> its alarms, without those that are not managed or not online: their counts are -1 (recorded)."""
        found = self._dcmanager.read(rows.counts, await self._dcmanager.rows(ALARMS, "alarm_summary"), ALARMS)
        return {name: counts for name, counts in found if counts.critical >= 0}
