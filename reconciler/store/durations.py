"""How long what was sent took: the last measurements of each key, in one row, so that no fleet makes it grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from reconciler.model.durations import KEPT, Durations, Key
from reconciler.model.forecast import Act, Like, Took
from reconciler.store.database import writing
from reconciler.store.tables import DURATIONS


@dataclass(frozen=True, slots=True)
class DurationStore:
    """The table of one store."""

    engine: Engine

    def note(self, took: Iterable[Took], at: float) -> None:
        """What a plan took. Rows are taken in one order, so that two who note at once do not wait for each other."""
        by_key: dict[Key, list[float]] = {}
        for one in took:
            by_key.setdefault(Key(one.act, one.like, one.kind), []).append(round(one.seconds, 1))
        with writing(self.engine).begin() as db:
            for key in sorted(by_key):
                _add(db, key, by_key[key], at)

    def known(self) -> Durations:
        """Everything that is kept. A row that another program wrote of an act that this one does not know is left out."""
        with self.engine.connect() as db:
            rows = db.execute(select(DURATIONS)).all()
        return Durations({_key(row): orjson.loads(row.content) for row in rows if row.act in _ACTS})

    def prune(self, older_than: float) -> None:
        """Forget what was not measured since: hardware that is gone."""
        with writing(self.engine).begin() as db:
            db.execute(delete(DURATIONS).where(DURATIONS.c.at < older_than))


_ACTS = frozenset(Act)


def _add(db: Connection, key: Key, seconds: list[float], at: float) -> None:
    where = and_(*(DURATIONS.c[name] == value for name, value in _columns(key).items()))
    before = _locked(db, key, where)
    content = orjson.dumps([*before, *seconds][-KEPT:]).decode()
    db.execute(update(DURATIONS).where(where).values(content=content, at=at))


def _locked(db: Connection, key: Key, where: Any) -> list[float]:
    """What is kept of it, which nobody else adds to meanwhile; its row is made where there is none."""
    wanted = select(DURATIONS.c.content).where(where).with_for_update()
    if found := db.scalar(wanted):
        return list(orjson.loads(found))
    try:
        with db.begin_nested():
            db.execute(insert(DURATIONS).values(**_columns(key), at=0.0, content="[]"))
    except IntegrityError:  # another was quicker
        return list(orjson.loads(db.scalar(wanted) or "[]"))
    return []


def _columns(key: Key) -> Mapping[str, str]:
    like = key.like
    return {
        "act": str(key.act),
        "kind": key.kind,
        "mode": like.mode,
        "type": like.type,
        "role": like.role,
        "hardware": like.hardware,
    }


def _key(row: Row[Any]) -> Key:
    return Key(Act(row.act), Like(row.mode, row.type, row.role, row.hardware), row.kind)
