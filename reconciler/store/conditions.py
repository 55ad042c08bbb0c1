"""How hosts are stuck, one condition a host; and, made from the windows, which of them we left locked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select

from reconciler.model.condition import Condition, HostCondition
from reconciler.store.database import put, writing
from reconciler.store.tables import CONDITIONS, WINDOWS


@dataclass(frozen=True, slots=True)
class Conditions:
    """The table of one store."""

    engine: Engine
    clock: Callable[[], float]

    def of(self, site: str) -> tuple[HostCondition, ...]:
        """What stands, by host. What another program named in words that this one does not know is left out."""
        with self.engine.connect() as db:
            rows = db.execute(select(CONDITIONS).where(CONDITIONS.c.site == site).order_by(CONDITIONS.c.host)).all()
        return tuple(_condition(row) for row in rows if row.name in list(Condition))

    def late(self, site: str) -> tuple[HostCondition, ...]:
        """The hosts that we locked and that should be back by now."""
        overdue = (WINDOWS.c.site == site, WINDOWS.c.until.is_not(None), WINDOWS.c.until < self.clock())
        with self.engine.connect() as db:
            rows = db.execute(select(WINDOWS).where(*overdue).order_by(WINDOWS.c.host)).all()
        return tuple(_left_locked(row) for row in rows)

    def stands(self, site: str, condition: HostCondition) -> None:
        """Keep it. May be called again: since when it stands does not move while its name stays."""
        known = {c.host: c for c in self.of(site)}.get(condition.host)
        since = known.since if known and known.name is condition.name else condition.since
        values = {"name": condition.name, "said": condition.said, "since": since, "work": condition.work}
        with writing(self.engine).begin() as db:
            put(db, CONDITIONS, {"site": site, "host": condition.host}, values)

    def over(self, site: str, hosts: Iterable[str] | None = None) -> bool:
        """Forget those of these hosts, or of all. False where none stood."""
        found = CONDITIONS.c.site == site
        wanted = found if hosts is None else found & CONDITIONS.c.host.in_(list(hosts))
        with writing(self.engine).begin() as db:
            return bool(db.execute(delete(CONDITIONS).where(wanted)).rowcount)


def forgotten(db: Connection, sites: Iterable[str]) -> list[str]:
    """The hosts of these sites, as `site host`, whose condition is forgotten: they may be tried again."""
    hosts: list[str] = []
    for site in sites:
        mine = CONDITIONS.c.site == site
        hosts += (f"{site} {host}" for host in db.scalars(select(CONDITIONS.c.host).where(mine)))
        db.execute(delete(CONDITIONS).where(mine))
    return hosts


def _condition(row: Row[Any]) -> HostCondition:
    return HostCondition(Condition(row.name), row.host, row.said, row.since, work=row.work)


def _left_locked(row: Row[Any]) -> HostCondition:
    return HostCondition(Condition.LEFT_LOCKED, row.host, "", row.opened_at, row.until)
