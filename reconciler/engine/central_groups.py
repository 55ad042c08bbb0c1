"""The groups of the central cloud, by name: rows of subclouds have numbers. Read seldom, and anew for one that is not known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from math import inf

from reconciler.engine.central_world import Clock, Dcmanager
from reconciler.model.rows import COLLECTIONS, Row

KNOWN_S = 600.0
UNKNOWN_S = 60.0  # what is not there is looked for as often
PEER_GROUPS = COLLECTIONS["peer_groups"].path


class Groups:
    """As they were read last. Methods raise ReconcilerError."""

    def __init__(self, client: Callable[[], Awaitable[Dcmanager]], clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._names: Mapping[int, str] = {}
        self._of_peers: tuple[Row, ...] = ()
        self._named_at = self._peers_at = -inf

    async def name(self, number: int) -> str:
        """The number as it is, where there is none of it."""
        old_s = KNOWN_S if number in self._names else 0.0
        return (await self._named(old_s)).get(number, str(number))

    async def has(self, name: str) -> bool:
        """Whether there is one of this name."""
        old_s = KNOWN_S if name in self._names.values() else UNKNOWN_S
        return name in (await self._named(old_s)).values()

    async def of_peers(self, number: int | None) -> tuple[Row, ...]:
        """Groups of subclouds that go over to other centres. number: that of one that has to be among them."""
        now = self._clock.now()
        is_known = number is None or any(group["id"] == number for group in self._of_peers)
        if not is_known or now - self._peers_at >= UNKNOWN_S:
            self._of_peers, self._peers_at = await (await self._client()).listed(PEER_GROUPS), now
        return self._of_peers

    async def _named(self, old_s: float) -> Mapping[int, str]:
        """Their names by number, read anew where they are that old."""
        now = self._clock.now()
        if now - self._named_at >= old_s:
            self._names = {group.id: group.name for group in await (await self._client()).groups()}
            self._named_at = now
        return self._names
