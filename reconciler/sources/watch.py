"""Tells that a local folder moved, for those who work beside the controller: an edit, a commit, a branch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

QUIET_MS = 300  # an editor's save and a `git commit` are several writes; they are one move
REFS = ("HEAD", "packed-refs", "refs/heads/")


class Telling:
    """Which paths tell something: all but git's inner files, of which only those that say where a branch stands."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, _change: Change, path: str) -> bool:
        return is_telling(Path(path).relative_to(self._folder).as_posix())


def is_telling(path: str) -> bool:
    """A path of the folder whose change is worth a look."""
    _, inside, rest = f"/{path}".rpartition("/.git/")
    if inside:
        return rest.startswith(REFS) and not rest.endswith(".lock")
    return not path.endswith(("~", ".swp", ".tmp"))


async def moved(folder: Path, stop: asyncio.Event) -> AsyncIterator[frozenset[str]]:
    """The paths that changed, each time some did, until `stop` is set. What moved before the start is not told.

    The folder is given in full (`Path.resolve`): what is told is compared with it.
    """
    async for changes in awatch(folder, watch_filter=Telling(folder), debounce=QUIET_MS, stop_event=stop):
        yield frozenset(Path(path).relative_to(folder).as_posix() for _, path in changes)
