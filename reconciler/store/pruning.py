"""What is old is forgotten: by its age, and by what it is. What people said is kept longer than what was done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, select

from reconciler.store.database import writing
from reconciler.store.tables import (
    APPROVAL_PLANS,
    APPROVALS,
    AUDIT,
    DISPROVED,
    OUTCOMES,
    ROLLOUT_SITES,
    ROLLOUT_WORDS,
    ROLLOUTS,
)


@dataclass(frozen=True, slots=True)
class Before:
    """Moments, in Unix seconds: what ended before `history`, and what was said before `audit`, is forgotten."""

    history: float
    audit: float


def prune(engine: Engine, before: Before) -> None:
    """Outcomes, failed proofs, rollouts that have no say on any site any more, and the audit. May be called at any time.

    Bases, windows, suspensions and what approvals say stay: they are no history. The last word of the audit stays too:
    by its number it is known which words are new.
    """
    with writing(engine).begin() as db:
        db.execute(delete(OUTCOMES).where(OUTCOMES.c.ended_at < before.history))
        old = select(ROLLOUTS.c.id).where(ROLLOUTS.c.closed < before.history)
        for table in (ROLLOUT_SITES, ROLLOUT_WORDS):
            db.execute(delete(table).where(table.c.rollout.in_(old)))
        pinned = select(APPROVALS.c.number).where(APPROVALS.c.name.in_(old))
        db.execute(delete(APPROVAL_PLANS).where(APPROVAL_PLANS.c.number.in_(pinned)))
        db.execute(delete(ROLLOUTS).where(ROLLOUTS.c.closed < before.history))
        db.execute(delete(DISPROVED).where(DISPROVED.c.at < before.history))
        last = db.scalar(select(func.max(AUDIT.c.number)))
        db.execute(delete(AUDIT).where(AUDIT.c.at < before.audit, AUDIT.c.number != last))
