"""How one file is written: indentation, line ends; and new values written the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.adopt.edit_layout import Form, Part
from reconciler.adopt.edit_scalars import spelled


@dataclass(frozen=True, slots=True)
class Style:
    """step: columns of a mapping below its key. dash: columns of a list below its key."""

    step: int = 2
    dash: int = 0
    newline: str = "\n"

    def below(self, column: int, value: Any) -> int:
        """The column of a collection below a key at `column`."""
        return column + (self.step if isinstance(value, Mapping) else self.dash)

    def inline(self, value: Any, quote: str = "", *, in_flow: bool = False) -> str:
        """A value on one line: a scalar, or a collection in flow style."""
        if isinstance(value, Mapping):
            inside = (f"{spelled(k, in_flow=True)}: {self.inline(v, in_flow=True)}" for k, v in value.items())
            return f"{{{', '.join(inside)}}}"
        if isinstance(value, list):
            return f"[{', '.join(self.inline(v, quote, in_flow=True) for v in value)}]"
        return spelled(value, quote, in_flow=in_flow)

    def block(self, value: Any, column: int, quote: str = "") -> list[str]:
        """A collection that is not empty, on lines of its own that start at `column`."""
        pad = " " * column
        if isinstance(value, Mapping):
            return [line for key, member in value.items() for line in self._member(key, member, column)]
        return [pad + line for element in value for line in self._element(element, quote)]

    def literal(self, text: str) -> list[str] | None:
        """The lines of a literal scalar (`|`); None where its text does not come back from one."""
        lines = text.split("\n")
        plain = lines.pop() == "" and bool(lines) and bool(lines[0]) and bool(lines[-1])
        fits = all(line.isprintable() and not line.endswith(" ") for line in lines)
        return lines if plain and fits and not lines[0].startswith(" ") else None

    def _member(self, key: str, value: Any, column: int) -> Iterator[str]:
        head = f"{' ' * column}{spelled(key)}:"
        if isinstance(value, Mapping | list) and value:
            yield head
            yield from self.block(value, self.below(column, value))
        else:
            yield f"{head} {self.inline(value)}"

    def _element(self, value: Any, quote: str) -> Iterator[str]:
        """Without the indentation of the list: its lines are put below each other."""
        if isinstance(value, Mapping | list) and value:
            first, *rest = self.block(value, 2)
            yield f"- {first[2:]}"
            yield from rest
        else:
            yield f"- {self.inline(value, quote)}"


def style_of(text: str, documents: Iterable[Part]) -> Style:
    """What most of a file does; where it says nothing, what the upstream examples do."""
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    for part in documents:
        _count(part, steps, dashes)
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    return Style(_most(steps, 2), _most(dashes, 0), newline)


def _count(part: Part, steps: Counter[int], dashes: Counter[int]) -> None:
    for member in part.members:
        if member.part.is_block and not member.part.anchor:
            inner = member.part.members[0].key.column if member.part.members else member.part.column
            (steps if member.part.form is Form.MAPPING else dashes)[inner - member.key.column] += 1
        _count(member.part, steps, dashes)
    for element in part.elements:
        _count(element.part, steps, dashes)


def _most(counted: Counter[int], usual: int) -> int:
    return counted.most_common(1)[0][0] if counted else usual
