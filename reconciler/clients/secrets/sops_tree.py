"""A SOPS file as a tree of mappings, lists and scalars, in the file's order, with the bytes of which its MAC is made.

Forms as SOPS writes them (getsops/sops stores/yaml, stores/json, stores/dotenv): what it leaves in clear keeps its type,
and the MAC is of the value in Go's spelling (sops.go ToBytes). What this does not know as SOPS does ends in a MAC that
does not match, never in a value that nobody verified.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any, TypeAlias, cast

import yaml

MOST_BYTES = 4 << 20
MOST_LEAVES = 50_000  # aliases multiply what they stand for
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")  # go.yaml.in/yaml/v3 resolve.go
_FLAT = re.compile(r"__(?:list_(\d+)|map_([^_](?:[^_]|_(?!_))*))")


class NotSopsError(ValueError):
    """Why the text is no file of SOPS; says no value."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf. text: as it stands there, or what it is for the MAC. is_text: of a string; anything else was never encrypted."""

    text: str
    is_text: bool = True


Tree: TypeAlias = "dict[str, Tree] | list[Tree] | Scalar | None"


def parsed(content: bytes, name: str) -> dict[str, Tree]:
    """The file's tree, told by the end of its name as SOPS does. Raises NotSopsError."""
    if len(content) > MOST_BYTES:
        raise NotSopsError(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise NotSopsError("it is not UTF-8 text") from None
    read = {".yaml": _of_yaml, ".yml": _of_yaml, ".env": _of_env}.get(PurePath(name).suffix, _of_json)
    tree = read(text)
    if not isinstance(tree, dict):
        raise NotSopsError("it holds no mapping")
    return tree


def _of_yaml(text: str) -> Tree:
    try:
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotSopsError(f"it is not one document of YAML{line}") from None
    except yaml.YAMLError:
        raise NotSopsError("it is not YAML") from None
    return _Composed().tree(root)


class _Composed:
    """Nodes of YAML, counted."""

    def __init__(self) -> None:
        self._leaves = 0

    def tree(self, node: Any) -> Tree:
        self._leaves += 1
        if self._leaves > MOST_LEAVES:
            raise NotSopsError(f"it holds more than {MOST_LEAVES} values")
        if isinstance(node, yaml.MappingNode):
            return _once((key.value, self.tree(value)) for key, value in node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.tree(each) for each in node.value]
        return _scalar(node.value, node.style) if node is not None else None


def _scalar(text: str, style: str | None) -> Tree:
    if style:  # in quotes, or a block
        return Scalar(text)
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return Scalar(text.title(), is_text=False)
    return _number(text) or Scalar(text)


def _number(text: str) -> Scalar | None:
    """A number in Go's spelling (strconv.Itoa, FormatFloat 'f' -1)."""
    if _INTEGER.fullmatch(text):
        digits = text.replace("_", "")
        is_old_octal = re.fullmatch(r"[-+]?0[0-7]+", digits)
        return Scalar(str(int(digits, 8 if is_old_octal else 0)), is_text=False)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return Scalar(_plain(number), is_text=False)
    return None


def _plain(number: float) -> str:
    """Without an exponent, as short as tells it from any other."""
    shown = format(Decimal(repr(number)), "f")
    return shown.removesuffix(".0")


def _of_json(text: str) -> Tree:
    try:
        return _of_values(json.loads(text, object_pairs_hook=_once))
    except (json.JSONDecodeError, RecursionError):
        raise NotSopsError("it is not JSON, as SOPS writes whatever is neither .yaml nor .env") from None


def _of_values(value: Any) -> Tree:
    if isinstance(value, dict):
        return {key: _of_values(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_of_values(member) for member in value]
    if isinstance(value, bool):
        return Scalar(str(value), is_text=False)
    if isinstance(value, int | float):
        return Scalar(_plain(float(value)) if isinstance(value, float) else str(value), is_text=False)
    return Scalar(value) if value is not None else None


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotSopsError("a key stands in it twice")
        found[key] = value
    return found


def _of_env(text: str) -> Tree:
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    if not all("=" in line for line in lines):
        raise NotSopsError("a line of it is not NAME=value")
    said = _once(cast("tuple[str, str]", tuple(line.split("=", 1))) for line in lines)
    plain = {name: Scalar(value.replace("\\n", "\n")) for name, value in said.items()}
    meta = {name.removeprefix("sops_"): value for name, value in plain.items() if name.startswith("sops_")}
    tree: dict[str, Tree] = {name: value for name, value in plain.items() if not name.startswith("sops_")}
    return {**tree, "sops": _unflattened(meta)} if meta else tree


def _unflattened(flat: Mapping[str, Scalar]) -> Tree:
    """`age__list_0__map_enc` as the tree that it was (stores/flatten.go); lists are told by their numbers."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        head = name.split("__", 1)[0]
        steps = [head, *(number or key for number, key in _FLAT.findall(name[len(head) :]))]
        at = tree
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at[steps[-1]] = value
    return _listed(tree)


def _listed(tree: Any) -> Tree:
    if not isinstance(tree, dict):
        return cast("Scalar", tree)
    if tree and all(step.isdigit() for step in tree):
        return [_listed(tree[step]) for step in sorted(tree, key=int)]
    return {step: _listed(member) for step, member in tree.items()}
