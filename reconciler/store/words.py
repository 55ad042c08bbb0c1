"""What people told the controller: who is suspended, what was approved, and the audit of both.

A word is heeded at the next visit of the sites that it concerns, by whichever process owns the state folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, exists, func, insert, or_, select, true

from reconciler.model.approval import Answer, Approval, Pinned, Subject, Word
from reconciler.model.gate import Scope, Suspension
from reconciler.model.words import Disruption
from reconciler.store.conditions import forgotten
from reconciler.store.database import put, writing
from reconciler.store.tables import (
    APPROVAL_PLANS,
    APPROVAL_USES,
    APPROVALS,
    AUDIT,
    CONDITIONS,
    ROLLOUTS,
    SUSPENSIONS,
    VERDICTS,
)


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
        """Take it back, and let hosts that are stuck be tried again. False where there was neither."""
        scope, name = (Scope.SITE, site) if site else (Scope.GROUP, group)
        with writing(self.engine).begin() as db:
            was_said = bool(db.execute(delete(SUSPENSIONS).where(_scoped(scope, name))).rowcount)
            stuck = forgotten(db, [site] if site else _sites_of(db, group))
            if was_said or stuck:
                more = (f"{len(stuck)} hosts tried again: {', '.join(stuck)}",) if stuck else ()
                self._audit(db, by, "resume", name, ": ".join(filter(None, (scope, reason, *more))))
        return was_said or bool(stuck)

    def suspensions(self) -> tuple[Suspension, ...]:
        with self.engine.connect() as db:
            rows = db.execute(select(SUSPENSIONS).order_by(SUSPENSIONS.c.since)).all()
        return tuple(Suspension(r.by, r.reason, r.since, **{r.scope: r.name}) for r in rows)

    # ---- approvals

    def answer(self, approval: Approval) -> int:
        """Keep a yes or a no, and number it. The last one about a plan or a change counts."""
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
            number = db.execute(insert(APPROVALS).values(said).returning(APPROVALS.c.number)).scalar_one()
            if pinned := [_pinned_row(number, site, one) for site, one in approval.plans.items()]:
                db.execute(insert(APPROVAL_PLANS), pinned)
            detail = " ".join(filter(None, (_of(approval), approval.reason)))
            self._audit(db, approval.by, str(approval.answer), approval.name, detail)
        return int(number)

    def approvals(self, site: str) -> tuple[Approval, ...]:
        """What may count for a site and was not used there yet, the oldest first: of its plans, of changes, of rollouts.

        Of a rollout with the plan of this site to which it is bound.
        """
        used = exists().where(and_(APPROVAL_USES.c.number == APPROVALS.c.number, APPROVAL_USES.c.site == site))
        pinned = APPROVALS.c.number.in_(select(APPROVAL_PLANS.c.number).where(APPROVAL_PLANS.c.site == site))
        mine = or_(APPROVALS.c.site == site, APPROVALS.c.subject == Subject.CHANGE, pinned, _OF_LIVE_ROLLOUT)
        with self.engine.connect() as db:
            rows = db.execute(select(APPROVALS).where(mine, ~used).order_by(APPROVALS.c.number)).all()
            numbers = [row.number for row in rows if row.subject == Subject.ROLLOUT]
            plans = _pinned(db, numbers, site) if numbers else {}
        return tuple(_approval(row, plans.get(row.number)) for row in rows)

    def answered(self, most: int, before: int | None = None) -> tuple[Answered, ...]:
        """Yeses and noes about whatever site, used or not, the newest first. before: the number of a later one.

        What the plans of a rollout were to change is left out: it may be five thousand sites.
        """
        older = APPROVALS.c.number < before if before is not None else true()
        wanted = select(APPROVALS).where(older).order_by(APPROVALS.c.number.desc()).limit(most)
        with self.engine.connect() as db:
            rows = db.execute(wanted).all()
            numbers = [row.number for row in rows]
            plans = _pinned_ids(db, numbers)
            said = tuple(_approval(row, plans.get(row.number)) for row in rows)
            uses = select(APPROVAL_USES).where(APPROVAL_USES.c.number.in_(numbers))
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


def _sites_of(db: Connection, group: str) -> Iterator[str]:
    """The sites that were in a group when they were last judged."""
    stuck = select(VERDICTS).where(VERDICTS.c.site.in_(select(CONDITIONS.c.site)))
    return (row.site for row in db.execute(stuck).all() if orjson.loads(row.content).get("group") == group)


def _scoped(scope: str, name: str) -> ColumnElement[bool]:
    return and_(SUSPENSIONS.c.scope == scope, SUSPENSIONS.c.name == name)


def _word(row: Row[Any]) -> Word:
    return Word(row.at, row.by, row.action, row.subject, row.detail, row.number)


_OF_LIVE_ROLLOUT = and_(
    APPROVALS.c.subject == Subject.ROLLOUT,
    APPROVALS.c.name.in_(select(ROLLOUTS.c.id).where(ROLLOUTS.c.closed.is_(None))),
)


def _of(approval: Approval) -> str:
    """What was answered, in words for the audit."""
    if approval.subject is Subject.ROLLOUT and approval.answer is Answer.APPROVED:
        return f"rollout: {len(approval.plans)} plans up to {approval.ceiling}"
    return f"{approval.subject} of {approval.site or 'any site'}"


def _pinned_row(number: int, site: str, pinned: Pinned) -> dict[str, Any]:
    differences = orjson.dumps(pinned.differences).decode()
    return {"number": number, "site": site, "plan_id": pinned.plan, "differences": differences}


def _pinned(db: Connection, numbers: Iterable[int], site: str) -> dict[int, dict[str, Pinned]]:
    """The plan of one site that these approvals are bound to, by number and site."""
    wanted = select(APPROVAL_PLANS).where(APPROVAL_PLANS.c.number.in_(numbers), APPROVAL_PLANS.c.site == site)
    return {r.number: {r.site: Pinned(r.plan_id, _differences(r.differences))} for r in db.execute(wanted)}


def _pinned_ids(db: Connection, numbers: Iterable[int]) -> dict[int, dict[str, Pinned]]:
    """The plans of all sites that these approvals are bound to, by number and site."""
    columns = (APPROVAL_PLANS.c.number, APPROVAL_PLANS.c.site, APPROVAL_PLANS.c.plan_id)
    found: dict[int, dict[str, Pinned]] = {}
    for row in db.execute(select(*columns).where(APPROVAL_PLANS.c.number.in_(numbers))):
        found.setdefault(row.number, {})[row.site] = Pinned(row.plan_id)
    return found


def _differences(content: str) -> dict[str, tuple[str, str]]:
    return {place: (was, becomes) for place, (was, becomes) in orjson.loads(content).items()}


def _approval(row: Row[Any], plans: Mapping[str, Pinned] | None = None) -> Approval:
    return Approval(
        answer=Answer(row.answer),
        subject=Subject(row.subject),
        name=row.name,
        by=row.by,
        at=row.at,
        ceiling=Disruption(row.ceiling),
        site=row.site,
        reason=row.reason,
        differences=_differences(row.differences),
        number=row.number,
        plans=plans or {},
    )
