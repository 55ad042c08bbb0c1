"""A file of values as it is given away: without what says nothing, with references where secrets stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.model.node import Node
from reconciler.model.secret import SecretRef

REFERENCE = "secretRef"


def told(values: Node | None) -> Mapping[str, Any]:
    """The values of a node. Null says nothing, as an absent key does."""
    return {key: _value(node) for key, node in values.members()} if values else {}


def in_text(values: Mapping[str, Any]) -> str:
    """The same as text, equal for equal values; a secret counts by its reference."""
    return json.dumps(values, sort_keys=True, default=_said)


def of_text(text: str) -> Mapping[str, Any]:
    """The inverse of `in_text`."""
    found: Mapping[str, Any] = json.loads(text, object_hook=_read)
    return found


def _value(node: Node) -> Any:
    if isinstance(node.value, Mapping):
        reference = node.get(REFERENCE)
        is_reference = reference is not None and len(node.value) == 1
        return SecretRef(str(reference.value)) if is_reference and reference else told(node)
    return [_value(each) for each in node.items()] if isinstance(node.value, tuple) else node.value


def _said(value: object) -> Any:
    """Dates are text, as YAML writes them."""
    return {REFERENCE: value.reference} if isinstance(value, SecretRef) else str(value)


def _read(found: dict[str, Any]) -> Any:
    return SecretRef(str(found[REFERENCE])) if found.keys() == {REFERENCE} else found
