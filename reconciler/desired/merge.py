"""One value over another: later wins, by the Deployment Manager's rules as they are in code, not in its documentation.

Measured with its merge.go on mergo: absent or null keeps what is below; mappings merge key by key; a list whose
elements have a key merges element by element, unknown ones are appended; any other list is replaced; `[]` clears;
an empty string does not blank an attribute, but is a value in a free map (labels). Ours alone: `$remove: true` in an
element drops it. Nothing is changed in place, and what is not overridden keeps its origin.

Merging a value with itself changes nothing. (a + b) + c equals a + (b + c) unless b clears a list, removes an
element, changes an element's key or sets another type; layers are only ever added from the left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from reconciler.model.errors import ConfigError
from reconciler.model.node import Node

REMOVE = "$remove"
Key: TypeAlias = tuple[object, ...]


class KeyOf(Protocol):
    """What tells the elements of a list apart."""

    def __call__(self, element: Node) -> Key | None:
        """The element's key; None where it lacks it."""
        ...

    def paths(self, element: Node) -> tuple[str, ...]:
        """The dotted paths of the members that make its key."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """How a value merges. Without members: a mapping key by key, anything else replaced.

    members: rules of a mapping's members, or of the members of a list's elements.
    key: what two elements of a list have in common to be one; None for an element that lacks it.
    is_free: the keys are the author's own, and an empty string is a value.
    """

    members: Mapping[str, Rule] = field(default_factory=dict)
    key: KeyOf | None = None
    is_free: bool = False

    def of(self, member: str) -> Rule:
        return self.members.get(member, FREE if self.is_free else PLAIN)


PLAIN = Rule()
FREE = Rule(is_free=True)


def merge(lower: Node | None, upper: Node | None, rule: Rule = PLAIN) -> Node | None:
    """`upper` over `lower`."""
    if upper is None or upper.value is None:
        return lower
    if lower is None or lower.value is None:
        return upper
    if isinstance(upper.value, Mapping) and isinstance(lower.value, Mapping):
        return _mapping(lower, upper, rule)
    if rule.key is not None and upper.value and isinstance(upper.value, tuple) and isinstance(lower.value, tuple):
        return Node(tuple(_elements(lower.value, upper.value, rule)), upper.origin)
    return lower if upper.value == "" and not rule.is_free else upper


def merged(layers: Iterator[Node], rule: Rule = PLAIN) -> Node | None:
    """Layers, the first the lowest."""
    result: Node | None = None
    for layer in layers:
        result = merge(result, layer, rule)
    return result


def swept(node: Node, rule: Rule = PLAIN) -> Node:
    """Without the elements that are marked `$remove: true`: the last step, when there is no layer left below."""
    if isinstance(node.value, Mapping):
        return Node({key: swept(member, rule.of(key)) for key, member in node.value.items()}, node.origin)
    if isinstance(node.value, tuple) and rule.key is not None:
        element = Rule(rule.members)
        return Node(tuple(swept(e, element) for e in node.value if not is_removed(e, rule)), node.origin)
    return node


def is_removed(element: Node, rule: Rule) -> bool:
    """Marked, in a list whose elements have a key."""
    mark = element.get(REMOVE)
    return mark is not None and mark.value is True and rule.key is not None


def given_twice(node: Node, title: str, rule: Rule, path: str = "") -> Iterator[ConfigError]:
    """An error for every element of a list that has the key of an earlier one."""
    if isinstance(node.value, Mapping):
        for name, member in node.members():
            yield from given_twice(member, title, rule.of(name), f"{path}.{name}".lstrip("."))
    elif isinstance(node.value, tuple) and rule.key is not None:
        first: dict[Key, Node] = {}
        for element in node.value:
            key = rule.key(element)
            if key is not None and (other := first.setdefault(key, element)) is not element:
                shown = "/".join(str(part) for part in key if part is not None)
                message = f"{title}: {path} has {shown} twice, first at {other.origin}: keep one of them"
                yield ConfigError(message, element.origin)
            yield from given_twice(element, title, Rule(rule.members), path)


def _mapping(lower: Node, upper: Node, rule: Rule) -> Node:
    result = dict(lower.value)  # type: ignore[arg-type]
    for key, member in upper.members():
        if (value := merge(result.get(key), member, rule.of(key))) is not None:
            result[key] = value
    return Node(result, upper.origin)


def _elements(lower: tuple[Node, ...], upper: tuple[Node, ...], rule: Rule) -> list[Node]:
    result = list(lower)
    places = {key: index for index, element in enumerate(lower) if (key := _key(element, rule)) is not None}
    for element in upper:
        key = _key(element, rule)
        index = places.get(key) if key is not None else None
        if index is None:
            result.append(element)
        elif is_removed(element, rule) or is_removed(result[index], rule):
            result[index] = element
        else:
            result[index] = _mapping(result[index], element, Rule(rule.members))
    return result


def _key(element: Node, rule: Rule) -> Key | None:
    return rule.key(element) if rule.key is not None else None


@dataclass(frozen=True, slots=True)
class By:
    """The key is what stands at these paths, scalars all; the first must be there."""

    split: tuple[tuple[str, ...], ...]

    def __call__(self, element: Node) -> Key | None:
        values = tuple(node.value if (node := element.at(*path)) else None for path in self.split)
        unfit = values[0] is None or any(isinstance(value, Mapping | tuple) for value in values)
        return None if unfit else values

    def paths(self, element: Node) -> tuple[str, ...]:
        """Those that the element has."""
        return tuple(".".join(path) for path in self.split if element.at(*path) is not None)


def by(*paths: str) -> By:
    """A key of what stands at these dotted paths."""
    return By(tuple(tuple(path.split(".")) for path in paths))
