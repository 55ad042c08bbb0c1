"""Which sites are this process's to work on: all of them where it is alone, its share among replicas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from reconciler.model.replica import LEADER, Lease, Post, of_site
from reconciler.store import fenced

ASK_AGAIN_S = 1.0


class Membership(Protocol):
    """What the controller and its workflows ask before they touch a site. Belongs to one event loop."""

    @property
    def post(self) -> Post: ...

    @property
    def lead(self) -> Lease | None:
        """The lease of the lead, by which what the leader writes is fenced; None where another leads."""
        ...

    def is_mine(self, site: str) -> bool:
        """Whether this process looks at the site when it is due."""
        ...

    def take(self, site: str) -> Lease | None:
        """The lease of a site; None while anybody works on it, this process too."""
        ...

    def give_back(self, lease: Lease) -> None: ...

    def is_held(self, lease: Lease) -> bool:
        """Asked of the database itself, for before a host is taken out of service."""
        ...

    async def may_write(self, site: str) -> None:
        """Returns while what was leased is certainly still ours. That may be never: the process ends first."""
        ...


class Alone:
    """One process, whose state folder nobody else can open: every site is its own."""

    waits_for = ""

    async def join(self) -> None:
        """There is nobody to join."""

    def leave(self) -> None:
        """Nobody waits for its sites."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    @property
    def post(self) -> Post:
        return Post.LEADER

    @property
    def lead(self) -> Lease:
        return Lease(LEADER, "", 0)

    def is_mine(self, site: str) -> bool:  # noqa: ARG002
        return True

    def take(self, site: str) -> Lease | None:
        if site in self._taken:
            return None
        self._taken.add(site)
        return Lease(of_site(site), "", 0)

    def give_back(self, lease: Lease) -> None:
        with suppress(KeyError):
            self._taken.remove(lease.site)

    def is_held(self, lease: Lease) -> bool:
        return lease.site in self._taken

    async def may_write(self, site: str) -> None:
        """Nobody else does."""


@asynccontextmanager
async def working(membership: Membership, site: str) -> AsyncIterator[Lease]:
    """Work on a site that nobody else works on: waits for its lease, gives it back at the end. Late writes are refused."""
    while (lease := membership.take(site)) is None:  # noqa: ASYNC110 - another process gives it back
        await asyncio.sleep(ASK_AGAIN_S)
    try:
        with fenced(lease):
            yield lease
    finally:
        membership.give_back(lease)
