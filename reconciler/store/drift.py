"""Drift of every site, and how it ended: written with the verdict that shows it, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from reconciler.model.drift import Deed, DriftEvent, SiteDrift, Turning
from reconciler.model.drift_steps import began_before, dated, step
from reconciler.model.drift_wire import ended_json, site_drift_json, site_drift_of
from reconciler.model.verdict import Verdict
from reconciler.model.wire import outcome_of
from reconciler.store.database import put, writing
from reconciler.store.tables import DRIFT, DRIFT_HISTORY, OUTCOMES

_CONTENT = select(DRIFT.c.content).where(DRIFT.c.site == bindparam("wanted"))
LATEST = 20  # plans of a site that are asked what they did; of older ones the drift itself remembers it


@dataclass(frozen=True, slots=True)
class Ended:
    """A page of the history: number and content (`model.drift_wire.ended_json`) of each row."""

    number: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DriftStore:
    """The tables of one store."""

    engine: Engine

    def all(self) -> dict[str, SiteDrift]:
        """What is known of every site that drifts, or did lately."""
        with self.engine.connect() as db:
            rows = db.execute(select(DRIFT.c.site, DRIFT.c.content)).all()
        return {row.site: found for row in rows if (found := _read(row.content))}

    def of(self, sites: Iterable[str]) -> dict[str, SiteDrift]:
        """What is known of these sites."""
        with self.engine.connect() as db:
            contents = [(site, db.scalar(_CONTENT, {"wanted": site})) for site in sites]
        return {site: found for site, content in contents if content and (found := _read(content))}

    def ended(self, site: str = "", fingerprint: str = "", most: int = 100, before: int | None = None) -> list[Ended]:
        """Drift that ended, the latest first."""
        wanted = select(DRIFT_HISTORY).order_by(DRIFT_HISTORY.c.number.desc()).limit(most)
        if site:
            wanted = wanted.where(DRIFT_HISTORY.c.site == site)
        if fingerprint:
            wanted = wanted.where(DRIFT_HISTORY.c.fingerprint == fingerprint)
        if before is not None:
            wanted = wanted.where(DRIFT_HISTORY.c.number < before)
        with self.engine.connect() as db:
            return [Ended(row.number, orjson.loads(row.content)) for row in db.execute(wanted)]

    def prune(self, older_than: float) -> None:
        """Forget what ended before this time."""
        with writing(self.engine).begin() as db:
            db.execute(delete(DRIFT_HISTORY).where(DRIFT_HISTORY.c.resolved_at < older_than))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a site's drift after a verdict, and what happened to it."""

    verdict: Verdict
    drift: SiteDrift
    events: tuple[DriftEvent, ...]


def keep(db: Connection, verdict: Verdict, before: Verdict | None) -> Kept:
    """The verdict's drift, kept; the verdict with its differences dated. before: the one that it replaces."""
    content = db.scalar(_CONTENT, {"wanted": verdict.site})
    known = (_read(content) if content else None) or began_before(verdict.site, before)
    now, events = step(known, verdict, _deeds(db, verdict.site, known))
    if now != known or not content:
        _write(db, now)
    if ended := [_row(event) for event in events if event.turning is Turning.ENDED]:
        db.execute(insert(DRIFT_HISTORY), ended)
    return Kept(dated(verdict, now), now, events)


def _write(db: Connection, now: SiteDrift) -> None:
    text = orjson.dumps(site_drift_json(now)).decode()
    put(db, DRIFT, {"site": now.site}, {"content": text})


def _row(event: DriftEvent) -> dict[str, Any]:
    return {
        "site": event.site,
        "fingerprint": event.drift.fingerprint,
        "resolved_at": event.at,
        "content": orjson.dumps(ended_json(event)).decode(),
    }


def _deeds(db: Connection, site: str, known: SiteDrift) -> dict[str, Deed]:
    """What plans did to each resource, the last of each, since the oldest of the drift that is known."""
    if not known.open:
        return {}
    since = min(drift.onsets[-1] for drift in known.open.values())
    rows = (
        select(OUTCOMES.c.ended_at, OUTCOMES.c.content)
        .where(OUTCOMES.c.site == site, OUTCOMES.c.ended_at >= since)
        .order_by(OUTCOMES.c.number.desc())
        .limit(LATEST)
    )
    return dict(_steps(reversed(db.execute(rows).all())))


def _steps(rows: Iterable[Any]) -> Iterator[tuple[str, Deed]]:
    for row in rows:
        try:
            entries = outcome_of(orjson.loads(row.content)).entries
        except ValueError:
            continue  # in words of another program
        for entry in entries:
            yield from ((str(key), Deed(row.ended_at, entry.result)) for key in entry.keys)


def _read(content: str) -> SiteDrift | None:
    """None for what another program wrote in words that this one does not know: the next look says it anew."""
    try:
        return site_drift_of(orjson.loads(content))
    except (KeyError, ValueError):
        return None
