"""Which elements of an old list become which of a new one, so that a change of one is not written as a change of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeAlias

NAMES = frozenset(("name", "path", "address", "paramname"))  # keys that elements of the upstream lists are known by
Keys: TypeAlias = Sequence[Any]
Span: TypeAlias = tuple[int, int, int, int]


def is_same(one: Any, other: Any) -> bool:
    """Equal in value and in type, keys in any order: `1`, `true` and `1.0` are three values."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and (one == other or one != one)  # noqa: PLR0124 - nan


def paired(old: Sequence[Any], new: Sequence[Any]) -> tuple[dict[int, int], dict[int | None, list[Any]]]:
    """Elements of an old list with those of a new one that they become, and those to add after an old one.

    Equal ones first, then those that begin alike (`name: oam0`), then by their order. Of two lists that are not empty
    at least one element is paired.
    """
    pairs = _pairs([_frozen(v) for v in old], [_frozen(v) for v in new], _labelled(old, new))
    added: dict[int | None, list[Any]] = {}
    last: int | None = None
    behind = {new_index: old_index for old_index, new_index in pairs.items()}
    for index, value in enumerate(new):
        if index in behind:
            last = behind[index]
        else:
            added.setdefault(last, []).append(value)
    return pairs, added


def _pairs(old: Keys, new: Keys, labels: tuple[Keys, Keys]) -> dict[int, int]:
    """By what they say, or by their order where that leaves no more elements to change."""
    by_value: dict[int, int] = {}
    _match(old, new, (0, len(old), 0, len(new)), by_value, labels)
    by_order = {index: index for index in range(min(len(old), len(new)))}
    return min(by_value, by_order, key=lambda pairs: _to_change(old, new, pairs))


def _to_change(old: Keys, new: Keys, pairs: dict[int, int]) -> int:
    """Elements to take out, to add and to change."""
    changed = sum(bool(old[one] != new[other]) for one, other in pairs.items())
    return len(old) + len(new) - 2 * len(pairs) + changed


def _labelled(old: Sequence[Any], new: Sequence[Any]) -> tuple[Keys, Keys]:
    return [_label(v) for v in old], [_label(v) for v in new]


def _match(old: Keys, new: Keys, span: Span, pairs: dict[int, int], labels: tuple[Keys, Keys] | None) -> None:
    o1, o2, n1, n2 = span
    matcher = SequenceMatcher(None, old[o1:o2], new[n1:n2], autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        inner = (o1 + a1, o1 + a2, n1 + b1, n1 + b2)
        if tag == "equal":
            pairs.update(zip(range(inner[0], inner[1]), range(inner[2], inner[3]), strict=True))
        elif tag == "replace" and labels is not None:
            _match(*labels, inner, pairs, None)
        elif tag == "replace":
            pairs.update(zip(range(inner[0], inner[1]), range(inner[2], inner[3]), strict=False))


def _label(value: Any) -> Any:
    """What an element is known by: itself, or the first scalar of a mapping (its name, as these files are written)."""
    if not isinstance(value, Mapping):
        return _frozen(value)
    scalars = {key: member for key, member in value.items() if not isinstance(member, Mapping | list)}
    named = [pair for pair in scalars.items() if pair[0] in NAMES]
    return next(iter([*named, *scalars.items()]), None)


def _frozen(value: Any) -> Any:
    """The value as something that can be counted and compared."""
    if isinstance(value, Mapping):
        return ("{", frozenset((key, _frozen(member)) for key, member in value.items()))
    if isinstance(value, list | tuple):
        return ("[", *map(_frozen, value))
    return type(value), value
