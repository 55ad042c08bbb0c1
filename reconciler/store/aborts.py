"""Who said that a site's deployment is to end, one row a site, until the plan that was on its way has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select, update

from reconciler.model.aborting import Abort
from reconciler.model.approval import Answer, Word
from reconciler.store.database import put, writing
from reconciler.store.tables import ABORTS
from reconciler.store.words import Words, audit, use


@dataclass(frozen=True, slots=True)
class AbortStore:
    """The table of one store."""

    engine: Engine
    clock: Callable[[], float]

    def of(self, site: str) -> Abort | None:
        """None where nobody said it."""
        with self.engine.connect() as db:
            row = db.execute(select(ABORTS).where(ABORTS.c.site == site)).first()
        return Abort(row.site, row.by, row.reason, row.status) if row else None

    def say(self, abort: Abort) -> None:
        """Keep the word, and that it was said. What was approved of the site before is used up: it goes on by a new word."""
        approvals = Words(self.engine, self.clock).approvals(abort.site)
        with writing(self.engine).begin() as db:
            for approval in approvals:
                if approval.answer is Answer.APPROVED:
                    use(db, approval.number, abort.site, self.clock())
            put(db, ABORTS, {"site": abort.site}, {"by": abort.by, "reason": abort.reason, "status": abort.status})
            audit(db, Word(self.clock(), abort.by, "abort", abort.site, abort.reason))

    def asked(self, site: str, status: str) -> None:
        """Dcmanager has heard that the phase of this status is to be aborted."""
        with writing(self.engine).begin() as db:
            db.execute(update(ABORTS).where(ABORTS.c.site == site).values(status=status))

    def forget(self, site: str) -> None:
        """The plan has ended, or another begins. May be called again."""
        if self.of(site):
            with writing(self.engine).begin() as db:
                db.execute(delete(ABORTS).where(ABORTS.c.site == site))
