"""What sites ask of dcmanager's one strategy, and the batch that is under way: it goes on with whoever leads next.

Sites ask, and hear how it ended; the leader alone does the rest. Each write is fenced by the lease of who writes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine, Row, delete, insert, select, update

from reconciler.model.batch import WAITS, Batch, Move, OrderEnd, SiteOrder, Wish
from reconciler.model.strategy_orders import StrategyType
from reconciler.store.database import durable, put, writing
from reconciler.store.tables import STRATEGY_BATCH, STRATEGY_MOVES, STRATEGY_ORDERS

ORDERS, BATCH, MOVES = STRATEGY_ORDERS, STRATEGY_BATCH, STRATEGY_MOVES


@dataclass(frozen=True, slots=True)
class StrategyStore:
    """The tables of one store. May be used from any thread."""

    engine: Engine

    # ---- what sites ask for

    def ask(self, order: SiteOrder) -> None:
        """In place of the last one of the site, which is over."""
        values = {"asked_at": order.asked_at, "batch": "", "state": WAITS, "told": "", "is_heard": False}
        with writing(self.engine).begin() as db:
            put(db, ORDERS, {"site": order.site}, _wished(order.wish) | values)

    def order(self, site: str) -> SiteOrder | None:
        """The last one; None where it never asked for any."""
        with self.engine.connect() as db:
            row = db.execute(select(ORDERS).where(ORDERS.c.site == site)).one_or_none()
        return _order(row) if row else None

    def hear(self, site: str) -> None:
        """Whoever asked knows how it ended. May be called again."""
        with writing(self.engine).begin() as db:
            db.execute(update(ORDERS).where(ORDERS.c.site == site).values(is_heard=True))

    # ---- what the leader makes of it

    def open(self) -> tuple[SiteOrder, ...]:
        """The orders that are not over, by site."""
        wanted = select(ORDERS).where(ORDERS.c.state.not_in(list(OrderEnd))).order_by(ORDERS.c.site)
        with self.engine.connect() as db:
            return tuple(map(_order, db.execute(wanted)))

    def note(self, site: str, state: str, told: str = "") -> None:
        """How far the order of a site is."""
        with writing(self.engine).begin() as db:
            db.execute(update(ORDERS).where(ORDERS.c.site == site).values(state=state, told=told))

    def batch(self) -> Batch | None:
        """The one under way; None where there is none."""
        with self.engine.connect() as db:
            row = db.execute(select(BATCH)).one_or_none()
        return Batch(row.id, _wish(row), row.made_at, row.created_at) if row else None

    def begin(self, batch: Batch, sites: Collection[str]) -> None:
        """These sites' orders go together from now on. Something is done at the central cloud next, so this is kept."""
        values = _wished(batch.wish) | {"made_at": batch.made_at, "created_at": batch.created_at}
        with durable(self.engine).begin() as db:
            db.execute(insert(BATCH).values(id=batch.id, **values))
            db.execute(update(ORDERS).where(ORDERS.c.site.in_(sites)).values(batch=batch.id, told=""))

    def created(self, batch: Batch, created_at: str) -> None:
        """Its strategy is there, and this is by what it is known."""
        with durable(self.engine).begin() as db:
            db.execute(update(BATCH).where(BATCH.c.id == batch.id).values(created_at=created_at))

    def end(self, batch: Batch, told: str = "") -> None:
        """It is no more. Orders of it that are not over wait again. told: why."""
        mine = (ORDERS.c.batch == batch.id, ORDERS.c.state.not_in(list(OrderEnd)))
        with durable(self.engine).begin() as db:
            db.execute(update(ORDERS).where(*mine).values(batch="", state=WAITS, told=told))
            db.execute(delete(BATCH).where(BATCH.c.id == batch.id))

    # ---- groups

    def moves(self) -> Mapping[str, Move]:
        """Site -> the group that it has to be put back into, of all that stand in ours, or are about to."""
        with self.engine.connect() as db:
            return {row.site: Move(row.site, row.group_before, row.batch) for row in db.execute(select(MOVES))}

    def moves_out(self, move: Move) -> None:
        """The site is about to be put into our group."""
        with durable(self.engine).begin() as db:
            put(db, MOVES, {"site": move.site}, {"group_before": move.group_before, "batch": move.batch})

    def is_back(self, site: str) -> None:
        """It stands where it stood before, or where somebody has put it since. May be called again."""
        with durable(self.engine).begin() as db:
            db.execute(delete(MOVES).where(MOVES.c.site == site))

    def group_before(self, site: str) -> int | None:
        """The group that a site is in for everybody but us; None for one that stands in ours for nothing of us."""
        with self.engine.connect() as db:
            found: int | None = db.scalar(select(MOVES.c.group_before).where(MOVES.c.site == site))
        return found


def _wished(wish: Wish) -> dict[str, Any]:
    return {"type": wish.type.value, "options": orjson.dumps(wish.options, option=orjson.OPT_SORT_KEYS).decode()}


def _wish(row: Row[Any]) -> Wish:
    return Wish(StrategyType(row.type), orjson.loads(row.options))


def _order(row: Row[Any]) -> SiteOrder:
    return SiteOrder(row.site, _wish(row), row.asked_at, row.batch, row.state, row.told, bool(row.is_heard))
