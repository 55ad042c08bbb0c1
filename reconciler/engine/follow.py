"""Follows the repository: a local folder by its edits, a remote one by polling. Says which sites each move reaches."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from reconciler.desired import fleet_part, layers_of
from reconciler.engine.bases import MirrorBases
from reconciler.engine.opening import MIRROR, open_folder
from reconciler.engine.repository import Repository
from reconciler.model.kind import Kinds
from reconciler.sources.errors import SourceError
from reconciler.sources.inputs import Affected
from reconciler.sources.mirror import Head, Mirror
from reconciler.sources.sites import GitSites
from reconciler.sources.triggers import Bell, Poll, Sleep, looks, poll
from reconciler.sources.verify import Trust, verified
from reconciler.sources.watch import moved
from reconciler.sources.working_tree import WorkingTree
from reconciler.store import state_folder

Say = Callable[[str], None]
SETTLE_S = 1.0  # a push of many branches is many deliveries


Fetched = Callable[[str, float], None]  # ok or failed, and the seconds that it took


def unheard(result: str, seconds: float) -> None:
    """Nobody is told of fetches."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How often a remote is asked, and whose signatures its heads need. fetched: is told of each time."""

    every: Poll
    trust: Trust
    fetched: Fetched = unheard


class Source(Protocol):
    """A repository that is followed. `waits_for` is "" once a first head was read."""

    repository: Repository
    waits_for: str

    @property
    def mirror(self) -> Mirror | None:
        """Its commits, also those that no branch has; None for a folder that is no git repository."""
        ...

    def ring(self, reason: str) -> None:
        """Somebody says that the repository moved: look soon."""
        ...

    def moves(self) -> AsyncIterator[Affected]:
        """Each move of the repository, the first one at once with every site; cancel it to end it."""
        ...


class FolderSource:
    """A local folder with its uncommitted edits: for those who work beside the controller."""

    def __init__(self, folder: Path, root: str, kinds: Kinds, state: Path, say: Say) -> None:
        self._folder, self._say, self._edited = folder.resolve(), say, asyncio.Event()
        self._mirror = Mirror.open(folder, state_folder(state) / MIRROR) if (folder / ".git").exists() else None
        self._fetch()
        self.repository = open_folder(folder, kinds, self._mirror, root)
        self.waits_for = ""

    @property
    def mirror(self) -> Mirror | None:
        return self._mirror

    def ring(self, reason: str) -> None:  # noqa: ARG002
        """Edits are seen without being told; a look more does no harm."""
        self._edited.set()

    async def moves(self) -> AsyncIterator[Affected]:
        self._edited.set()  # what moved between reading the folder and watching it
        stop = asyncio.Event()
        watching = asyncio.create_task(self._watched(stop))
        try:
            yield Affected(appeared=self.repository.names)
            while not watching.done():
                await self._edited.wait()
                self._edited.clear()
                if found := await asyncio.to_thread(self._look):
                    yield found
        finally:
            stop.set()
            await watching

    async def _watched(self, stop: asyncio.Event) -> None:
        try:
            async for _ in moved(self._folder, stop):
                self._edited.set()
        finally:
            self._edited.set()  # who waits for an edit learns that nobody watches

    def _look(self) -> Affected | None:
        tree = self.repository.tree
        assert isinstance(tree, WorkingTree)
        try:
            self._fetch()
            return tree.look()
        except SourceError as error:
            self._say(f"{error}; the sites stay as they were last read")
            return None

    def _fetch(self) -> None:
        if self._mirror:
            self._mirror.fetch(datetime.now(UTC))


class RemoteSource:
    """A branch of a repository elsewhere. A head that cannot be fetched or verified leaves the last one in force."""

    def __init__(self, mirror: Mirror, root: str, kinds: Kinds, watch: Watch, say: Say) -> None:
        self._mirror, self._watch, self._say = mirror, watch, say
        self._sites = GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)
        self.repository = Repository(self._sites, kinds, MirrorBases(mirror, self._sites))
        self.waits_for = f"the first head of {mirror.location}"
        self._bell = Bell()

    @property
    def mirror(self) -> Mirror:
        return self._mirror

    def ring(self, reason: str) -> None:
        """Look soon; of many rings in a burst one look is made."""
        self._bell.ring(reason)

    async def moves(self, sleep: Sleep = asyncio.sleep) -> AsyncIterator[Affected]:
        polling = asyncio.create_task(poll(self._bell, self._watch.every, sleep, random.random))
        try:
            async for _ in looks(self._bell, SETTLE_S, sleep):
                if found := await asyncio.to_thread(self._look):
                    yield found
        finally:
            polling.cancel()

    def _look(self) -> Affected | None:
        try:
            judged = verified(self._mirror, self._fetch(), self._watch.trust)
            if judged.said:
                self._say(judged.said)
            if judged.commit is None or judged.commit == self._sites.commit:
                return None
            found = self._sites.advance(judged.commit)
        except SourceError as error:
            self._say(str(error))
            return None
        self.waits_for = ""
        return found

    def _fetch(self) -> Head:
        began, result = time.perf_counter(), "failed"
        try:
            head = self._mirror.fetch(datetime.now(UTC))
            result = "ok"
        finally:
            self._watch.fetched(result, time.perf_counter() - began)
        return head
