"""What people told the controller: who is suspended, what was approved, and the audit of both.

A word is heeded at the next visit of the sites that it concerns, by whichever process owns the state folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, exists, func, insert, or_, select, true

from reconciler.model.approval import Answer, Approval, Subject, Word
from reconciler.model.gate import Scope, Suspension
from reconciler.model.words import Disruption
from reconciler.store.database import put, writing
from reconciler.store.tables import APPROVAL_USES, APPROVALS, AUDIT, SUSPENSIONS


@dataclass(frozen=True, slots=True)
class Answered:
    """A yes or no, and the sites on which it was used up."""

    approval: Approval
    used_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The tables of one store. Every word that changes something leaves an audit row in the same transaction."""

    engine: Engine
    clock: Callable[[], float]

    # ---- suspensions

    def suspend(self, by: str, reason: str, *, site: str = "", group: str = "") -> None:
        """Say stop to a site, or to a group. May be called again: the last word counts, since when it was the first."""
        scope, name = (Scope.SITE, site) if site else (Scope.GROUP, group)
        with writing(self.engine).begin() as db:
            since = db.scalar(select(SUSPENSIONS.c.since).where(_scoped(scope, name))) or self.clock()
            put(db, SUSPENSIONS, {"scope": scope, "name": name}, {"by": by, "reason": reason, "since": since})
            self._audit(db, by, "suspend", name, f"{scope}: {reason}")

    def resume(self, by: str, reason: str = "", *, site: str = "", group: str = "") -> bool:
        """Take it back. False where nobody had said it."""
        scope, name = (Scope.SITE, site) if site else (Scope.GROUP, group)
        with writing(self.engine).begin() as db:
            gone = bool(db.execute(delete(SUSPENSIONS).where(_scoped(scope, name))).rowcount)
            if gone:
                self._audit(db, by, "resume", name, ": ".join(filter(None, (scope, reason))))
        return gone

    def suspensions(self) -> tuple[Suspension, ...]:
        with self.engine.connect() as db:
            rows = db.execute(select(SUSPENSIONS).order_by(SUSPENSIONS.c.since)).all()
        return tuple(Suspension(r.by, r.reason, r.since, **{r.scope: r.name}) for r in rows)

    # ---- approvals

    def answer(self, approval: Approval) -> None:
        """Keep a yes or a no. The last one about a plan or a change counts."""
        said = {
            "answer": approval.answer,
            "subject": approval.subject,
            "name": approval.name,
            "site": approval.site,
            "by": approval.by,
            "at": approval.at,
            "ceiling": approval.ceiling,
            "reason": approval.reason,
            "differences": orjson.dumps(approval.differences).decode(),
        }
        with writing(self.engine).begin() as db:
            db.execute(insert(APPROVALS).values(said))
            detail = " ".join(filter(None, (f"{approval.subject} of {approval.site or 'any site'}", approval.reason)))
            self._audit(db, approval.by, str(approval.answer), approval.name, detail)

    def approvals(self, site: str) -> tuple[Approval, ...]:
        """What counts for a site and was not used there yet: of its plans and of changes, the oldest first."""
        used = exists().where(and_(APPROVAL_USES.c.number == APPROVALS.c.number, APPROVAL_USES.c.site == site))
        mine = or_(APPROVALS.c.site == site, APPROVALS.c.subject == Subject.CHANGE)
        with self.engine.connect() as db:
            rows = db.execute(select(APPROVALS).where(mine, ~used).order_by(APPROVALS.c.number)).all()
        return tuple(map(_approval, rows))

    def answered(self, most: int, before: int | None = None) -> tuple[Answered, ...]:
        """Yeses and noes about whatever site, used or not, the newest first. before: the number of a later one."""
        older = APPROVALS.c.number < before if before is not None else true()
        wanted = select(APPROVALS).where(older).order_by(APPROVALS.c.number.desc()).limit(most)
        with self.engine.connect() as db:
            said = tuple(map(_approval, db.execute(wanted)))
            uses = select(APPROVAL_USES).where(APPROVAL_USES.c.number.in_([a.number for a in said]))
            used: dict[int, list[str]] = {}
            for row in db.execute(uses):
                used.setdefault(row.number, []).append(row.site)
        return tuple(Answered(a, tuple(sorted(used.get(a.number, ())))) for a in said)

    # ---- the audit

    def latest(self, most: int, before: int | None = None) -> tuple[Word, ...]:
        """What was said last, the newest first. before: the number of a later word."""
        older = AUDIT.c.number < before if before is not None else true()
        with self.engine.connect() as db:
            rows = db.execute(select(AUDIT).where(older).order_by(AUDIT.c.number.desc()).limit(most)).all()
        return tuple(map(_word, rows))

    def said(self, after: int = 0) -> tuple[Word, ...]:
        """What was said, in order. after: the number of the last word that is known."""
        with self.engine.connect() as db:
            rows = db.execute(select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number)).all()
        return tuple(map(_word, rows))

    def last(self) -> int:
        """The number of the last word; 0 where nobody said anything."""
        with self.engine.connect() as db:
            return db.scalar(select(func.max(AUDIT.c.number))) or 0

    def note(self, by: str, action: str, subject: str, detail: str = "") -> None:
        """Keep that somebody did something that is written elsewhere."""
        with writing(self.engine).begin() as db:
            self._audit(db, by, action, subject, detail)

    def _audit(self, db: Connection, by: str, action: str, subject: str, detail: str) -> None:
        audit(db, Word(self.clock(), by, action, subject, detail))


def audit(db: Connection, word: Word) -> None:
    """One row of the audit, in the transaction of what it tells."""
    row = {"at": word.at, "by": word.by, "action": word.action, "subject": word.subject, "detail": word.detail}
    db.execute(insert(AUDIT).values(row))


def use(db: Connection, number: int, site: str, now: float) -> None:
    """What was approved is done on this site: the same plan, made again later, is another one to approve."""
    put(db, APPROVAL_USES, {"number": number, "site": site}, {"at": now})


def _scoped(scope: str, name: str) -> ColumnElement[bool]:
    return and_(SUSPENSIONS.c.scope == scope, SUSPENSIONS.c.name == name)


def _word(row: Row[Any]) -> Word:
    return Word(row.at, row.by, row.action, row.subject, row.detail, row.number)


def _approval(row: Row[Any]) -> Approval:
    differences = {place: tuple(both) for place, both in orjson.loads(row.differences).items()}
    return Approval(
        answer=Answer(row.answer),
        subject=Subject(row.subject),
        name=row.name,
        by=row.by,
        at=row.at,
        ceiling=Disruption(row.ceiling),
        site=row.site,
        reason=row.reason,
        differences=differences,
        number=row.number,
    )
