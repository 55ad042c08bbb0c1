"""A YAML collection while it is being read: where it stands, what it holds so far, how high and large it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.model.node import Node
from reconciler.model.origin import Origin


@dataclass(frozen=True, slots=True)
class Anchored:
    """A node that aliases may repeat, with what each repetition costs."""

    node: Node
    size: int
    height: int


@dataclass(slots=True)
class SequenceFrame:
    """first: the count of nodes when it was opened."""

    origin: Origin
    anchor: str | None
    first: int
    height: int = 0
    elements: list[Node] = field(default_factory=list)

    def put(self, node: Node) -> None:
        self.elements.append(node)

    def value(self) -> tuple[Node, ...]:
        return tuple(self.elements)


@dataclass(slots=True)
class MappingFrame:
    """key: the one whose value is awaited. lines: where each key was first given."""

    origin: Origin
    anchor: str | None
    first: int
    height: int = 0
    key: str | None = None
    key_origin: Origin | None = None
    is_merge: bool = False  # the awaited value is that of `<<`
    members: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    merged: list[Node] = field(default_factory=list)

    @property
    def awaits_key(self) -> bool:
        return self.key is None

    def put(self, node: Node) -> None:
        if self.is_merge:
            self.merged.append(node)
        elif self.key is not None:
            self.members[self.key] = node
        self.key, self.is_merge = None, False

    def value(self) -> dict[str, Node]:
        """The members, and what `<<` brings in under other names (yaml.org/type/merge.html: the earlier one wins)."""
        for source in self.merged:
            for other in mappings(source):
                self.members |= {k: v for k, v in other.members() if k not in self.members}
        return self.members


Frame: TypeAlias = MappingFrame | SequenceFrame


def mappings(source: Node) -> Iterator[Node]:
    """What `<<` names: a mapping, or a list of them."""
    yield from source.items() if isinstance(source.value, tuple) else (source,)
