"""A fence around the work on one site: what is written by who has lost its lease is refused, by the database itself.

A process may be stopped between any two of its instructions, and wake up when its sites are others': whatever it asked
before does not count then. So each write asks in its own transaction, and holds the lease's row until that has ended:
who takes the lease meanwhile waits, and sees what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import ColumnElement, Connection, and_, select

from reconciler.model.errors import Lost
from reconciler.model.replica import Lease
from reconciler.store.tables import LEASES, REPLICAS

_HELD: ContextVar[Lease | None] = ContextVar("held", default=None)


@contextmanager
def fenced(lease: Lease) -> Iterator[None]:
    """What is written from here, and from what is begun here, stands or falls with this lease; Lost is raised then.

    A lease without a session is that of a process that is alone, and nobody's to take.
    """
    before = _HELD.set(lease if lease.session else None)
    try:
        yield
    finally:
        _HELD.reset(before)


def refuse_the_late(db: Connection) -> None:
    """At the beginning of a transaction that writes. Raises Lost where the lease is not held any more.

    A session that ran out is written down as such before its leases are taken: no clock is asked.
    """
    if (lease := _HELD.get()) is None:
        return
    held = select(LEASES.c.fence).join(REPLICAS, REPLICAS.c.session == LEASES.c.session).where(row_of(lease))
    if db.scalar(held.with_for_update(read=True, key_share=True, of=LEASES)) is None:
        raise Lost(f"{lease.subject}: its lease is over, and another replica may work on it: nothing was written")


def row_of(lease: Lease) -> ColumnElement[bool]:
    """Where this very lease is, as long as nobody took it since."""
    ours = and_(LEASES.c.session == lease.session, LEASES.c.fence == lease.fence)
    return and_(LEASES.c.subject == lease.subject, ours)
