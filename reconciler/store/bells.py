"""Bells: by which one replica tells the others to look at something; each compares how often it was rung."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from reconciler.store.database import writing
from reconciler.store.tables import BELLS

GIT = "git"  # the repository moved, or somebody says so


@dataclass(frozen=True, slots=True)
class Bells:
    """The table of one store."""

    engine: Engine

    def ring(self, name: str) -> None:
        """Whoever listens looks."""
        with writing(self.engine).begin() as db:
            if db.execute(update(BELLS).where(BELLS.c.name == name).values(rung=BELLS.c.rung + 1)).rowcount:
                return
        try:
            with writing(self.engine).begin() as db:
                db.execute(insert(BELLS).values(name=name, rung=1))
        except IntegrityError:  # the first ring of another: it is heard as well
            return

    def rung(self, name: str) -> int:
        """How often it was rung so far."""
        with self.engine.connect() as db:
            return db.scalar(select(BELLS.c.rung).where(BELLS.c.name == name)) or 0
