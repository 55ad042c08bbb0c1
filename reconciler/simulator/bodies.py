"""POST bodies: which attributes a resource type has, and WSME's refusals of what does not fit its type."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.exchange import refuse
from reconciler.simulator.identifiers import is_uuid
from reconciler.simulator.tables import Row


def attributes(body: Any, argument: str, known: str) -> Row:
    """The body as a map, refused where it names an attribute that the type ``argument`` has not."""
    if not isinstance(body, dict):
        raise refuse(f"Invalid input for field/attribute {argument}. Value: '{body}'. Value not a valid object")
    names = frozenset(known.split())
    for name in body:
        if name not in names:
            raise refuse(f"Unknown attribute for argument {argument}: {name}")
    return body


def require(body: Row, *names: str) -> None:
    """Refuse a body that lacks a mandatory attribute."""
    for name in names:
        if body.get(name) is None:
            raise refuse(f"Invalid input for field/attribute {name}. Value: 'None'. Mandatory field missing.")


def one_of(body: Row, name: str, choices: tuple[str, ...]) -> None:
    """Refuse a value outside an enumeration."""
    value = body.get(name)
    if value is not None and value not in choices:
        listed = ", ".join(choices)
        raise refuse(f"Invalid input for field/attribute {name}. Value: '{value}'. Value should be one of: {listed}")


def uuid_argument(name: str, value: str) -> str:
    """A path argument or attribute of type uuid."""
    if is_uuid(value):
        return value
    raise refuse(
        f"Invalid input for field/attribute {name}. Value: '{value}'."
        f" unable to convert to uuid. Error: Expected a uuid but received {value}."
    )


def integer(name: str, value: Any) -> int:
    """An integer, also when it is sent as text (WSME takes both: sysinv-api.md 2)."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise refuse(f"Invalid input for field/attribute {name}. Value: '{value}'. unable to convert to int")
    try:
        return int(value)
    except ValueError:
        raise refuse(
            f"Invalid input for field/attribute {name}. Value: '{value}'. unable to convert to int."
            f" Error: invalid literal for int() with base 10: '{value}'"
        ) from None


def boolean(value: Any) -> bool:
    """A boolean, also as text (oslo strutils.bool_from_string)."""
    return str(value).strip().lower() in {"1", "t", "true", "on", "y", "yes"}
