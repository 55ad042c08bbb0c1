"""The table of removals: one row for each resource that a commit removed and that is still on its site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from reconciler.model.removal import Removal
from reconciler.model.resource import ResourceKey
from reconciler.model.wire import removal_json, removal_of
from reconciler.store.tables import REMOVALS


def known(db: Connection, site: str = "") -> dict[str, tuple[Removal, ...]]:
    """Site -> its removals, in the order of their keys. What another program wrote in another form is left out."""
    rows = db.execute(select(REMOVALS).where(REMOVALS.c.site == site) if site else select(REMOVALS))
    found: dict[str, list[Removal]] = {}
    for row in rows:
        if removal := _read(row.content):
            found.setdefault(row.site, []).append(replace(removal, is_declined=row.declined_at is not None))
    return {name: tuple(sorted(removals, key=lambda r: r.key)) for name, removals in found.items()}


def carried(removals: Iterable[Removal]) -> dict[ResourceKey, Removal]:
    """By key, without who declined what: the table knows that."""
    return {r.key: replace(r, is_declined=False) for r in removals}


def carry(db: Connection, site: str, wanted: Mapping[ResourceKey, Removal], now: float) -> None:
    """Make the rows of a site these; those that are there keep their dates."""
    there = {row.resource for row in db.execute(select(REMOVALS.c.resource).where(REMOVALS.c.site == site))}
    wanted_now = {str(key): _content(removal) for key, removal in wanted.items()}
    for resource in there - wanted_now.keys():
        db.execute(delete(REMOVALS).where(_row(site, resource)))
    for resource, content in wanted_now.items():
        if resource in there:
            db.execute(update(REMOVALS).where(_row(site, resource)).values(content=content))
        else:
            db.execute(insert(REMOVALS).values(site=site, resource=resource, found_at=now, content=content))


def decline(db: Connection, site: str, resource: str, now: float) -> bool:
    return bool(db.execute(update(REMOVALS).where(_row(site, resource)).values(declined_at=now)).rowcount)


def _row(site: str, resource: str) -> ColumnElement[bool]:
    return and_(REMOVALS.c.site == site, REMOVALS.c.resource == resource)


def _content(removal: Removal) -> str:
    return orjson.dumps(removal_json(replace(removal, is_declined=False))).decode()


def _read(content: str) -> Removal | None:
    """None for another program's form: nothing is deleted by a row that cannot be read."""
    try:
        return removal_of(orjson.loads(content))
    except (ValueError, KeyError, TypeError):
        return None
