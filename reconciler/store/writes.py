"""When we wrote each field of a site: one row a site, so that a first day costs no row for each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, select

from reconciler.model.fight import Writes, Written, noted
from reconciler.store.database import put, writing
from reconciler.store.tables import WRITES

KEPT_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class WriteStore:
    """The table of one store."""

    engine: Engine

    def of(self, site: str) -> Writes:
        with self.engine.connect() as db:
            return _known(db, site)

    def note(self, site: str, sending: str, fields: Mapping[str, str], at: float) -> None:
        """A sending wrote these fields: `model.fight.place` -> the value, masked. May be called again for one sending."""
        with writing(self.engine).begin() as db:
            now = noted(_known(db, site), sending, fields, at, KEPT_S)
            content = orjson.dumps({name: [one.wanted, dict(one.at)] for name, one in now.items()}).decode()
            put(db, WRITES, {"site": site}, {"content": content})


def _known(db: Connection, site: str) -> Writes:
    content = db.scalar(select(WRITES.c.content).where(WRITES.c.site == site)) or "{}"
    return {name: Written(wanted, at) for name, (wanted, at) in orjson.loads(content).items()}
