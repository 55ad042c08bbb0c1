"""Contents of git objects through one persistent `git cat-file --batch`, asked in bunches, each of bounded size."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from subprocess import Popen
from types import TracebackType
from typing import BinaryIO, Self, cast

from reconciler.sources.errors import SourceError
from reconciler.sources.git import Git, stop

BLOB_LIMIT_BYTES = 4 * 1024 * 1024
BUNCH = 256  # requests in flight: 256 ids of 41 to 65 bytes fit a pipe of 64 KiB, so neither side waits for the other


class Blobs:
    """A reader of blobs. Safe from several threads, which take turns. Close it: it owns a child process."""

    def __init__(self, git: Git, limit_bytes: int = BLOB_LIMIT_BYTES) -> None:
        self._git = git
        self.limit_bytes = limit_bytes
        self._process: Popen[bytes] | None = None
        self._turn = threading.Lock()

    def read(self, ids: Collection[str]) -> dict[str, bytes]:
        """Contents by object id; a blob above the limit is left out. Raises SourceError for an object that is missing."""
        wanted, found = list(dict.fromkeys(ids)), dict[str, bytes]()
        with self._turn:
            while wanted:
                answered = self._ask(wanted[:BUNCH], found)
                wanted = wanted[answered:]
        return found

    def close(self) -> None:
        """End the child process; a later read starts another."""
        with self._turn:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, ids: Sequence[str], found: dict[str, bytes]) -> int:
        try:
            return self._exchange(ids, found)
        except BaseException:
            self._end()  # what is left in the pipes belongs to a question nobody waits for
            raise

    def _exchange(self, ids: Sequence[str], found: dict[str, bytes]) -> int:
        asked, answers = self._pipes()
        asked.write("".join(f"{blob}\n" for blob in ids).encode())
        asked.flush()
        for number, blob in enumerate(ids, start=1):
            size = self._size(blob, answers.readline())
            if size > self.limit_bytes:
                self._end()  # cheaper than to read it all, and the rest is asked again
                return number
            found[blob] = answers.read(size + 1)[:-1]  # git ends each content with a line feed
        return len(ids)

    def _size(self, blob: str, header: bytes) -> int:
        fields = header.split()
        if len(fields) != 3:  # "<id> missing", or nothing at all where git has ended
            raise SourceError(
                f"{self._git.shown}: object {blob} cannot be read: {header.decode().strip() or 'git ended'}"
            )
        return int(fields[2])

    def _pipes(self) -> tuple[BinaryIO, BinaryIO]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._git.start("cat-file", "--batch")
        return cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)

    def _end(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None
