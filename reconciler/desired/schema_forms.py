"""JSON Schemas as editors want them: what each member means at hand, no noise, `${name}` wherever a value may stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Editors know this one best; what later ones have is not needed (yaml-language-server README: drafts 04 and 07).
DIALECT = "http://json-schema.org/draft-07/schema#"
ABSENT = "Absent: not managed."
# ${name}, for a value of the site; without words of its own, which editors would show in the place of the member's
NAME = {"type": "string", "pattern": r"\$\{[^{}]+\}"}
_NAME_REF = {"$ref": "#/$defs/Name"}
_ADDRESS = ({"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"})
_LIMITED = frozenset({"enum", "const", "pattern", "format"})


def dialect(schema: dict[str, Any]) -> dict[str, Any]:
    """A whole schema, the same whatever was imported before: Python gives equal Literals the order of the first."""
    return {"$schema": DIALECT, **_in_order(schema)}


def _in_order(part: Any) -> Any:
    if isinstance(part, list):
        return [_in_order(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {name: sorted(below) if name == "enum" else _in_order(below) for name, below in part.items()}


def titled(schema: dict[str, Any], title: str) -> dict[str, Any]:
    return {**schema, "title": title}


def described(schema: dict[str, Any], words: Mapping[str, str], absent: str = ABSENT) -> None:
    """Give each member its words; one that may be absent says what that means."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        said = words.get(name) or member.get("description", "")
        ends = (said,) if name in required or not said else (said, absent)
        member["description"] = " ".join(filter(None, ends))
        member.pop("title", None)
        if member.get("default", ...) is None:
            del member["default"]


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, in which a mapping or list that may be null is no choice of two.

    Of a choice, validators and editors say only that none of it fits; so, they name the member below that is wrong.
    """
    defined = schema.get("$defs", {})

    def walked(part: Any) -> Any:
        if isinstance(part, list):
            return [walked(one) for one in part]
        if not isinstance(part, dict):
            return part
        return {name: walked(below) for name, below in _or_null(part, defined).items()}

    return {name: walked(part) for name, part in schema.items()}


def _or_null(schema: dict[str, Any], defined: Mapping[str, Any]) -> dict[str, Any]:
    match schema.get("anyOf"):
        case [{"$ref": str(ref)}, {"type": "null"}] if defined[ref.rpartition("/")[2]].get("type") == "object":
            form: dict[str, Any] = {"type": ["object", "null"], "if": {"type": "object"}, "then": {"$ref": ref}}
        case [{"type": "object" | "array" as kind}, {"type": "null"}]:
            form = {**schema["anyOf"][0], "type": [kind, "null"]}
        case _:
            return schema
    return {**{name: part for name, part in schema.items() if name != "anyOf"}, **form}


def with_names(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, in which every value that is not any text may be `${name}` too."""
    defined = {name: _members(part) for name, part in schema.get("$defs", {}).items()}
    return {**_members(schema), "$defs": {**defined, "Name": NAME}}


def _members(schema: dict[str, Any]) -> dict[str, Any]:
    members = {name: _value(part) for name, part in schema.get("properties", {}).items()}
    if isinstance(more := schema.get("additionalProperties"), dict):
        schema = {**schema, "additionalProperties": _value(more)}
    if "items" in schema:
        schema = {**schema, "items": _value(schema["items"])}
    return {**schema, "properties": members} if members else schema


def _value(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("const") is not None:
        return schema  # what tells one kind of document from another is never substituted
    options = list(_options(schema))
    if options == [schema]:
        return _members(schema)
    around: dict[str, Any] = {name: schema[name] for name in ("description", "default", "title") if name in schema}
    return {**around, "anyOf": [o for i, o in enumerate(options) if o not in options[:i]]}


def _options(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The forms that a value may have, one by one."""
    if "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from _options(option)
        return
    form = {name: part for name, part in schema.items() if name not in {"description", "default", "title"}}
    if schema.get("format") == "ip":
        yield from (*_ADDRESS, _NAME_REF)
    elif schema.get("type") in {"integer", "number", "boolean"} or _LIMITED & schema.keys():
        yield from (form, _NAME_REF)
    else:
        yield _members(schema)
