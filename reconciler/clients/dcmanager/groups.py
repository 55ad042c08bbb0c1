"""Groups of subclouds, how VIMs go through their hosts, and what Deployment Managers are installed with.

starlingx/distcloud dcmanager/api/controllers/v1/subcloud_group.py, sw_update_options.py, subcloud_deploy.py.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from reconciler.clients.dcmanager import rows
from reconciler.clients.dcmanager.service import Dcmanager
from reconciler.model.central import DeployFiles, SubcloudGroup, UpdateOptions

GROUPS = "/v1.0/subcloud-groups"
OPTIONS = "/v1.0/sw-update-options"
FILES = "/v1.0/subcloud-deploy"
ALL = "SystemController"


class Groups:
    """By their names."""

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager

    async def all(self) -> tuple[SubcloudGroup, ...]:
        return self._dcmanager.read(rows.group, await self._dcmanager.rows(GROUPS, "subcloud_groups"), GROUPS)

    async def one(self, name: str) -> SubcloudGroup | None:
        found = await self._dcmanager.one(_of(name))
        return self._read(found, _of(name)) if found is not None else None

    async def create(self, wanted: SubcloudGroup) -> SubcloudGroup:
        """Its number is dcmanager's to give. Raises Refused, with 400 where there is one of this name (recorded)."""
        return await self._put("POST", GROUPS, wanted)

    async def change(self, wanted: SubcloudGroup) -> SubcloudGroup:
        """The same values again change nothing (recorded)."""
        return await self._put("PATCH", _of(wanted.name), wanted)

    async def delete(self, name: str) -> None:
        """Refused while there are subclouds in it."""

        async def gone() -> bool | None:
            return True if await self.one(name) is None else None

        await self._dcmanager.settled(self._dcmanager.send("DELETE", _of(name)), gone)

    async def _put(self, method: str, path: str, wanted: SubcloudGroup) -> SubcloudGroup:
        body = {
            "name": wanted.name,
            "description": wanted.description or wanted.name,  # an empty one is refused (subcloud_group.py)
            "update_apply_type": wanted.apply_type,
            "max_parallel_subclouds": wanted.most_parallel,
        }
        own = {key: value for key, value in body.items() if method == "POST" or key != "name"}
        await self._dcmanager.settled(self._dcmanager.send(method, path, own), lambda: self._like(wanted))
        return self._read(await self._dcmanager.one(_of(wanted.name)), _of(wanted.name))

    async def _like(self, wanted: SubcloudGroup) -> SubcloudGroup | None:
        now = await self.one(wanted.name)
        same = now is not None and (now.apply_type, now.most_parallel) == (wanted.apply_type, wanted.most_parallel)
        return now if same else None

    def _read(self, row: Any, path: str) -> SubcloudGroup:
        return self._dcmanager.read(rows.group, [row], path)[0]


class Options:
    """How the VIMs of sites go through their hosts: for all, or for one subcloud."""

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager

    async def of(self, subcloud: str = ALL) -> UpdateOptions | None:
        """None where a subcloud has none of its own."""
        path = f"{OPTIONS}/{quote(subcloud, safe='')}"
        found = await self._dcmanager.one(path)
        return self._dcmanager.read(rows.options, [found], path)[0] if found is not None else None

    async def set(self, wanted: UpdateOptions, subcloud: str = ALL) -> None:
        """All five are sent: without one the server breaks (recorded). Texts and numbers only, for it evaluates them."""
        body = {
            "storage-apply-type": wanted.storage,
            "worker-apply-type": wanted.workers,
            "max-parallel-workers": wanted.most_workers,
            "alarm-restriction-type": wanted.alarms,
            "default-instance-action": wanted.instances,
        }

        async def same() -> bool | None:
            return True if await self.of(subcloud) == wanted else None

        path = f"{OPTIONS}/{quote(subcloud, safe='')}"
        await self._dcmanager.settled(self._dcmanager.send("POST", path, body), same)

    async def forget(self, subcloud: str) -> None:
        """A subcloud has those of all again. Raises Refused with 404 where it had none of its own (recorded)."""
        await self._dcmanager.send("DELETE", f"{OPTIONS}/{quote(subcloud, safe='')}")


class Files:
    """What Deployment Managers are installed with, by release."""

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager

    async def of(self, release: str = "") -> DeployFiles:
        """Those of a release, or of the centre's own."""
        path = f"{FILES}/{quote(release, safe='')}" if release else FILES
        return self._dcmanager.read(rows.deploy_files, [await self._dcmanager.one(path)], path)[0]


def _of(name: str) -> str:
    return f"{GROUPS}/{quote(name, safe='')}"
