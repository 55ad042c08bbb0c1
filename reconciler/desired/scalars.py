"""What a plain YAML scalar means to a YAML 1.1 reader (Ansible, PyYAML) and to a 1.2 reader, and where they disagree."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from reconciler.model.node import Node, Scalar

LONG = 80  # characters of a text that an error repeats
_RESOLVER = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_PREFIX = "tag:yaml.org,2002:"
# YAML 1.2.2, 10.3.2 (core schema)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One plain scalar, read twice.

    value: what a Node gets; the YAML 1.1 reading, but a date stays text. old, modern: the 1.1 and the 1.2 reading.
    """

    value: Scalar
    old: Any
    modern: Scalar
    is_doubtful: bool

    @property
    def readers_agree(self) -> bool:
        """Both versions of YAML see the same value of the same type."""
        return _is_same(self.old, self.modern)


@dataclass(frozen=True, slots=True, eq=False)
class Doubtful(Node):
    """A plain scalar whose text its value does not give back, or that the two versions of YAML read differently."""

    raw: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Substituted(Node):
    """A scalar that stands where `${name}` was written (origin), with the node that gave it."""

    given: Node = field(kw_only=True)


@lru_cache(maxsize=16_384)
def read_plain(text: str) -> Reading:
    """The readings of a plain (unquoted, untagged) scalar."""
    old, modern = _yaml_1_1(text), _yaml_1_2(text)
    value = old if old is None or isinstance(old, str | int | float) else text
    text_is_lost = isinstance(old, int | float) and not isinstance(old, bool) and spelled(old) != text
    return Reading(value, old, modern, text_is_lost or not _is_same(old, modern))


def spelled(value: Scalar) -> str:
    """The usual spelling of a scalar in YAML."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def doubtful(node: Node) -> Doubtful | None:
    """What there is to doubt about a scalar, wherever it was written."""
    written = node.given if isinstance(node, Substituted) else node
    return written if isinstance(written, Doubtful) else None


def raw_text(node: Node) -> str:
    """The text that was written for a scalar."""
    if (written := doubtful(node)) is not None:
        return written.raw
    return node.value if isinstance(node.value, str) else spelled(node.value)  # type: ignore[arg-type]


def unquoted(node: Node) -> str:
    """What is wrong with a plain scalar where text is wanted, and its quoted form."""
    raw, reading = raw_text(node), read_plain(raw_text(node))
    other = reading.modern if isinstance(reading.old, str) else reading.old
    who = "some read" if isinstance(node.value, str) else "YAML reads"
    return f'must be text, and {who} {raw} as {in_words(other)}: write "{raw}"'


def in_words(value: Any) -> str:
    """A value as an error names it: `the number 24.1`, `text`, `a mapping`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {spelled(value)}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'text, "{value}"' if len(value) <= LONG else f'text, "{value[:LONG]}…"'
    return {"dict": "a mapping", "list": "a list"}.get(type(value).__name__, f"the {type(value).__name__} {value}")


def _yaml_1_1(text: str) -> Any:
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if tag.removeprefix(_PREFIX) in {"str", "value", "merge"}:
        return text
    try:
        return _CONSTRUCTOR.construct_object(yaml.ScalarNode(tag, text))
    except (ValueError, OverflowError):  # 2026-13-45 has the form of a date and is none
        return text


def _yaml_1_2(text: str) -> Scalar:
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return _number(text)


def _number(text: str) -> Scalar:
    if _DECIMAL.fullmatch(text) and len(text) < 4_000:  # longer ones Python refuses to convert
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if infinite := _INFINITE.fullmatch(text):
        return -math.inf if infinite[1] == "-" else math.inf
    return math.nan if text in {".nan", ".NaN", ".NAN"} else text


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one == other or one != one)  # noqa: PLR0124 - nan
