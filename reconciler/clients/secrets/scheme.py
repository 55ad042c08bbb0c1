"""What a scheme of references is: how its references look, and who reads what is behind one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Asked:
    """One reference, and what is around whoever says it. text: as it was written. name: what follows the scheme."""

    text: str
    name: str
    folder: Path
    environ: Mapping[str, str] = field(repr=False)


def nothing_kept(asked: Asked) -> None:
    """It is read each time."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of keeping secrets.

    read: the value, always as it is now. Raises ConfigError, never with a value.
    forget: what it names did not open what it should; what is kept of it is read anew.
    waits: reading may take a while (a service that is asked, a file that is decrypted), so it is no work for an event loop.
    """

    name: str
    read: Callable[[Asked], SecretStr]
    waits: bool = False
    forget: Callable[[Asked], None] = nothing_kept
