"""The state of one StarlingX: tables of rows, with an undo for the request that is refused half way.

A row is a plain dict and is never changed in place: ``update`` puts a new one. So a row read before a write still
shows what stood before it, and undoing is putting the old rows back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]


class Tables:
    """All tables of one system by name; each holds its rows by uuid and gives them in the order of their ids."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {}
        self._undo: list[tuple[str, str, Row | None]] | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Tables:
        """A copy shares the rows, which nobody changes in place."""
        twin = Tables()
        twin._rows = {name: dict(rows) for name, rows in self._rows.items()}
        return twin

    def rows(self, table: str, **equal: Any) -> list[Row]:
        """The rows whose columns equal the given values, by id."""
        found = (row for row in self._rows.get(table, {}).values() if all(row.get(k) == v for k, v in equal.items()))
        return sorted(found, key=lambda row: row["id"])

    def first(self, table: str, **equal: Any) -> Row | None:
        """The first such row by id, or None."""
        return next(iter(self.rows(table, **equal)), None)

    def find(self, table: str, uuid: Any) -> Row | None:
        return self._rows.get(table, {}).get(uuid)

    def row(self, table: str, uuid: str) -> Row:
        """The row, which the caller knows to be there (KeyError otherwise)."""
        return self._rows[table][uuid]

    def insert(self, table: str, row: Row) -> Row:
        """Add a row that has its uuid; it gets the table's next id, unless it brings one.

        The next id is the highest plus one, so the id of a deleted last row comes again: as on the recorded server,
        whose database was SQLite. (PostgreSQL would not give it again; nobody may build on either.)
        """
        number = row.get("id") or max((item["id"] for item in self._rows.get(table, {}).values()), default=0) + 1
        new = {**row, "id": number}
        self._put(table, new["uuid"], new)
        return new

    def update(self, table: str, uuid: str, changes: Row) -> Row:
        new = {**self._rows[table][uuid], **changes}
        self._put(table, uuid, new)
        return new

    def delete(self, table: str, uuid: str) -> None:
        self._put(table, uuid, None)

    def names(self) -> Iterator[str]:
        return iter(tuple(self._rows))

    def atomically(self, work: Callable[[], Any], keep: Callable[[Exception], bool]) -> Any:
        """Run the work; on an exception that ``keep`` does not accept, every row is as before."""
        self._undo = []
        try:
            return work()
        except Exception as error:
            if not keep(error):
                self._restore()
            raise
        finally:
            self._undo = None

    def _restore(self) -> None:
        undo, self._undo = self._undo or [], None
        for table, uuid, row in reversed(undo):
            self._put(table, uuid, row)

    def _put(self, table: str, uuid: str, row: Row | None) -> None:
        rows = self._rows.setdefault(table, {})
        if self._undo is not None:
            self._undo.append((table, uuid, rows.get(uuid)))
        if row is None:
            rows.pop(uuid, None)
        else:
            rows[uuid] = row
