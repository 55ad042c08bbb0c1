"""Subclouds: added, deployed by phases, changed, deleted. A write whose answer is lost is looked for, never sent again.

starlingx/distcloud dcmanager/api/controllers/v1/subclouds.py, phased_subcloud_deploy.py, subcloud_backup.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from reconciler.clients.dcmanager import forms, rows
from reconciler.clients.dcmanager.service import Dcmanager
from reconciler.model.central import BACKING_UP, MANAGED, PRESTAGING, UNMANAGED, Subcloud, SubcloudDetail
from reconciler.model.deployment import DeployStatus, Step
from reconciler.model.subcloud_orders import Amendment, Backup, NetworkMove, Order, Prestage, Restore

SUBCLOUDS = "/v1.0/subclouds"
PHASES = "/v1.0/phased-subcloud-deploy"
BACKUPS = "/v1.0/subcloud-backup"


class Subclouds:
    """The central cloud's subclouds, by their names. Every write gives the row as it is known after it.

    Additions go one at a time: the server checks a new one against the others without a lock (distributed-cloud.md 1).
    """

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager
        self._adding = asyncio.Lock()

    async def all(self) -> tuple[Subcloud, ...]:
        """Every one in one call, without pages: 1.2 s and 7.7 MB for 5,000 (measured), so not more often than each 15 s."""
        found = await self._dcmanager.rows(SUBCLOUDS, "subclouds")
        return self._dcmanager.read(rows.subcloud, found, SUBCLOUDS)

    async def one(self, name: str) -> Subcloud | None:
        """None where there is none of this name."""
        path = _of(name)
        found = await self._dcmanager.one(path)
        return self._read(found, path) if found is not None else None

    async def detail(self, name: str) -> SubcloudDetail | None:
        """One with what dcmanager asks its site for meanwhile: slow where the site is, so never for a whole fleet."""
        path = f"{_of(name)}/detail"
        found = await self._dcmanager.one(path)
        return self._dcmanager.read(rows.detail, [found], path)[0] if found is not None else None

    async def add(self, order: Order) -> Subcloud:
        """Begin a deployment in one go. Raises Refused, with 409 where there is one of this name."""
        return await self._added(SUBCLOUDS, order)

    async def create(self, order: Order) -> Subcloud:
        """The first phase alone; the others are asked for one by one."""
        return await self._added(PHASES, order)

    async def begin(self, subcloud: Subcloud, step: Step, order: Order) -> Subcloud:
        """Another phase, of a subcloud as it was last seen: a lost answer is told by what moved since."""
        path = f"{PHASES}/{quote(subcloud.name, safe='')}/{step.value}"
        body = None if step in (Step.COMPLETE, Step.ABORT) else forms.phase(order)
        return await self._done("PATCH", path, body, subcloud.name, lambda now: _has_moved(subcloud, now))

    async def redeploy(self, subcloud: Subcloud, order: Order) -> Subcloud:
        """Install anew: all that is on the site is lost. Refused while it is online or managed."""
        path = f"{_of(subcloud.name)}/redeploy"
        return await self._done("PATCH", path, forms.phase(order), subcloud.name, lambda now: _has_moved(subcloud, now))

    async def manage(self, name: str, *, force: bool = False) -> Subcloud:
        """What is managed already is no error. force: also one that is offline, or not deployed to its end."""
        return await self._to(name, MANAGED, force=force)

    async def unmanage(self, name: str) -> Subcloud:
        """What is unmanaged already is no error."""
        return await self._to(name, UNMANAGED, force=False)

    async def send(self, method: str, path: str, body: Any) -> None:
        """A write that a plan has, sent once: whoever sends it looks what came of it. Additions go one at a time."""
        if method != "POST":
            await self._dcmanager.send(method, path, body)
            return
        async with self._adding:
            await self._dcmanager.send(method, path, body)

    async def amend(self, name: str, said: Amendment) -> Subcloud:
        """Words, group and values. A lost answer is Unreachable with `sent`: sent again, it changes nothing more."""
        path = _of(name)
        return self._read(await self._dcmanager.send("PATCH", path, forms.amendment(said)), path, "PATCH")

    async def rename(self, subcloud: Subcloud, name: str) -> Subcloud:
        """Only while unmanaged and complete. It keeps its region, by which a lost answer is told."""
        body = forms.rename(name)
        return await self._done("PATCH", _of(subcloud.name), body, name, lambda now: now.region == subcloud.region)

    async def move(self, subcloud: Subcloud, said: NetworkMove) -> Subcloud:
        """Other management addresses, while unmanaged. The row shows them when the site has them."""
        moving = DeployStatus.RECONFIGURING_NETWORK
        await self._done(
            "PATCH",
            _of(subcloud.name),
            forms.move(said),
            subcloud.name,
            lambda now: now.status is moving or now.addresses == said.addresses,
        )
        return await self.one(subcloud.name) or subcloud  # its answer shows what was before (recorded)

    async def prestage(self, name: str, said: Prestage) -> Subcloud:
        """Begin to copy software to the site."""
        path = f"{_of(name)}/prestage"
        body = forms.prestage(said)
        return await self._done("PATCH", path, body, name, lambda now: now.prestage_status == PRESTAGING)

    async def back_up(self, name: str, said: Backup) -> Subcloud:
        """Begin a backup."""
        done = await self._dcmanager.settled(
            self._dcmanager.send("POST", BACKUPS, forms.backup(name, said)),
            self._look(name, lambda now: now.backup_status in BACKING_UP),
        )
        return done or await self._present(name)

    async def delete_backup(self, name: str, release: str) -> None:
        """The backup of a release that the centre keeps. After its answer the server breaks off (measured)."""
        path = f"{BACKUPS}/delete/{quote(release, safe='')}"
        await self._dcmanager.send("PATCH", path, {"subcloud": name}, ends=True)

    async def restore(self, subcloud: Subcloud, said: Restore) -> Subcloud:
        """Go back to a backup, while unmanaged: what was done on the site since is lost."""
        done = await self._dcmanager.settled(
            self._dcmanager.send("PATCH", f"{BACKUPS}/restore", forms.restore(subcloud.name, said)),
            self._look(subcloud.name, lambda now: _has_moved(subcloud, now)),
        )
        return done or await self._present(subcloud.name)

    async def delete(self, name: str) -> None:
        """Its row; the site goes on by itself. Refused while it is managed, online or being deployed."""

        async def gone() -> bool | None:
            return True if await self.one(name) is None else None

        await self._dcmanager.settled(self._dcmanager.send("DELETE", _of(name)), gone)

    async def _added(self, path: str, order: Order) -> Subcloud:
        name = str(order.files.bootstrap["name"])
        async with self._adding:
            return await self._done("POST", path, forms.addition(order), name, lambda _: True)

    async def _to(self, name: str, state: str, *, force: bool) -> Subcloud:
        body = forms.management(state, force=force)
        return await self._done("PATCH", _of(name), body, name, lambda now: now.management == state)

    async def _done(
        self, method: str, path: str, body: Any, name: str, is_done: Callable[[Subcloud], bool]
    ) -> Subcloud:
        """The row of the answer, or, without a good one, that which shows the change."""
        answers: list[Subcloud] = []

        async def sent() -> None:
            answers.append(self._read(await self._dcmanager.send(method, path, body), path, method))

        found = await self._dcmanager.settled(sent(), self._look(name, is_done))
        return found or answers[0]

    def _look(self, name: str, is_done: Callable[[Subcloud], bool]) -> Callable[[], Awaitable[Subcloud | None]]:
        async def look() -> Subcloud | None:
            now = await self.one(name)
            return now if now is not None and is_done(now) else None

        return look

    async def _present(self, name: str) -> Subcloud:
        path = _of(name)
        return self._read(await self._dcmanager.one(path), path)

    def _read(self, row: Any, path: str, method: str = "GET") -> Subcloud:
        return self._dcmanager.read(rows.subcloud, [row], path, method)[0]


def _of(name: str) -> str:
    return f"{SUBCLOUDS}/{quote(name, safe='')}"


def _has_moved(before: Subcloud, now: Subcloud) -> bool:
    """A phase that fails at once in the same words is not told from one that never began: it is asked for again."""
    return (before.deploy_status, before.error) != (now.deploy_status, now.error)
