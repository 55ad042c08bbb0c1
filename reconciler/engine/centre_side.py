"""What the central cloud has beside its subclouds, as a service of the site that is the system controller.

Each list is read once a visit of that one site, and only where Git says any of it: the fleet costs no call more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from reconciler.model.central import Subcloud
from reconciler.model.plan import Method
from reconciler.model.rows import COLLECTIONS, Row

OF_SUBCLOUDS, OF_OPTIONS = COLLECTIONS["subclouds"].path, COLLECTIONS["update_options"].path
OF_GROUPS = COLLECTIONS["subcloud_groups"].path


class Centre(Protocol):
    """The central cloud; `engine.central` is it."""

    async def listed(self, path: str) -> tuple[Row, ...]: ...

    async def shown(self, path: str) -> Row: ...

    async def rows(self) -> Mapping[str, Subcloud]: ...

    async def send(self, method: str, path: str, body: Any) -> None: ...


class CentreSide:
    """dcmanager's own lists, read and written; `engine.remote.Platform`. Methods raise ReconcilerError.

    is_central: whether Git says what the central cloud is to have, and that this site is it.
    away: the groups of subclouds that stand in ours for a strategy, once for each.
    """

    def __init__(self, centre: Centre, is_central: Callable[[], bool], away: Callable[[], Collection[int]]) -> None:
        self._centre, self.is_wanted, self._away = centre, is_central, away

    async def list(self, path: str, items: str) -> tuple[Row, ...]:  # noqa: ARG002 - rows come without what holds them
        """It is no subcloud of itself, and has no row among them. Options may be set of those that there are.

        Groups are counted with those that are to be put back into them.
        """
        if path == OF_SUBCLOUDS:
            return ()
        rows = await self._centre.listed(path)
        if path == OF_GROUPS:
            away = Counter(self._away())
            return tuple({**row, "subcloud_count": row["subcloud_count"] + away[row["id"]]} for row in rows)
        if path != OF_OPTIONS:
            return rows
        names = sorted(await self._centre.rows())
        return tuple({**row, "subclouds": names} for row in rows)

    async def get(self, path: str) -> Mapping[str, Any]:
        """One object as it is this moment; empty where there is none."""
        return await self._centre.shown(path)

    async def send(self, method: Method, path: str, body: Any) -> None:
        await self._centre.send(method, path, body)
