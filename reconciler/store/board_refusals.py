"""Which controllers refused us, as whom: a restarted program must not try again what locks their accounts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, select

from reconciler.model.board import BoardPlace, Refused
from reconciler.store.database import put, writing
from reconciler.store.tables import BOARD_REFUSALS


@dataclass(frozen=True, slots=True)
class BoardRefusals:
    """The table of one store, which replicas share. May be used from any thread."""

    engine: Engine

    def of(self, place: BoardPlace) -> Refused | None:
        """When, and with which words, it refused this account; None where it did not."""
        known = select(BOARD_REFUSALS.c.at, BOARD_REFUSALS.c.said).where(BOARD_REFUSALS.c.account == place.account)
        with self.engine.connect() as db:
            row = db.execute(known).first()
        return Refused(row.at, row.said) if row else None

    def keep(self, place: BoardPlace, refused: Refused) -> None:
        """In place of what was known of this host: another account is another try."""
        values = {"account": place.account, "at": refused.at, "said": refused.said}
        with writing(self.engine).begin() as db:
            put(db, BOARD_REFUSALS, {"site": place.site, "host": place.host}, values)

    def forget(self, place: BoardPlace) -> None:
        """It lets us in. May be called again."""
        with writing(self.engine).begin() as db:
            db.execute(delete(BOARD_REFUSALS).where(BOARD_REFUSALS.c.account == place.account))
