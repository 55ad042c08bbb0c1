"""The group of dcmanager in which the sites of a batch stand for its time; each is put back to where it stood before.

Where a site stood is written down before it is moved. What somebody else does with it meanwhile counts: it is put back only
out of our group.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.batch import Move
from reconciler.model.central import DEFAULT_GROUP, SCRATCH_GROUP, Subcloud, SubcloudGroup
from reconciler.model.errors import Held, Refused
from reconciler.model.subcloud_orders import Amendment

ABOUT = "Sites of a batch of stx-reconciler, which puts them back"


class Groups(Protocol):
    async def one(self, name: str) -> SubcloudGroup | None: ...

    async def create(self, wanted: SubcloudGroup) -> SubcloudGroup: ...

    async def change(self, wanted: SubcloudGroup) -> SubcloudGroup: ...


class Subclouds(Protocol):
    async def one(self, name: str) -> Subcloud | None: ...

    async def amend(self, name: str, said: Amendment) -> Subcloud: ...


class Moves(Protocol):
    """`store.strategies`."""

    def moves(self) -> Mapping[str, Move]: ...

    def moves_out(self, move: Move) -> None: ...

    def is_back(self, site: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ScratchGroup:
    """Methods raise what the client raises; each may be called again, and goes on where it ended."""

    groups: Groups
    subclouds: Subclouds
    moves: Moves

    async def take(self, sites: Collection[str], rows: Mapping[str, Subcloud], batch: str) -> Mapping[str, str]:
        """Have just these sites in it, all of which a strategy takes together. rows: as they are now.

        Gives whom dcmanager does not move, in its words. Raises Held where other subclouds stand in it: a strategy would
        be for them too.
        """
        group = await self._made(len(sites))
        if strangers := sorted(n for n, row in rows.items() if row.group_id == group.id and n not in sites):
            raise Held(
                f"dcmanager's group {SCRATCH_GROUP} is not used, because subclouds stand in it that are not of the batch: "
                f"{', '.join(strangers)}"
            )
        outside = [Move(site, rows[site].group_id, batch) for site in sorted(sites) if rows[site].group_id != group.id]
        return {move.site: told for move in outside if (told := await self._put_in(move, group))}

    async def _put_in(self, move: Move, group: SubcloudGroup) -> str:
        """What was refused may be done all the same (recorded): it is looked for, and put back with the others."""
        self.moves.moves_out(move)
        try:
            await self.subclouds.amend(move.site, Amendment(group=str(group.id)))
        except Refused as refused:
            now = await self.subclouds.one(move.site)
            return "" if now and now.group_id == group.id else refused.fault
        return ""

    async def give_back(self, moved: Collection[Move]) -> tuple[str, ...]:
        """Put these where they stood before; what dcmanager says of those that it leaves there."""
        if not moved:
            return ()
        group = await self.groups.one(SCRATCH_GROUP)
        return tuple([told for move in moved if (told := await self._put_back(move, group))])

    async def _put_back(self, move: Move, group: SubcloudGroup | None) -> str:
        now = await self.subclouds.one(move.site)
        if now and group and now.group_id == group.id:
            try:
                await self._take_out(move)
            except Refused as refused:
                return f"{move.site} stays in dcmanager's group {SCRATCH_GROUP}: {refused.fault}"
        self.moves.is_back(move.site)
        return ""

    async def _take_out(self, move: Move) -> None:
        """Into its group; where somebody has deleted that, for it seemed empty, into the one that is always there."""
        own = str(move.group_before)
        try:
            await self.subclouds.amend(move.site, Amendment(group=own))
        except Refused:
            if await self.groups.one(own):
                raise
            await self.subclouds.amend(move.site, Amendment(group=DEFAULT_GROUP))

    async def _made(self, parallel: int) -> SubcloudGroup:
        wanted = SubcloudGroup(0, SCRATCH_GROUP, "parallel", parallel, ABOUT)
        there = await self.groups.one(SCRATCH_GROUP)
        if there is None:
            return await self.groups.create(wanted)
        is_so = (there.apply_type, there.most_parallel) == (wanted.apply_type, wanted.most_parallel)
        return there if is_so else await self.groups.change(wanted)
