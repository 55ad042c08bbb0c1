"""What was sent and may be stored without being applied, by site, until that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import orjson
from sqlalchemy import Engine, delete, select

from reconciler.model.kind import Kinds
from reconciler.model.stored import Stored
from reconciler.model.typed import packed, unpacked
from reconciler.store.database import durable, put, writing
from reconciler.store.tables import STORED


class Notes:
    """A part of the store."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock

    def keep(self, site: str, note: Stored) -> None:
        """Write down what is about to be sent, or that nobody applied it. May be called again."""
        content = orjson.dumps(packed(note)).decode()
        with durable(self._engine).begin() as db:
            put(db, STORED, {"site": site, "resource": str(note.key)}, {"at": self._clock(), "content": content})

    def of(self, site: str, kinds: Kinds) -> tuple[Stored, ...]:
        """All of a site; without what this program cannot read, which a newer one wrote."""
        with self._engine.connect() as db:
            contents = db.scalars(select(STORED.c.content).where(STORED.c.site == site)).all()
        return tuple(note for content in contents if (note := _note(content, kinds)))

    def forget(self, site: str, resource: str) -> None:
        """It is applied, or of no more interest. May be called again."""
        with writing(self._engine).begin() as db:
            db.execute(delete(STORED).where(STORED.c.site == site, STORED.c.resource == resource))


def _note(content: str, kinds: Kinds) -> Stored | None:
    try:
        return cast("Stored", unpacked(orjson.loads(content), kinds))
    except (ValueError, TypeError):
        return None
