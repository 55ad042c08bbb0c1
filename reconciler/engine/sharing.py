"""What a replica does beside its visits, so that many are as one: hears of the others, and takes over from the dead."""

from __future__ import annotations

import asyncio
import math
import os
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Protocol

from reconciler.engine.controller import Controller
from reconciler.engine.membership import Alone
from reconciler.engine.replicas import Replicas, Times, moved
from reconciler.model.errors import ConfigError
from reconciler.model.replica import Post, owner
from reconciler.store import Bell, Crewed, Process, Store, address

LOOK_S = 2.0


class Workflows(Protocol):
    """`engine.durable`, which is slow to load."""

    async def under_way(self) -> frozenset[str]: ...

    async def take_over(self, gone: str) -> tuple[str, ...]: ...


class Crew:
    """One process, and those that work beside it, if there are any.

    ring: asks for a look at the repository. say: is told what is taken over, and from whom.
    """

    def __init__(
        self,
        members: Alone | Replicas,
        it: Controller,
        workflows: Workflows,
        ring: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        self._replicas = members if isinstance(members, Replicas) else None
        self._it, self._workflows, self._ring, self._say = it, workflows, ring, say
        self._bells = it.store.bells
        self._live: frozenset[str] = frozenset()
        self._heard = 0
        self.has_begun = asyncio.Event()  # workflows go on here

    @property
    def role(self) -> str:
        """Which of several this is; "" for one that is alone."""
        return str(self._replicas.post) if self._replicas else ""

    @property
    def waits_for(self) -> str:
        """What keeps this process from its share of the sites; "" for nothing."""
        return self._replicas.waits_for if self._replicas else ""

    def left_s(self) -> float:
        """How long the sites of this process are certainly its own. May be asked from any thread."""
        return self._replicas.left_s if self._replicas and not self.waits_for else math.inf

    def seen(self) -> Crewed:
        """All of them, and what each works on. May be asked from any thread."""
        store = self._it.store
        return Crewed(store.sessions.known(), store.leases.held(), tuple(sorted(self._it.sites)))

    def pushed(self, reason: str) -> None:
        """A forge has told this process of a push, which tells the others."""
        self._ring(reason)
        if self._replicas:
            self._bells.ring(Bell.GIT)

    def found(self) -> None:
        """The repository was found to have moved: the others may not know it yet."""
        if self._replicas:
            self._bells.ring(Bell.GIT)

    def jobs(self) -> Iterator[Coroutine[Any, Any, None]]:
        """What is to be done all the time, beside the visits."""
        if self._replicas:
            yield self._replicas.stay()
            yield self._share(self._replicas)

    async def _share(self, replicas: Replicas) -> None:
        await self.has_begun.wait()
        self._live, self._heard = replicas.live, self._bells.heard(Bell.GIT)
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look(replicas)

    async def look(self, replicas: Replicas) -> None:
        """Once: what the others did, then who of them is there."""
        self._listen()
        under_way = self._it.under_way
        self._it.heard(under_way, await self._workflows.under_way())
        self._it.refresh()
        if replicas.post is Post.LEADER:
            await self._take_over(replicas)
        self._redeal(replicas)

    def _listen(self) -> None:
        before, self._heard = self._heard, self._bells.heard(Bell.GIT)
        if self._heard != before:
            self._ring("another replica was told of a push, or has found one")

    def _redeal(self, replicas: Replicas) -> None:
        """Look at what became ours when somebody came or went."""
        before, self._live = self._live, replicas.live
        if self._live == before:
            return
        mine = moved(self._it.sites, before, self._live, replicas.name)
        gone = [f"{name} has gone" for name in sorted(before - self._live)]
        here = [f"{name} is here" for name in sorted(self._live - before)]
        self._say(f"{', '.join(gone + here)}: {len(mine)} more sites are looked at from here")
        orphaned = frozenset(site for site in mine if owner(site, before) not in self._live)
        self._it.spread(orphaned, replicas.times.lasts_s)  # nobody knows how they are
        self._it.resume(mine - orphaned)

    async def _take_over(self, replicas: Replicas) -> None:
        for name in await replicas.gone_now():
            if taken := await self._workflows.take_over(name):
                self._say(f"{name} has not come back: what it was sending to {len(taken)} sites goes on")


def may_share(replicas: int, database: str) -> None:
    """Raise ConfigError where several replicas would not know of each other."""
    if replicas > 1 and not database:
        raise ConfigError(
            f"{replicas} replicas cannot share SQLite: give all of them one PostgreSQL database "
            "(--database, STXR_DATABASE), or run one (--replicas 1)"
        )
    if database and address(database).get_backend_name() != "postgresql":
        raise ConfigError(
            "--database is what replicas share, and is PostgreSQL: without it SQLite is used, in the state folder"
        )


def membership(name: str, database: str, store: Store, times: Times) -> Alone | Replicas:
    """One of several on PostgreSQL, which others may use too; a state folder is one process's."""
    if not database:
        return Alone()
    return Replicas(Process(name, socket.gethostname(), os.getpid()), store.sessions, store.leases, times)
