"""Bells: by which one replica tells the others to look at something; each compares how often it was rung."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from reconciler.store.database import writing
from reconciler.store.tables import BELLS


class Bell(StrEnum):
    """What there is to look at. The migrations hang them."""

    GIT = "git"  # the repository moved, or somebody says so
    ROLLOUTS = "rollouts"  # one was moved on, or a commit was counted


@dataclass(frozen=True, slots=True)
class Bells:
    """The table of one store."""

    engine: Engine

    def ring(self, bell: Bell) -> None:
        """Whoever listens looks."""
        with writing(self.engine).begin() as db:
            rung(db, bell)

    def heard(self, bell: Bell) -> int:
        """How often it was rung so far."""
        with self.engine.connect() as db:
            return db.scalar(select(BELLS.c.rung).where(BELLS.c.name == bell)) or 0


def rung(db: Connection, bell: Bell) -> None:
    """Ring it with what there is to see, in one transaction."""
    db.execute(update(BELLS).where(BELLS.c.name == bell).values(rung=BELLS.c.rung + 1))
