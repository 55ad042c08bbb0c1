"""The database below the store: SQLite in WAL mode in the state folder, or PostgreSQL. The same calls on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, delete, event, insert, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from reconciler.model.errors import ConfigError
from reconciler.store.fence import refuse_the_late

FILE = "store.db"
# seconds and milliseconds: who cannot reach the database knows it before its session ends (libpq's own names,
# postgresql.org/docs/15/libpq-connect.html); a connection that was cut while it lay idle is not used
LINK = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 10, "keepalives_interval": 5}
STOPPED_MS = 15_000  # well within a replica's session: who waits for those locks has not lost its own by then


def file_url(folder: Path) -> URL:
    """The database in a state folder."""
    return URL.create("sqlite", database=str(folder / FILE))


def address(said: str | URL) -> URL:
    """A database as an operator names it: PostgreSQL's own form of a URL. Raises ConfigError, never with a password."""
    try:
        url = make_url(said)
    except (ArgumentError, ValueError):
        raise ConfigError("--database: not a URL; give postgresql://user:password@host:5432/name") from None
    if url.drivername == "postgres":  # libpq knows both names
        url = url.set(drivername="postgresql")
    if url.get_backend_name() not in {"postgresql", "sqlite"}:
        shown = url.render_as_string(hide_password=True)
        raise ConfigError(f"--database {shown}: give postgresql://user:password@host:5432/name, or nothing for SQLite")
    return url


def engine_of(url: str | URL) -> Engine:
    """A database, prepared; nothing is connected yet. Raises ConfigError for what is no URL of one of ours."""
    try:
        engine = linked(address(url))
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigError(f"--database needs {error}: pip install 'stx-reconciler[postgresql]'") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def linked(url: URL) -> Engine:
    """The engine of a database, whose link is watched where there is one."""
    if url.get_backend_name() == "sqlite":
        return create_engine(url)
    engine = create_engine(url, pool_pre_ping=True, connect_args=LINK)
    event.listen(engine, "connect", _not_for_ever)
    return engine


def unlink(engine: Engine) -> None:
    """Close its connections: those that nobody uses now, and those that a thread still has when it gives them back."""
    event.listen(engine.pool, "checkin", _closed)
    engine.dispose()


def _closed(_connection: Any, record: Any) -> None:
    record.invalidate()


@dataclass(frozen=True, slots=True)
class Writing:
    """A database, for transactions that write."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, until the context ends. Raises Lost for who works on a site that is another's now."""
        with self.engine.begin() as db:
            refuse_the_late(db)
            yield db


def _not_for_ever(connection: Any, _record: Any) -> None:
    """A process that is stopped in the midst of a transaction keeps its locks: the server ends that, and frees them.

    postgresql.org/docs/15/runtime-config-client.html; set by a statement, because poolers refuse it as a start option.
    """
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = {STOPPED_MS}")
    connection.autocommit = False


def durable(engine: Engine) -> Writing:
    """For transactions that are on the disk when they end, also if the power fails then."""
    return Writing(engine.execution_options(durable=True, writing=True))


def writing(engine: Engine) -> Writing:
    """For transactions that take their turn when they begin.

    One that had read before would be refused at once where another process wrote meanwhile
    (sqlite.org/lang_transaction.html, SQLITE_BUSY_SNAPSHOT).
    """
    return Writing(engine.execution_options(writing=True))


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
