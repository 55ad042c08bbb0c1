"""Where workflows are kept, and how many are at work at a time: DBOS as it is set up, its database, and its queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from dbos import DBOSConfig, Serializer
from sqlalchemy import URL, Engine, event

from reconciler.model.plan import FORMAT
from reconciler.store.database import address, linked

QUEUE, SLOW_QUEUE = "apply", "apply-slow"
SHARE = 4  # of the fleet's limit, those of slow sites have one in so many
NAME = "stxr"
VERSION = f"orders-{FORMAT}"  # of what a workflow is given and keeps; a program that reads it may be any later one


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plans are sent at a time: by this process, and by all that share the database (None: no limit).

    Plans of slow sites have a queue beside the others', half as wide, and take no place from them.
    """

    worker: int = 50
    fleet: int | None = None
    polling_s: float = 1.0

    @property
    def rooms(self) -> Mapping[str, tuple[int, int | None]]:
        """(of this process, of the fleet) for each queue. Where only one may be sent at a time, all stand in one queue."""
        half = max(1, self.worker // 2)
        if self.fleet is None:
            return {QUEUE: (self.worker, None), SLOW_QUEUE: (half, None)}
        slow = -(-self.fleet // SHARE) if self.fleet > 1 else 0
        one = {QUEUE: (min(self.worker, self.fleet - slow), self.fleet - slow)}
        return one | ({SLOW_QUEUE: (min(half, slow), slow)} if slow else {})


@dataclass(frozen=True, slots=True)
class Place:
    """Where workflows are kept, and who runs them. replica: a name that a restarted process has again."""

    url: str | URL
    replica: str = "stxr-0"
    limits: Limits = field(default_factory=Limits)


class _Json(Serializer):
    """Readable by people and by later programs; pickles are neither."""

    def serialize(self, data: Any) -> str:
        return orjson.dumps(data, default=_plain).decode()

    def deserialize(self, serialized_data: str) -> Any:
        return orjson.loads(serialized_data)

    def name(self) -> str:
        return "stxr_json"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON")


def config_of(place: Place, engine: Engine) -> DBOSConfig:
    return DBOSConfig(
        name=NAME,
        system_database_url=engine.url.render_as_string(hide_password=False),
        system_database_engine=engine,
        application_version=VERSION,
        executor_id=place.replica,
        log_level="ERROR",
        serializer=_Json(),
        notification_listener_polling_interval_sec=place.limits.polling_s,
    )


def database_of(url: str | URL) -> Engine:
    """SQLite in WAL mode, as its own documentation asks for many readers and one writer; PostgreSQL as it is."""
    engine = linked(address(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # as DBOS sets it on engines of its own (dbos/_sys_db_sqlite.py)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
