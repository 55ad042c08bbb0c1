"""What an attribute of a kind means: in the kind's own words, else in those of the document that says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.desired import words_at
from reconciler.model.kind import ResourceKind

_TYPES = {"string": "text", "integer": "number", "boolean": "yes or no", "array": "list", "object": "mapping"}


def attribute_words(kind: ResourceKind[Any], name: str) -> str:
    """A sentence about one attribute; "" where nothing is known of it."""
    if own := kind.about.words.get(name, ""):
        return f"{own[0].upper()}{own[1:]}."
    return " ".join(filter(None, map(words_at, kind.places(name))))


def value_words(schema: Mapping[str, Any], name: str) -> str:
    """Which values an attribute takes, by the JSON Schema of its kind's spec: `integer`, `list of text`, `a | b`."""
    return _words(schema, schema["properties"][name])


def _words(schema: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return _words(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_words(schema, p) for p in part["anyOf"] if p.get("type") != "null"))
    if "enum" in part or "const" in part:
        return ", ".join(f"`{value}`" for value in sorted(part.get("enum", [part.get("const")])))
    kind = _TYPES.get(str(part.get("type", "")), str(part.get("type", "any value")))
    if kind == "list":
        return _list_words(schema, part)
    limits = (
        f"from {part['minimum']}" if "minimum" in part else "",
        f"to {part['maximum']}" if "maximum" in part else "",
    )
    return " ".join(filter(None, (kind, *limits)))


def _list_words(schema: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    several = part.get("prefixItems")
    if several:
        return ", ".join(_words(schema, p) for p in several)
    items = part.get("items")
    return f"list of {_words(schema, items)}" if items else "list"
