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

QUEUE, SLOW_QUEUE, WAITING_QUEUE = "apply", "apply-slow", "apply-waiting"
SHARE = 4  # of the fleet's limit, those of slow sites have one in so many, and those that wait for others as well
WAITS = 4  # so many times as many may wait for others: that costs a process little
LONG_S = (
    3600.0  # a playbook of dcmanager's, a strategy of VIM, an application: who waits so long sends nothing meanwhile
)
SLOW_S = 15.0  # a full read that takes longer: plans of such a site take long too, and have room of their own
NAME = "stxr"
VERSION = f"orders-{FORMAT}"  # of what a workflow is given and keeps; a program that reads it may be any later one


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plans are sent at a time: by this process, and by all that share the database (None: no limit).

    Plans of slow sites have a queue beside the others', half as wide, and take no place from them. Nor do plans that wait
    for what somebody else does for an hour: a site that is installed, or whose software is deployed.
    """

    worker: int = 50
    fleet: int | None = None
    polling_s: float = 1.0

    @property
    def rooms(self) -> Mapping[str, tuple[int, int | None]]:
        """(of this process, of the fleet) for each queue. Where only one may be sent at a time, all stand in one queue."""
        half, waits = max(1, self.worker // 2), WAITS * self.worker
        if self.fleet is None:
            return {QUEUE: (self.worker, None), SLOW_QUEUE: (half, None), WAITING_QUEUE: (waits, None)}
        part = -(-self.fleet // SHARE)
        apart = {SLOW_QUEUE: half, WAITING_QUEUE: waits} if self.fleet > 2 * part else {SLOW_QUEUE: half}
        shares = {queue: (min(room, part), part) for queue, room in apart.items()} if self.fleet > 1 else {}
        left = self.fleet - part * len(shares)
        return {QUEUE: (min(self.worker, left), left), **shares}

    def queue(self, took_s: float, waits_s: float) -> str:
        """Where a plan stands. took_s: the site's last full reading. waits_s: the longest wait in the plan."""
        if waits_s >= LONG_S and WAITING_QUEUE in self.rooms:
            return WAITING_QUEUE
        return SLOW_QUEUE if took_s > SLOW_S and SLOW_QUEUE in self.rooms else QUEUE


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
