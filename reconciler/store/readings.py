"""The last reading of each site, as `stxr inventory` writes it, packed: what a change is reviewed against.

A site of one host takes some 10 KB, and 3 ms a visit. What is called a secret, wherever a platform may show one, is not kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Engine, select, update

from reconciler.model.secret import MASK, is_named
from reconciler.store.database import put, writing
from reconciler.store.tables import READINGS

# members of rows; `label_key` is none
_MEMBER = re.compile(r"(password|passphrase|passwd|secret|token)$", re.IGNORECASE)
FAST = 1  # zlib: packed once a visit, and a tenth of the size already


@dataclass(frozen=True, slots=True)
class Reading:
    """A site's lists as they were read. at: Unix seconds."""

    site: str
    at: float
    inventory: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadingStore:
    """The table of one store. Reading may be done from any thread."""

    engine: Engine

    def keep(self, reading: Reading) -> None:
        """Keep it in place of the last one; where nothing differs, its time alone."""
        content = orjson.dumps(veiled(reading.inventory), option=orjson.OPT_SORT_KEYS)
        digest = sha256(content).hexdigest()
        same = (READINGS.c.site == reading.site, READINGS.c.digest == digest)
        with writing(self.engine).begin() as db:
            if not db.execute(update(READINGS).where(*same).values(at=reading.at)).rowcount:
                values = {"at": reading.at, "digest": digest, "content": zlib.compress(content, FAST)}
                put(db, READINGS, {"site": reading.site}, values)

    def of(self, site: str) -> Reading | None:
        with self.engine.connect() as db:
            row = db.execute(select(READINGS.c.at, READINGS.c.content).where(READINGS.c.site == site)).first()
        return Reading(site, row.at, orjson.loads(zlib.decompress(row.content))) if row else None

    def times(self) -> dict[str, float]:
        """Site -> when it was read."""
        with self.engine.connect() as db:
            return {row.site: row.at for row in db.execute(select(READINGS.c.site, READINGS.c.at))}


def veiled(value: Any) -> Any:
    """The value with MASK for what is called a secret: under its own name, or in a row that has one for a name."""
    if isinstance(value, Mapping):
        name = value.get("name")
        hidden = {"value"} if isinstance(name, str) and is_named(name) else frozenset[str]()
        return {key: _veiled(key, member, hidden) for key, member in value.items()}
    return [veiled(member) for member in value] if isinstance(value, list | tuple) else value


def _veiled(key: str, member: Any, hidden: Collection[str]) -> Any:
    is_secret = key in hidden or _MEMBER.search(key) is not None
    return MASK if is_secret and isinstance(member, str) and member else veiled(member)
