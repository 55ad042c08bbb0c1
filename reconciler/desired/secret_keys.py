"""Which keys hold secrets. What stands under them is never shown: not in an error, not in a rendering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.node import Node
from reconciler.model.reference import IN_DOCUMENTS
from reconciler.model.secret import is_named

HIDDEN = "(secret)"
REFERENCE = "secretRef"
REFERENCES = frozenset({REFERENCE, "keyRef"})
_FORM = re.compile(IN_DOCUMENTS)


def is_secret(key: str) -> bool:
    """A key under which people write secrets."""
    return is_named(key)


def may_be_secret(path: Iterable[int | str]) -> bool:
    """What stands here and was refused may be a secret: also where a reference belongs, somebody writes the secret itself."""
    steps = tuple(path)
    return is_below_secret(steps) or (bool(steps) and steps[-1] in REFERENCES)


def is_below_secret(path: Iterable[int | str]) -> bool:
    """Some key on the path holds a secret."""
    return any(isinstance(step, str) and is_secret(step) for step in path)


def no_references(node: Node) -> Iterator[Node]:
    """What stands in a value file where a reference belongs, and is none."""
    for element in node.items():
        yield from no_references(element)
    for key, member in node.members():
        if key != REFERENCE:
            yield from no_references(member)
        elif not isinstance(member.value, str) or not _FORM.fullmatch(member.value):
            yield member


def secrets_in_clear(node: Node) -> Iterator[tuple[str, Node]]:
    """(key, value) for every secret that stands as text in a value file."""
    for element in node.items():
        yield from secrets_in_clear(element)
    for key, member in node.members():
        if isinstance(member.value, Mapping | tuple):
            yield from secrets_in_clear(member)
        elif is_secret(key) and member.value != "":
            yield key, member
