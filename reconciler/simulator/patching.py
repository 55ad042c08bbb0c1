"""PATCH bodies: a JSON array of RFC 6902 operations, and what sysinv refuses in one.

starlingx/config ``api/controllers/v1/types.py`` (JsonPatchType) and ``utils.py`` (validate_patch).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.simulator.exchange import refuse
from reconciler.simulator.tables import Row

INTERNAL = frozenset({"created_at", "id", "links", "updated_at", "uuid"})
OPERATIONS = ("add", "replace", "remove")
_PATH = re.compile(r"^(/[\w-]+)+$")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``path`` without its leading slash."""

    op: str
    path: str
    value: Any = None
    section: str = "global"


def typed_operations(body: Any, *, internal: frozenset[str] = INTERNAL) -> list[Operation]:
    """The operations of a PATCH whose controller declares the patch's type (all but hosts)."""
    operations = [_typed(item) for item in _array(body)]
    for operation in operations:
        _refuse_untouchable(operation, internal)
    return operations


def loose_operations(body: Any) -> list[Operation]:
    """The operations of a PATCH whose controller looks for itself (hosts)."""
    return [_loose(item) for item in _array(body)]


def replaced(operations: list[Operation]) -> Row:
    """What the operations set: attribute to new value; a removed attribute becomes None."""
    return {item.path: None if item.op == "remove" else item.value for item in operations}


def unknown_attribute(operations: list[Operation], known: Mapping[str, Any]) -> None:
    """Refuse what jsonpatch cannot find in the document: text as hosts and most others give it."""
    for item in operations:
        if item.path.split("/")[0] not in known:
            raise refuse(f"Patching Error: can't replace non-existent object '{item.path}'")


def _array(body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    raise refuse(f"Invalid input for field/attribute patch. Value: '{body}'. Value not a valid list: {body}")


def _typed(item: Any) -> Operation:
    if not isinstance(item, dict):
        raise refuse(f"Invalid patch format: {item}")
    for name in ("path", "op"):
        if name not in item:
            raise refuse(f"Invalid input for field/attribute {name}. Value: 'None'. Mandatory field missing.")
    _check_path(item["path"])
    _check_op(item["op"])
    return _operation(item)


def _check_path(path: Any) -> None:
    if not isinstance(path, str) or not _PATH.match(path):
        raise refuse(
            f"Invalid input for field/attribute path. Value: '{path}'. Value should match the pattern ^(/[\\w-]+)+$"
        )


def _check_op(op: Any) -> None:
    if op not in OPERATIONS:
        raise refuse(
            f"Invalid input for field/attribute op. Value: '{op}'. Value should be one of: {', '.join(OPERATIONS)}"
        )


def _loose(item: Any) -> Operation:
    if not isinstance(item, dict) or "path" not in item or "op" not in item:
        raise refuse(f"Invalid patch format: {item}")
    if item["op"] not in OPERATIONS:
        raise refuse(f"Operation not supported: {item['op']}")
    if not _PATH.match(str(item["path"])):
        raise refuse(f"Invalid path: {item['path']}")
    if item["op"] == "add" and item["path"].count("/") == 1:
        raise refuse(f"Adding an additional attribute ({item['path']}) to the resource is not allowed")
    return _operation(item)


def _operation(item: Row) -> Operation:
    return Operation(item["op"], item["path"].removeprefix("/"), item.get("value"), item.get("section") or "global")


def _refuse_untouchable(operation: Operation, internal: frozenset[str]) -> None:
    if operation.path in internal:
        raise refuse(f"'/{operation.path}' is an internal attribute and can not be updated")
    if operation.op == "add" and "/" not in operation.path:
        raise refuse(f"Adding a new attribute (/{operation.path}) to the root of  the resource is not allowed")
    if operation.op != "remove" and operation.value is None:
        raise refuse("Edit and Add operation of the field requires non-empty value.")
