"""One canary for each place where a secret may stand, and the search for it in everything that comes out."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

BETWEEN = '"/+&%\\'  # what JSON, URLs, HTML and base64 write in their own ways


@dataclass(frozen=True)
class Canary:
    """A secret whose two ends are found in whatever way it is written, and half of it as well."""

    place: str

    @property
    def ends(self) -> tuple[str, ...]:
        digest = base64.b32encode(sha256(self.place.encode()).digest()).decode().lower()
        return digest[:13], digest[20:33]

    @property
    def value(self) -> str:
        return BETWEEN.join(self.ends)

    def traces(self, data: bytes) -> Iterator[str]:
        """Where an end of it stands, with what is around."""
        for end in self.ends:
            for form in forms(end.encode()):
                at = data.find(form)
                if at >= 0:
                    yield f"{self.place}: …{data[max(at - 120, 0) : at + 60]!r}…"


@dataclass(frozen=True)
class Given(Canary):
    """A secret that somebody else made: its ends, or two lines of a key."""

    said: str

    @property
    def ends(self) -> tuple[str, ...]:
        lines = [line for line in self.said.splitlines() if not line.startswith("-----")]
        return tuple(lines[1:3]) if len(lines) > 2 else (self.said[:12], self.said[12:])

    @property
    def value(self) -> str:
        return self.said


def forms(end: bytes) -> Iterator[bytes]:
    """As it is, in hexadecimal, and in base64 wherever it stands in a longer text."""
    yield end
    yield end.hex().encode()
    for before in range(3):
        yield base64.b64encode(bytes(before) + end)[-(-before * 8 // 6) : (before + len(end)) * 8 // 6]


def found(canaries: Mapping[str, Canary], said: Mapping[str, bytes]) -> list[str]:
    """Every canary that got out, and where."""
    return [
        f"{name}: {trace}"
        for name, data in sorted(said.items())
        for each in canaries.values()
        for trace in each.traces(data)
    ]


def below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: databases with their journals, mirrors, notes."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
