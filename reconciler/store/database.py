"""The database below the store: SQLite in WAL mode in the state folder, or PostgreSQL. The same calls on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, delete, event, insert

FILE = "store.db"


def file_url(folder: Path) -> URL:
    """The database in a state folder."""
    return URL.create("sqlite", database=str(folder / FILE))


def engine_of(url: str | URL) -> Engine:
    """A database, prepared; nothing is connected yet."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def durable(engine: Engine) -> Engine:
    """The same database, for transactions that are on the disk when they end, also if the power fails then."""
    return engine.execution_options(durable=True, writing=True)


def writing(engine: Engine) -> Engine:
    """The same database, for transactions that write.

    They take their turn when they begin: one that had read before would be refused at once where another process
    wrote meanwhile (sqlite.org/lang_transaction.html, SQLITE_BUSY_SNAPSHOT).
    """
    return engine.execution_options(writing=True)


def put(db: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert, or replace what has this key."""
    db.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
    db.execute(insert(table).values(**key, **values))


def _prepare(connection: Any, _record: Any) -> None:
    """WAL lets `status` read while the controller writes.

    The driver begins no transactions: its own come too late to hold a change of the schema (docs.sqlalchemy.org,
    dialects/sqlite, "Transactions with SQLite and the sqlite3 driver").
    """
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """NORMAL loses the last transactions when the power fails, and is enough for what the next visit finds anew.

    FULL waits for the disk with each transaction (sqlite.org/pragma.html, synchronous; PostgreSQL does it by itself).
    """
    wanted = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if wanted.get('durable') else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted.get("writing") else "BEGIN")
