"""The last reading of the central cloud, which replicas share: one asks, the others look here."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, select

from reconciler.model.central import Reading
from reconciler.store.database import put, writing
from reconciler.store.tables import CENTRAL

_FORM = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class CentralStore:
    """The table of one store. place: of the central cloud. May be used from any thread."""

    engine: Engine

    def newest(self, place: str) -> Reading | None:
        """As it was read last; None where nobody did, or a program of another form."""
        with self.engine.connect() as db:
            content = db.scalar(select(CENTRAL.c.content).where(CENTRAL.c.place == place))
        try:
            return _FORM.validate_json(zlib.decompress(content)) if content else None
        except ValidationError:
            return None

    def put(self, place: str, reading: Reading) -> None:
        """5,000 subclouds are some 100 KB."""
        content = zlib.compress(_FORM.dump_json(reading), level=1)
        with writing(self.engine).begin() as db:
            put(db, CENTRAL, {"place": place}, {"content": content})
