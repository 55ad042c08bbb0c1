"""How rows are shown: one alone, or a page of a list with links, sorting, limit and marker.

Pages: at most 2,000 rows (``api_limit_max``), also when no limit is asked for; a full page names the next one
(starlingx/config ``api/controllers/v1/collection.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import ABSENT, Collection
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

PAGE_CAP = 2000
PAGE_ARGUMENTS = frozenset({"limit", "marker", "sort_key", "sort_dir"})


def shown(system: System, collection: Collection, row: Row, call: Call) -> Row:
    """One resource alone: all its columns, its links, and the links to what is below it."""
    body = _columns(system, collection, row, f"{collection.columns} {collection.more}")
    _add_links(collection, row, call, body)
    for name in collection.sublinks.split():
        body[name] = _link_pair(call.base, f"{link_segment(collection)}/{row['uuid']}/{name}")
    return body


def listed(system: System, collection: Collection, rows: Iterable[Row], call: Call, url: str = "") -> Row:
    """A page of these rows, as the call's query asks."""
    page = _page(collection, list(rows), call)
    body: Row = {collection.list_key: [_list_row(system, collection, row, call) for row in page]}
    limit = _limit(call)
    if page and len(page) == limit:
        body["next"] = _next(collection, call, limit, page[-1], url)
    return body


def detailed(system: System, collection: Collection, rows: Iterable[Row], call: Call) -> Row:
    """A page of rows, each with everything that it shows alone (``/ihosts/detail``)."""
    return {collection.list_key: [shown(system, collection, row, call) for row in _page(collection, list(rows), call)]}


def link_segment(collection: Collection) -> str:
    return collection.links or collection.list_key


def one(system: System, collection: Collection, uuid: str) -> Row:
    """The row with that uuid, or the 404 that sysinv gives."""
    row = system.tables.find(collection.table_name, uuid)
    if row is None:
        raise refuse(f"{collection.noun} {uuid} could not be found.", 404)
    return row


def _columns(system: System, collection: Collection, row: Row, names: str) -> Row:
    derived = collection.derive(system, row)
    values = {name: derived[name] if name in derived else row.get(name) for name in names.split()}
    return {name: value for name, value in values.items() if value is not ABSENT}


def _list_row(system: System, collection: Collection, row: Row, call: Call) -> Row:
    body = _columns(system, collection, row, collection.columns)
    _add_links(collection, row, call, body)
    return body


def _add_links(collection: Collection, row: Row, call: Call, body: Row) -> None:
    if collection.links is not None:
        body["links"] = _link_pair(call.base, f"{link_segment(collection)}/{row['uuid']}")
    for name in collection.row_sublinks.split():
        body[name] = _link_pair(call.base, f"{link_segment(collection)}/{row['uuid']}/{name}")


def _link_pair(base: str, path: str) -> list[Row]:
    return [{"href": f"{base}/v1/{path}", "rel": "self"}, {"href": f"{base}/{path}", "rel": "bookmark"}]


def _limit(call: Call) -> int:
    text = call.query.get("limit")
    try:
        limit = int(text) if text else PAGE_CAP
    except ValueError:
        raise refuse(
            f"Invalid input for field/attribute limit. Value: '{text}'. unable to convert to int."
            f" Error: invalid literal for int() with base 10: '{text}'"
        ) from None
    if limit < 0:
        raise refuse("Limit must be positive")
    return min(limit, PAGE_CAP) or PAGE_CAP


def _page(collection: Collection, rows: list[Row], call: Call) -> list[Row]:
    direction = call.query.get("sort_dir", "asc")
    if direction not in {"asc", "desc"}:
        raise refuse(f"Invalid sort direction: {direction}. Acceptable values are 'asc' or 'desc'")
    if "sort_key" in call.query or direction == "desc":
        rows = _sorted(rows, call.query.get("sort_key", "id"), backwards=direction == "desc")
    return _after_marker(collection, rows, call.query.get("marker"))[: _limit(call)]


def _sorted(rows: list[Row], key: str, *, backwards: bool) -> list[Row]:
    if rows and key not in rows[0]:
        raise Fault(400, f"Sort key supplied was not valid: {key}.")
    return sorted(rows, key=lambda row: _comparable(row.get(key)), reverse=backwards)


def _comparable(value: Any) -> tuple[int, float, str]:
    if isinstance(value, (int, float)):
        return (1, float(value), "")
    return (0, 0.0, "") if value is None else (2, 0.0, str(value))


def _after_marker(collection: Collection, rows: list[Row], marker: str | None) -> list[Row]:
    if not marker:
        return rows
    places = [place for place, row in enumerate(rows) if row["uuid"] == marker]
    if not places:
        raise refuse(f"{collection.noun} {marker} could not be found.", 404)
    return rows[places[0] + 1 :]


def _next(collection: Collection, call: Call, limit: int, last: Row, url: str) -> str:
    key, direction = call.query.get("sort_key", "id"), call.query.get("sort_dir", "asc")
    where = url or collection.list_key
    return f"{call.base}/v1/{where}?sort_key={quote(key)}&sort_dir={direction}&limit={limit}&marker={last['uuid']}"
