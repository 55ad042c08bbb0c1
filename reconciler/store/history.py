"""The history of sendings: a row for each deed, written as it happens, so that a death leaves what came before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Engine, Row, and_, bindparam, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from reconciler.model.history import Deed, Happening, Sending
from reconciler.store.database import writing
from reconciler.store.tables import HISTORY


@dataclass(frozen=True, slots=True)
class History:
    """The table of one store."""

    engine: Engine

    def recorder(self, of: Sending, replica: str, lost: Callable[[str], None]) -> Callable[[Happening], None]:
        """Keeps what it is told of this sending. What cannot be written is told to `lost`, but for how it ended.

        Raises SQLAlchemyError where that is not kept: a sending without an end is one that is on its way.
        """
        return partial(self._record, of, replica, lost)

    def _record(self, of: Sending, replica: str, lost: Callable[[str], None], happening: Happening) -> None:
        try:
            self.keep(replace(of, happenings=(replace(happening, replica=replica),)))
        except SQLAlchemyError as error:
            if happening.deed is Deed.ENDED:
                raise
            lost(f"{of.site}: plan {of.plan_id}: {happening.deed} {happening.text}: not kept: {error}")

    def keep(self, sending: Sending) -> None:
        """Add these happenings. How it ended is kept once: who takes over after a death may tell it again."""
        with writing(self.engine).begin() as db:
            if sending.end:
                db.execute(delete(HISTORY).where(HISTORY.c.sending == sending.name, HISTORY.c.deed == Deed.ENDED))
            whose = {"site": sending.site, "plan_id": sending.plan_id, "sending": sending.name}
            db.execute(insert(HISTORY), [whose | asdict(happening) for happening in sending.happenings])

    def sendings(self, site: str, plan_id: str = "", most: int = 20) -> tuple[Sending, ...]:
        """The last attempts on a site's plans, or on one plan, the newest first."""
        wanted = and_(HISTORY.c.site == site, *([HISTORY.c.plan_id == plan_id] if plan_id else []))
        last = func.max(HISTORY.c.number)
        names = select(HISTORY.c.sending).where(wanted).group_by(HISTORY.c.sending).order_by(last.desc()).limit(most)
        with self.engine.connect() as db:
            return tuple(_sending(db.execute(_ROWS, {"wanted": name}).all()) for name in db.scalars(names).all())

    def prune(self, older_than: float) -> None:
        """Forget what happened before this time."""
        with writing(self.engine).begin() as db:
            db.execute(delete(HISTORY).where(HISTORY.c.at < older_than))


_ROWS = select(HISTORY).where(HISTORY.c.sending == bindparam("wanted")).order_by(HISTORY.c.number)


def _sending(rows: Sequence[Row[Any]]) -> Sending:
    happenings = tuple(Happening(r.at, Deed(r.deed), r.text, r.host, r.stage, r.replica) for r in rows)
    return Sending(rows[0].sending, rows[0].site, rows[0].plan_id, happenings)
