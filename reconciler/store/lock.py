"""One process owns a state folder. The lock file names it, so that who is refused knows whom to ask."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from reconciler.model.errors import Held

FILE = "lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the state folder."""

    command: str
    pid: int
    host: str
    since: float

    @classmethod
    def here(cls, command: str, now: float) -> Self:
        """The process that runs this."""
        return cls(command, os.getpid(), socket.gethostname(), now)

    def __str__(self) -> str:
        return f"`stxr {self.command}`, process {self.pid} on {self.host}"


class StateLock:
    """An advisory lock that ends with the process, however it ends: nothing has to be cleaned up after a kill."""

    def __init__(self, folder: Path, holder: Holder) -> None:
        self._path = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise Held(f"the state folder {folder} is in use by {_holder(self._path)}; end it, or use it") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(holder)).encode(), 0)

    def release(self) -> None:
        """Let the next process have it. May be called again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _holder(path: Path) -> str:
    try:
        return str(Holder(**json.loads(path.read_text())))
    except (OSError, ValueError, TypeError):
        return "another process"
