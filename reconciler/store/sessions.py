"""Sessions of replicas: opened under a name, renewed while the process works, buried by others once they ran out.

A session ends by the database's clock, and for good: who renews late finds it buried. Whether one is over is written
down before anybody acts on it, so that a renewal on its way and who thinks it is too late never both win.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Float, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from reconciler.model.replica import Replica
from reconciler.store.database import writing
from reconciler.store.tables import REPLICAS


class DatabaseTime(FunctionElement[float]):
    """Unix seconds, as the database's machine counts them, also within a transaction."""

    type = Float()
    inherit_cache = True


@compiles(DatabaseTime)
def _sqlite(_element: DatabaseTime, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseTime, "postgresql")
def _postgresql(_element: DatabaseTime, _compiler: Any, **_: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


@dataclass(frozen=True, slots=True)
class Process:
    """Who opens a session. name: the replica's."""

    name: str
    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """The table of one store. now: the database's time."""

    engine: Engine
    now: Callable[[], ColumnElement[float]] = DatabaseTime

    def open(self, who: Process, lasts_s: float) -> str:
        """A new session; "" while another process has one under this name."""
        session = uuid4().hex
        times = {"began": self.now(), "heard_at": self.now(), "ends_at": self.now() + lasts_s}
        row = {"name": who.name, "host": who.host, "pid": who.pid, "session": session, **times}
        try:
            with writing(self.engine).begin() as db:
                self._bury(db)
                known = select(REPLICAS.c.session).where(REPLICAS.c.name == who.name).with_for_update()
                if db.scalar(known):
                    return ""
                db.execute(delete(REPLICAS).where(REPLICAS.c.name == who.name))
                db.execute(insert(REPLICAS).values(row))
        except IntegrityError:  # another process was quicker
            return ""
        return session

    def renew(self, session: str, lasts_s: float) -> bool:
        """It goes on for so long from now. False, for ever, where it ran out before."""
        mine = (REPLICAS.c.session == session) & (REPLICAS.c.ends_at > self.now())
        with writing(self.engine).begin() as db:
            values = {"heard_at": self.now(), "ends_at": self.now() + lasts_s}
            return bool(db.execute(update(REPLICAS).where(mine).values(values)).rowcount)

    def close(self, session: str) -> None:
        """It ends now. May be called again."""
        with writing(self.engine).begin() as db:
            db.execute(update(REPLICAS).where(REPLICAS.c.session == session).values(session=""))

    def bury(self) -> None:
        """Write down which sessions have run out: what was leased to them is free."""
        with writing(self.engine).begin() as db:
            self._bury(db)

    def known(self) -> tuple[Replica, ...]:
        """Every replica that is remembered, live or not, by name."""
        now = self.now().label("now")
        with self.engine.connect() as db:
            rows = db.execute(select(REPLICAS, now)).all()
        return tuple(sorted(map(_replica, rows), key=lambda r: r.name))

    def forget(self, silent_s: float) -> None:
        """Those that have not been heard of for so long."""
        gone = (REPLICAS.c.session == "") & (REPLICAS.c.heard_at < self.now() - silent_s)
        with writing(self.engine).begin() as db:
            db.execute(delete(REPLICAS).where(gone))

    def _bury(self, db: Connection) -> None:
        """Those that nobody renews at this moment: who was stopped in the midst of that holds nobody up."""
        over = (REPLICAS.c.session != "") & (REPLICAS.c.ends_at <= self.now())
        free = select(REPLICAS.c.session).where(over).with_for_update(skip_locked=True)
        db.execute(update(REPLICAS).where(REPLICAS.c.session.in_(db.scalars(free).all())).values(session=""))


def _replica(row: Row[Any]) -> Replica:
    return Replica(row.name, row.session, row.host, row.pid, row.now - row.began, row.now - row.heard_at)
