"""A system from an inventory: a map of path to the JSON that a real system answered there (``--inventory FILE``).

``{"/v1/ihosts": {"ihosts": [...]}, "/v1/ihosts/<uuid>/iinterfaces": {"iinterfaces": [...]}, ...}``. Rows keep their
uuids and values; links are dropped, since they are made anew when shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.family import Collection
from reconciler.simulator.system import System
from reconciler.simulator.tables import Row

Inventory = Mapping[str, Any]


def load(system: System, inventory: Inventory) -> System:
    """Fill an empty system; the families then complete what lists do not show."""
    for path, body in inventory.items():
        collection = _collection_of(system, path)
        if collection is not None and isinstance(body, dict):
            _insert_rows(system, collection, body.get(collection.list_key) or [])
    _remember_singles(system, inventory)
    for loader in system.api.loaders:
        loader(system)
    return system


def _collection_of(system: System, path: str) -> Collection | None:
    return system.api.collections.get(path.rsplit("/", 1)[-1])


def _insert_rows(system: System, collection: Collection, rows: list[Row]) -> None:
    for row in rows:
        if isinstance(row, dict):
            stored = {name: value for name, value in row.items() if not _is_link(name, value)}
            stored.setdefault("uuid", system.uuid())
            _insert_or_merge(system, collection.table_name, stored)


def _insert_or_merge(system: System, table: str, row: Row) -> None:
    """Two collections may show one table (ports and ethernet_ports): their columns come together."""
    if system.tables.find(table, row["uuid"]):
        system.tables.update(table, row["uuid"], row)
    else:
        system.tables.insert(table, row)


def _is_link(name: str, value: Any) -> bool:
    pair = isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "href" in value[0]
    return name == "links" or pair


def _remember_singles(system: System, inventory: Inventory) -> None:
    """Bodies that are no lists of a known collection (health, kernel, ...) go to a table of their own, by path."""
    for path, body in inventory.items():
        if _collection_of(system, path) is None:
            system.tables.insert("inventory", {"uuid": path.removeprefix("/v1/"), "body": body})
