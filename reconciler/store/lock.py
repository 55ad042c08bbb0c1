"""One process owns a state folder. The lock file names it, so that who is refused knows whom to ask."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from reconciler.model.errors import ConfigError, Held

FILE = "lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the state folder. since: Unix seconds."""

    command: str
    pid: int
    host: str
    since: float

    @classmethod
    def here(cls, command: str, now: float) -> Self:
        """The process that runs this."""
        return cls(command, os.getpid(), socket.gethostname(), now)

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since, UTC)
        return f"`stxr {self.command}`, process {self.pid} on {self.host} since {since:%Y-%m-%d %H:%M} UTC"


def state_folder(path: Path) -> Path:
    """The folder, made if absent, in full; what is in it is no part of the repository in which it may lie."""
    folder = path.resolve()
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
        (folder / ".gitignore").write_text("*\n")
    return folder


class StateLock:
    """An advisory lock that ends with the process, however it ends: nothing has to be cleaned up after a kill."""

    def __init__(self, folder: Path, holder: Holder) -> None:
        """Raises Held, naming the holder, where another process has it; ConfigError for a folder that cannot be used."""
        self._file = _opened(folder)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise Held(
                f"the state folder {folder} is in use by {_holder(folder)}: "
                "wait until it ends or stop it, or give another folder (--state)"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(holder)).encode(), 0)

    def release(self) -> None:
        """Let the next process have it. May be called again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(
            f"the state folder {folder} cannot be used ({error.strerror}): give a folder that can be written (--state)"
        ) from None


def _holder(folder: Path) -> str:
    try:
        return str(Holder(**json.loads((folder / FILE).read_text())))
    except (OSError, ValueError, TypeError):  # it has the lock and has not written its name yet
        return "another process"
