"""How FM cuts its lists: a filter by `q`, a limit, and a link to what comes after the last row (collection.py)."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.tables import Row

MOST = 2000
OWN_COLUMNS = frozenset({"id", "uuid", "created_at", "updated_at", "links", "raised_by_platform"})
Order = tuple[str, str]


def is_asked(call: Call, name: str) -> bool:
    """A switch of the query, which is off by default."""
    return call.query.get(name, "").lower() in ("true", "1", "yes", "on")


def fits(row: Row, call: Call) -> bool:
    """Whether the row passes the query's filter: text that is contained, or a bound of time.

    Of several filters the last one counts here; nobody sends more than one.
    """
    name, value = call.query.get("q.field"), call.query.get("q.value", "")
    if name is None:
        return True
    if name == "start":
        return str(row["timestamp"]) >= value
    if name == "end":
        return str(row["timestamp"]) <= value
    return value in str(row.get(name))


def page(rows: list[Row], call: Call, order: Order) -> list[Row]:
    """The rows after the marker, as many as fit. With a marker the order is that of the sort key."""
    marker = call.query.get("marker")
    if marker:
        key, direction = _order(call, order)
        rows = sorted(rows, key=lambda row: (str(row.get(key) or ""), row["id"]), reverse=direction == "desc")
        place = next((i for i, row in enumerate(rows) if row["uuid"] == marker), None)
        if place is None:
            raise refuse(f"[HTTP 404] Alarm {marker} could not be found.", 404)
        rows = rows[place + 1 :]
    return rows[: limit(call)]


def limit(call: Call) -> int:
    return min(int(call.query.get("limit") or MOST), MOST)


def body(name: str, rows: list[dict[str, Any]], call: Call, order: Order) -> Row:
    """The rows under their name, with a link to the next page where this one is full."""
    if not rows or len(rows) < limit(call):
        return {name: rows}
    key, direction = _order(call, order)
    asked = f"sort_key={key}&sort_dir={direction}&limit={limit(call)}&marker={rows[-1]['uuid']}"
    return {name: rows, "next": f"{call.base}/v1/{name}?{asked}"}


def _order(call: Call, order: Order) -> Order:
    return call.query.get("sort_key", order[0]), call.query.get("sort_dir", order[1])
