"""How our alarms on the system controller are kept: by the leader, for the next one and for who asks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import orjson
from sqlalchemy import Engine, select

from reconciler.model.alarming import Alarming
from reconciler.store.database import durable, put
from reconciler.store.tables import ALARMING

DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class AlarmingStore:
    """The table of one store."""

    engine: Engine

    def get(self) -> Alarming:
        """As it was written down last; that there may be none, where nothing was. Members of a newer program are dropped."""
        with self.engine.connect() as db:
            content = db.scalar(select(ALARMING.c.content).where(ALARMING.c.name == DRIFT))
        said = orjson.loads(content) if content else {}
        return Alarming(**{f.name: said[f.name] for f in fields(Alarming) if f.name in said})

    def put(self, alarming: Alarming) -> None:
        """An alarm may follow: that it may stand must be known after a power cut too."""
        content = orjson.dumps(asdict(alarming)).decode()
        with durable(self.engine).begin() as db:
            put(db, ALARMING, {"name": DRIFT}, {"content": content})
