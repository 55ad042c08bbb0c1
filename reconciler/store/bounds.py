"""What holds between sites: which plans take hosts out of service now, and the breakers over the fleet and its groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from reconciler.model.approval import Word
from reconciler.model.breaker import Breaker, Failure
from reconciler.store.database import put, writing
from reconciler.store.tables import BREAKERS, CLAIMS
from reconciler.store.words import audit

SUBJECT = "breaker"  # of the audit


@dataclass(frozen=True, slots=True)
class Claim:
    """Hosts that a plan, which is on its way, takes out of service at a time; since when."""

    hosts: int
    at: float


@dataclass(frozen=True, slots=True)
class BoundStore:
    """The tables of one store. A scope is the name of a group, or "" for the fleet."""

    engine: Engine
    clock: Callable[[], float]

    # ---- hosts that plans take out of service

    def claims(self) -> dict[str, Claim]:
        """By site."""
        with self.engine.connect() as db:
            return {row.site: Claim(row.hosts, row.at) for row in db.execute(select(CLAIMS))}

    def claim(self, site: str, hosts: int) -> None:
        """Who claims looks at all claims afterwards, and gives its own back if they are too many."""
        with writing(self.engine).begin() as db:
            put(db, CLAIMS, {"site": site}, {"hosts": hosts, "at": self.clock()})

    def give_back(self, site: str) -> None:
        """May be called again."""
        with writing(self.engine).begin() as db:
            db.execute(delete(CLAIMS).where(CLAIMS.c.site == site))

    # ---- sites that failed one after another

    def breakers(self) -> dict[str, Breaker]:
        """Those that are open, or have counted failures."""
        with self.engine.connect() as db:
            return {row.scope: _breaker(row.content) for row in db.execute(select(BREAKERS))}

    def change(self, scope: str, change: Callable[[Breaker], Breaker | None]) -> bool:
        """Replace a breaker by what becomes of it, one writer at a time. False where `change` gives None."""
        with writing(self.engine).begin() as db:
            row = _locked(db, scope)
            after = change(_breaker(row) if row else Breaker())
            if after is None:
                return False
            # in its place: who waits for a row that is deleted and inserted anew finds none
            content = orjson.dumps(asdict(after)).decode()
            db.execute(update(BREAKERS).where(BREAKERS.c.scope == scope).values(content=content))
        return True

    def close(self, by: str, reason: str, scope: str = "") -> bool:
        """Somebody says that all is well. False where it was not open."""
        closed = self.change(scope, lambda before: Breaker() if before.is_open else None)
        if closed:
            with writing(self.engine).begin() as db:
                what = f"of group {scope}" if scope else "of the fleet"
                audit(db, Word(self.clock(), by, "resume", SUBJECT, ": ".join(filter(None, (what, reason)))))
        return closed

    def close_all(self, by: str, reason: str) -> list[str]:
        """The same of every one that is open; their scopes."""
        return [scope for scope in sorted(self.breakers()) if self.close(by, reason, scope)]


def _locked(db: Connection, scope: str) -> str | None:
    """Its row, which nobody else changes meanwhile; made where there is none."""
    wanted = select(BREAKERS.c.content).where(BREAKERS.c.scope == scope).with_for_update()
    if found := db.scalar(wanted):
        return str(found)
    try:
        with db.begin_nested():
            db.execute(insert(BREAKERS).values(scope=scope, content=orjson.dumps(asdict(Breaker())).decode()))
    except IntegrityError:  # another was quicker
        return str(db.scalar(wanted))
    return None


def _breaker(content: str) -> Breaker:
    said = orjson.loads(content)
    return Breaker(**{**said, "failures": tuple(Failure(**one) for one in said["failures"])})
