"""What sites were deployed with, one row a site: dcmanager keeps no hash of what it was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, select

from reconciler.model.deployed import Deployed
from reconciler.store.database import put, writing
from reconciler.store.tables import DEPLOYED


@dataclass(frozen=True, slots=True)
class DeployedStore:
    """The table of one store."""

    engine: Engine
    clock: Callable[[], float]

    def of(self, site: str) -> Deployed | None:
        """None where nobody knows."""
        with self.engine.connect() as db:
            row = db.execute(select(DEPLOYED).where(DEPLOYED.c.site == site)).first()
        return Deployed(row.commit_id, orjson.loads(row.content), bool(row.is_ours)) if row else None

    def all(self) -> dict[str, Deployed]:
        """The same of every site."""
        with self.engine.connect() as db:
            rows = db.execute(select(DEPLOYED)).all()
        return {row.site: Deployed(row.commit_id, orjson.loads(row.content), bool(row.is_ours)) for row in rows}

    def note(self, site: str, deployed: Deployed) -> None:
        """In place of what was known. May be told again."""
        with writing(self.engine).begin() as db:
            note(db, site, deployed, self.clock())


def note(db: Connection, site: str, deployed: Deployed, at: float) -> None:
    """The same within somebody's transaction."""
    content = orjson.dumps(dict(deployed.keys), option=orjson.OPT_SORT_KEYS).decode()
    put(
        db,
        DEPLOYED,
        {"site": site},
        {"commit_id": deployed.commit, "content": content, "is_ours": deployed.is_ours, "at": at},
    )
