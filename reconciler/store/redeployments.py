"""By which words sites were deployed anew, one row a site. What a wiped site takes with it is forgotten here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, delete, select

from reconciler.model.batch import OrderEnd
from reconciler.model.deployed import Deployed
from reconciler.model.redeployment import Asked, Redeployed
from reconciler.store.database import durable, put
from reconciler.store.deployed import note
from reconciler.store.tables import BASES, CONDITIONS, REDEPLOYMENTS, STORED, STRATEGY_ORDERS, WINDOWS


@dataclass(frozen=True, slots=True)
class RedeploymentStore:
    """The table of one store."""

    engine: Engine
    clock: Callable[[], float]

    def of(self, site: str) -> Redeployed:
        with self.engine.connect() as db:
            return _of(db, site)

    def all(self) -> dict[str, Redeployed]:
        """Of every site that was seen deployed."""
        with self.engine.connect() as db:
            return {row.site: _read(row) for row in db.execute(select(REDEPLOYMENTS))}

    def sees(self, site: str, token: str) -> None:
        """It is deployed, and this is what Git says then, "" for nothing. Told again, the first time counts."""
        with durable(self.engine).begin() as db:
            known = _of(db, site)
            if known.tokens is None:
                _put(db, site, replace(known, tokens=(token,) if token else ()))

    def begins(self, site: str, asked: Asked) -> None:
        """A plan is about to be sent. A call for the same word that may have been taken stays noted."""
        with durable(self.engine).begin() as db:
            known = _of(db, site)
            before = known.asked
            if before and before.sent_at is not None and before.token == asked.token:
                asked = replace(asked, sent_at=before.sent_at, status=before.status)
            elif before and before.sent_at is not None:
                asked = replace(asked, before=before.token)
            _put(db, site, replace(known, asked=asked))

    def sent(self, site: str, at: float, status: str) -> None:
        """The call is about to leave; the row shows this status."""
        self._asked(site, lambda asked: replace(asked, sent_at=at, status=status))

    def refused(self, site: str) -> None:
        """It has certainly had no effect."""
        self._asked(site, lambda asked: replace(asked, sent_at=None, status=""))

    def taken(self, site: str) -> None:
        """Dcmanager has begun it: the site has what Git said then, and nothing of what it had. May be told again."""
        with durable(self.engine).begin() as db:
            known = _of(db, site)
            if (asked := known.asked) is None or asked.is_taken:
                return
            note(db, site, asked.deployed, self.clock())
            for table in (BASES, WINDOWS, CONDITIONS, STORED):
                db.execute(delete(table).where(table.c.site == site))
            # what a strategy left half way there is gone; one that is under way is the leader's to end
            is_over = STRATEGY_ORDERS.c.state.in_(list(OrderEnd))
            db.execute(delete(STRATEGY_ORDERS).where(STRATEGY_ORDERS.c.site == site, is_over))
            _put(
                db, site, Redeployed(_done(known, asked.before, asked.token), replace(asked, is_taken=True, before=""))
            )

    def ended(self, site: str) -> None:
        """The plan has. What may have been taken and was not seen to be stays, for people to say."""
        with durable(self.engine).begin() as db:
            known = _of(db, site)
            if (asked := known.asked) and (asked.is_taken or asked.sent_at is None):
                _put(db, site, Redeployed(_done(known, asked.before), None))

    def _asked(self, site: str, change: Callable[[Asked], Asked]) -> None:
        with durable(self.engine).begin() as db:
            known = _of(db, site)
            if known.asked:
                _put(db, site, replace(known, asked=change(known.asked)))


def _done(known: Redeployed, *words: str) -> tuple[str, ...]:
    return (*(known.tokens or ()), *filter(None, words))


def _of(db: Connection, site: str) -> Redeployed:
    row = db.execute(select(REDEPLOYMENTS).where(REDEPLOYMENTS.c.site == site)).first()
    return _read(row) if row else Redeployed()


def _read(row: Row[Any]) -> Redeployed:
    asked = orjson.loads(row.asked) if row.asked else None
    if asked:
        asked = Asked(**{**asked, "deployed": Deployed(**asked["deployed"])})
    return Redeployed(tuple(orjson.loads(row.tokens)), asked)


def _put(db: Connection, site: str, known: Redeployed) -> None:
    asked = orjson.dumps(known.asked, option=orjson.OPT_SORT_KEYS).decode() if known.asked else None
    put(db, REDEPLOYMENTS, {"site": site}, {"tokens": orjson.dumps(known.tokens or ()).decode(), "asked": asked})
