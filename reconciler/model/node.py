"""A YAML value that knows where it was written. Merging and substituting keep that knowledge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.model.origin import Origin

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Mapping[str, Node] | tuple[Node, ...] | Scalar"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value with its origin. `null` and an absent key are the same thing to every reader.

    written: what the document says, where `value` is that in another spelling.
    """

    value: Value
    origin: Origin
    written: Scalar | tuple[Scalar, ...] = None

    def spelled(self, value: Value) -> Node:
        """The node with its value in another spelling; what the document says is kept where that differs."""
        other, said = Node(value, self.origin), self.plain()
        return (
            self if other.plain() == said else Node(value, self.origin, said if self.written is None else self.written)
        )

    def get(self, key: str) -> Node | None:
        """The member named `key`; None when it is absent, null, or this is no mapping."""
        member = self.value.get(key) if isinstance(self.value, Mapping) else None
        return None if member is None or member.value is None else member

    def at(self, *path: str) -> Node | None:
        """`get` along a path."""
        node: Node | None = self
        for key in path:
            node = node.get(key) if node else None
        return node

    def text(self, *path: str) -> str:
        """The scalar at a path as text; "" when it is absent or null."""
        node = self.at(*path)
        return "" if node is None else str(node.value)

    def listed(self, *path: str) -> Iterator[Node]:
        """The elements of the list at a path; nothing when it is absent."""
        if node := self.at(*path):
            yield from node.items()

    def items(self) -> Iterator[Node]:
        """The elements of a list; nothing for anything else."""
        yield from self.value if isinstance(self.value, tuple) else ()

    def members(self) -> Iterator[tuple[str, Node]]:
        """The members of a mapping that are not null."""
        if isinstance(self.value, Mapping):
            yield from ((k, v) for k, v in self.value.items() if v.value is not None)

    def plain(self) -> Any:
        """The value as plain Python, origins dropped."""
        if isinstance(self.value, Mapping):
            return {k: v.plain() for k, v in self.value.items()}
        if isinstance(self.value, tuple):
            return [v.plain() for v in self.value]
        return self.value
