"""Checks of JSON bodies as the APIs of peers, groups and associations make them.

dcmanager/api/controllers/v1/system_peers.py, subcloud_peer_group.py, peer_group_association.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.identifiers import is_uuid
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System


def is_within(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: str(value).isdigit() and least <= int(value) <= most


def is_one_of(*words: str) -> Callable[[Any], bool]:
    return words.__contains__


def body_of(call: Call) -> Row:
    if not isinstance(call.body, dict) or not call.body:
        raise refuse("Body required")
    return call.body


def checked(body: Row, key: str, fits: Callable[[Any], bool], usual: Any, what: str = "") -> Any:
    """A value that is said, or the usual one."""
    value = body.get(key, usual)
    if not fits(value):
        raise refuse(" ".join(filter(None, ("Invalid", what, key))))
    return value


def row_by(system: System, table: str, ref: str, what: str) -> Row:
    """By its number, its uuid or its name."""
    equal: Row = {"id": int(ref)} if ref.isdigit() else {"peer_uuid": ref} if is_uuid(ref) else {"name": ref}
    row = system.tables.first(table, **equal)
    if row is None:
        raise refuse(f"{what} not found", 404)
    return row
