"""Values against the model of their document: what it refuses as errors at file:line, unknown keys as notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reconciler.desired.fields import PATTERNS_IN_WORDS, Open
from reconciler.desired.findings import Findings
from reconciler.desired.merge import REMOVE
from reconciler.desired.scalars import Doubtful, Substituted, doubtful, in_words, read_plain, spelled, unquoted
from reconciler.desired.secret_keys import HIDDEN, may_be_secret
from reconciler.desired.site_sections import Secret
from reconciler.desired.wanted import Wanted, wanted
from reconciler.model.node import Node
from reconciler.model.subcloud_policy import SecretPlace

Path: TypeAlias = tuple[int | str, ...]


class Extent(StrEnum):
    """How much of it is checked."""

    WHOLE = "whole"
    LAYER = "layer"  # others complete it: what is missing is not missed
    COMPLETED = "completed"  # its layers were checked: only what they had to complete


def check(model: type[BaseModel], node: Node, title: str, findings: Findings, extent: Extent = Extent.WHOLE) -> None:
    """Report what the model refuses. Unknown keys are errors in our own documents, notices in upstream ones."""
    checking = _Checking(model, node, title, findings)
    try:
        model.model_validate(node.plain())
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            if _is_due(error["type"], extent):
                checking.report(error, only_new=extent is Extent.COMPLETED)
    if extent is not Extent.COMPLETED:
        for path, scalar, written in _in_doubt(node, ()):
            checking.report_doubt(path, scalar, written)


def _is_due(kind: str, extent: Extent) -> bool:
    if extent is Extent.COMPLETED:
        return kind in {"missing", "value_error"}
    return kind != "missing" or extent is Extent.WHOLE


@dataclass(frozen=True, slots=True)
class _Checking:
    model: type[BaseModel]
    root: Node
    title: str
    findings: Findings

    def report(self, error: ErrorDetails, *, only_new: bool) -> None:
        node, path = _found(self.root, error["loc"])
        if only_new and self.findings.has_error_at(node.origin):
            return
        if error["type"] != "extra_forbidden":
            self._refuse(node, path, _in_words(error, node, path))
        elif path[-1] == REMOVE:
            self._refuse(node, path, "belongs in an element of a list whose elements have a key")
        elif issubclass(self.model, Open):
            self.findings.notice(f"{self._where(path)} is not known here: it is not managed", node.origin)
        else:
            self._refuse(node, path, f"is not known; known are {self._known(path[:-1])}")

    def report_doubt(self, path: Path, node: Node, written: Doubtful) -> None:
        kind, reading = wanted(self.model, path).scalar, read_plain(written.raw)
        raw = _shown(written, path)
        if kind is Wanted.TEXT and isinstance(node.value, str):
            self._refuse(node, path, unquoted(node) if raw != HIDDEN else "must be quoted")
        elif kind is Wanted.NUMBER and type(reading.old) in {int, float} and not reading.readers_agree:
            modern = in_words(reading.modern)
            both = f"is {raw}, {reading.old} in YAML 1.1 and {modern} in YAML 1.2"
            self._refuse(node, path, f"{both}: write the number that you mean")
        elif kind in {Wanted.BOOLEAN, Wanted.UNKNOWN}:
            self._warn(path, node, written)

    def _warn(self, path: Path, node: Node, written: Doubtful) -> None:
        reading, raw = read_plain(written.raw), _shown(written, path)
        old, modern = (
            in_words(value) if raw != HIDDEN else "something else" for value in (reading.old, reading.modern)
        )
        seen = f"as {old}" if reading.readers_agree else f"as {old} in YAML 1.1 and as {modern} in YAML 1.2"
        truth = f"{spelled(reading.old)}, or " if isinstance(reading.old, bool) else ""
        message = f'{self._where(path)}: {raw} is read {seen}: write {truth}"{raw}" for the text'
        self.findings.notice(message + _given_at(node), node.origin)

    def _refuse(self, node: Node, path: Path, message: str) -> None:
        self.findings.refuse(f"{self._where(path)} {message}{_given_at(node)}", node.origin)

    def _where(self, path: Path) -> str:
        dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        return ": ".join(filter(None, (self.title, dotted)))

    def _known(self, path: Path) -> str:
        inner = wanted(self.model, path).model or self.model
        return ", ".join(field.alias or name for name, field in inner.model_fields.items())


def _found(root: Node, loc: Path) -> tuple[Node, Path]:
    """The deepest node on the way, and the path as its author sees it (a missing key's ends in the key)."""
    node = root
    for depth, step in enumerate(loc):
        member = _member(node, step)
        if member is None:
            return node, loc[:depth] if step == "[key]" else loc
        node = member
    return node, loc


def _member(node: Node, step: int | str) -> Node | None:
    if isinstance(node.value, tuple) and isinstance(step, int):
        return node.value[step]
    return node.value.get(str(step)) if isinstance(node.value, Mapping) else None


def _in_doubt(node: Node, path: Path) -> Iterator[tuple[Path, Node, Doubtful]]:
    if (written := doubtful(node)) is not None:
        yield path, node, written
    elif isinstance(node.value, Mapping):
        for key, member in node.value.items():
            yield from _in_doubt(member, (*path, key))
    elif isinstance(node.value, tuple):
        for index, element in enumerate(node.value):
            yield from _in_doubt(element, (*path, index))


def _shown(written: Doubtful, path: Path) -> str:
    return HIDDEN if may_be_secret(path) else written.raw


def _given_at(node: Node) -> str:
    return f" (given at {node.given.origin})" if isinstance(node, Substituted) else ""


PLACES = frozenset(model.__name__ for model in (Secret, SecretPlace))
"""Models of a reference to a secret, under whatever key: who knows no better writes the secret itself there."""


def _in_words(error: ErrorDetails, node: Node, path: Path) -> str:
    kind, context = error["type"], error.get("ctx", {})
    is_hidden = may_be_secret(path) or context.get("class_name") in PLACES
    said = "what is there" if is_hidden else in_words(error["input"])
    if kind == "string_type" and isinstance(node.value, int | float) and not may_be_secret(path):
        return unquoted(node)
    if (template := _TEMPLATES.get(kind)) is not None:
        return template(context, said)
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}, not {said}"


