"""Leases: who may work on a site, and who leads. One lasts as long as the session of who took it, or until given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from reconciler.model.replica import Lease
from reconciler.store.database import writing
from reconciler.store.fence import row_of
from reconciler.store.sessions import DatabaseTime
from reconciler.store.tables import LEASES, REPLICAS


@dataclass(frozen=True, slots=True)
class Leases:
    """The table of one store. now: the database's time."""

    engine: Engine
    now: Callable[[], ColumnElement[float]] = DatabaseTime

    def take(self, subject: str, session: str) -> Lease | None:
        """None while anybody has it, the asker too, or writes of it still, and for a session that is over.

        Never waits for who was stopped in the midst of a write.
        """
        try:
            with writing(self.engine).begin() as db:
                # the row is locked first: the statement after it sees what its last holder wrote
                wanted = select(LEASES).where(LEASES.c.subject == subject).with_for_update(skip_locked=True)
                held = db.execute(wanted).one_or_none()
                names = _open(db, session, held.session if held else "")
                if session not in names or (held and held.session in names):
                    return None
                return self._taken(db, Lease(subject, session, held.fence + 1 if held else 1, names[session]), held)
        except IntegrityError:  # another was quicker, or has it locked
            return None

    def give_back(self, lease: Lease) -> None:
        """Nobody has it. May be called again, also once another has it."""
        with writing(self.engine).begin() as db:
            db.execute(update(LEASES).where(row_of(lease)).values(session=""))

    def is_held(self, lease: Lease) -> bool:
        """Whether it still counts, by the database's clock: for before what must not be done twice."""
        session = and_(REPLICAS.c.session == LEASES.c.session, REPLICAS.c.ends_at > self.now())
        with self.engine.connect() as db:
            return db.scalar(select(LEASES.c.fence).join(REPLICAS, session).where(row_of(lease))) is not None

    def held(self) -> tuple[Lease, ...]:
        """What is leased to anybody now, by subject."""
        now = self.now().label("now")
        live = select(LEASES, now).join(REPLICAS, REPLICAS.c.session == LEASES.c.session).where(LEASES.c.session != "")
        with self.engine.connect() as db:
            rows = db.execute(live).all()
        return tuple(sorted(map(_lease, rows), key=lambda lease: lease.subject))

    def _taken(self, db: Connection, lease: Lease, before: Row[Any] | None) -> Lease:
        values = {"session": lease.session, "replica": lease.replica, "fence": lease.fence, "taken_at": self.now()}
        if before:
            db.execute(update(LEASES).where(LEASES.c.subject == lease.subject).values(values))
        else:
            db.execute(insert(LEASES).values(subject=lease.subject, **values))
        return lease


def _open(db: Connection, *sessions: str) -> dict[str, str]:
    """Those of these sessions that are not over -> their replicas."""
    wanted = REPLICAS.c.session.in_([session for session in sessions if session])
    return {row.session: row.name for row in db.execute(select(REPLICAS.c.session, REPLICAS.c.name).where(wanted))}


def _lease(row: Row[Any]) -> Lease:
    return Lease(row.subject, row.session, row.fence, row.replica, row.now - row.taken_at)
