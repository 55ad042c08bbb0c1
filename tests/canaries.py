"""One canary for each place where a secret may stand, and the search for it in everything that comes out.

Databases are looked through value by value, what is packed unpacked: of SQLite every table of a file, of PostgreSQL every
table of every schema, and the server's log, where a statement's parameters are as well.
"""

from __future__ import annotations

import base64
import re
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url, text

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
    """As it is, in other encodings, in hexadecimal, and in either base64 wherever it stands in a longer text."""
    yield end
    yield from (end.decode().encode(wide) for wide in ("utf-16-le", "utf-16-be"))
    yield from (end.hex().encode(), end.hex().upper().encode())
    for before in range(3):
        for coded in (base64.b64encode, base64.urlsafe_b64encode):
            yield coded(bytes(before) + end)[-(-before * 8 // 6) : (before + len(end)) * 8 // 6]


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


def in_files(state: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table of the SQLite databases below a folder."""
    for file in state.rglob("*.db"):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                for number, row in enumerate(db.execute(f'select * from "{table}"')):
                    yield f"{file.name} {table} {number}", b"\0".join(map(plain, row))


def in_database(url: str) -> Iterator[tuple[str, bytes]]:
    """Every value of every table that a PostgreSQL database has, whoever made it, and what its server wrote down."""
    engine = create_engine(url)
    try:
        with engine.connect() as db:
            known = inspect(db)
            own = [one for one in known.get_schema_names() if one != "information_schema"]
            for schema, table in [(one, table) for one in own for table in known.get_table_names(one)]:
                for number, row in enumerate(db.execute(text(f'select * from "{schema}"."{table}"'))):
                    yield f"{schema}.{table} {number}", b"\0".join(map(plain, row))
    finally:
        engine.dispose()
    yield "log of the server", logged(make_url(url))


def logs_all(url: str) -> None:
    """Have the server write down each statement of this database, with its parameters, from the next connection on."""
    place = make_url(url)
    engine = create_engine(place, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as db:
            db.execute(text(f"alter database \"{place.database}\" set log_statement = 'all'"))
    finally:
        engine.dispose()


def logged(place: URL) -> bytes:
    """The log beside the server's folder; what a parameter holds in hexadecimal, unpacked behind it."""
    said = Path(f"{place.query['host']}.log").read_bytes()
    packed = re.findall(rb"\\x((?:[0-9a-f]{2})+)", said)
    return b"\0".join((said, *(plain(bytes.fromhex(each.decode())) for each in packed)))


def plain(value: object) -> bytes:
    """As text; what was packed by zlib as it was, too."""
    if not isinstance(value, bytes | memoryview):
        return str(value).encode()
    held = bytes(value)
    try:
        return held + zlib.decompress(held)
    except zlib.error:
        return held
