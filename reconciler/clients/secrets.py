"""Secrets by reference: `env:NAME` or `file:PATH` to a value whose type prints as `**********`.

A reference is resolved each time the value is needed, so a rotated secret is used without a restart.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import SecretStr, StringConstraints

from reconciler.model.errors import ConfigError

SecretReference = Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$")]
MASK = "***"
SHORTEST_LINE = 12  # characters of a line of a file that alone gives something away


def resolve(reference: str, folder: Path, environ: Mapping[str, str] | None = None) -> SecretStr:
    """The value behind a reference; relative files are beside `folder`. Raises ConfigError, never with a value."""
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        return _from_environment(name, os.environ if environ is None else environ)
    if scheme == "file":
        return _from_file(folder / name, reference)
    raise ConfigError(f"a secret is given as env:NAME or file:PATH, not as {scheme}:", str(folder))


def masked(text: str, secrets: Iterable[SecretStr]) -> str:
    """The text without these values: services echo what they were sent, or a line of it."""
    for secret in secrets:
        for piece in _pieces(secret.get_secret_value()):
            text = text.replace(piece, MASK)
    return text


def _pieces(value: str) -> Iterator[str]:
    """The whole, then those of its lines that are no common words."""
    yield from filter(None, (value,))
    yield from (line for line in value.splitlines() if len(line) >= SHORTEST_LINE and line != value)


def _from_environment(name: str, environ: Mapping[str, str]) -> SecretStr:
    if not environ.get(name):
        raise ConfigError(f"env:{name}: the environment variable {name} is not set, or empty. Set it, then start again")
    return SecretStr(environ[name])


def _from_file(path: Path, reference: str) -> SecretStr:
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
    return SecretStr(value)
