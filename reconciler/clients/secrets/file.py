"""`file:PATH`: a file that only the controller's user and group may read; a relative one is beside the file that says it."""

from __future__ import annotations

import stat
from pathlib import Path

from pydantic import SecretStr

from reconciler.clients.secrets.scheme import Asked, Scheme
from reconciler.model.errors import ConfigError


def text_of(path: Path, reference: str) -> str:
    """The file's text without the end of its last line. Raises ConfigError, also where everybody may read or write it."""
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{reference}: {path} cannot be read: {why}") from None
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        advice = f"chmod o= {path}, or defaultMode 0440 on a mounted Secret"
        raise ConfigError(f"{reference}: everybody on this machine may read or write {path}. {advice}")
    if not value:
        raise ConfigError(f"{reference}: {path} is empty")
    return value


def _read(asked: Asked) -> SecretStr:
    return SecretStr(text_of(asked.folder / asked.name, asked.text))


SCHEME = Scheme("file", _read)