def _pattern(context: Mapping[str, Any], said: str) -> str:
    words = PATTERNS_IN_WORDS.get(context["pattern"], f"must have the form {context['pattern']}")
    return f"{words}, not {said}"


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


_Template = Callable[[Mapping[str, Any], str], str]
_TEMPLATES: Mapping[str, _Template] = {
    "missing": lambda _, __: "is missing",
    "string_type": lambda _, said: f"must be text, not {said}",
    "int_type": lambda _, said: f"must be a whole number, not {said}",
    "int_from_float": lambda _, said: f"must be a whole number, not {said}",
    "bool_type": lambda _, said: f"must be true or false, not {said}",
    "list_type": lambda _, said: f"must be a list, not {said}",
    "tuple_type": lambda _, said: f"must be a list, not {said}",
    "dict_type": lambda _, said: f"must be a mapping, not {said}",
    "model_type": lambda _, said: f"must be a mapping, not {said}",
    "literal_error": lambda context, said: f"must be one of {_listed(context['expected'])}, not {said}",
    "enum": lambda context, said: f"must be one of {_listed(context['expected'])}, not {said}",
    "greater_than_equal": lambda context, said: f"must be at least {context['ge']}, not {said}",
    "less_than_equal": lambda context, said: f"must be at most {context['le']}, not {said}",
    "string_too_long": lambda context, _: f"must have at most {context['max_length']} characters",
    "string_pattern_mismatch": _pattern,
    "value_error": lambda context, said: f"{context['error']}" + ("" if said.startswith("a ") else f", not {said}"),
}
