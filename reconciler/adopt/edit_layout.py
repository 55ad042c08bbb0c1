"""Where everything stands in a YAML text: its values as parts with offsets, so that one can be changed by position.

For files that the reader of desired states accepts; it is stricter, and knows what a value may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import yaml

from reconciler.adopt.edit_scalars import Scalar, read_plain
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin

MERGE = "<<"
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]*)*")
_DASH = re.compile(r"(?:[&!]\S*+|\s++|#[^\n]*+)*+-(?=\s|$)")


class Form(Enum):
    SCALAR = "a scalar"
    MAPPING = "a mapping"
    SEQUENCE = "a list"
    ALIAS = "an alias"


@dataclass(frozen=True, slots=True)
class Part:
    """One value as it is written.

    start, end: offsets of its first character, of the one after its last. body: start, after an anchor and a tag.
    line, column: of start, from 0. style: of a scalar, `""` where it is plain. value: plain, with aliases expanded.
    """

    form: Form
    start: int
    body: int
    end: int
    line: int
    column: int
    value: Any
    anchor: str = ""
    style: str = ""
    is_flow: bool = False
    members: tuple[Member, ...] = ()
    elements: tuple[Element, ...] = ()

    @property
    def is_block(self) -> bool:
        """A collection whose items have lines of their own."""
        return self.form in {Form.MAPPING, Form.SEQUENCE} and not self.is_flow

    @property
    def is_empty(self) -> bool:
        """Nothing is written: `key:`."""
        return self.body == self.end


@dataclass(frozen=True, slots=True)
class Member:
    """One key of a mapping with its value."""

    key: Part
    part: Part

    @property
    def name(self) -> str:
        return str(self.key.value)

    @property
    def is_merge(self) -> bool:
        return self.name == MERGE and not self.key.style

    @property
    def start(self) -> int:
        return self.key.start

    @property
    def end(self) -> int:
        return max(self.key.end, self.part.end)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a list; start: its dash, or in a flow list its first character."""

    start: int
    part: Part

    @property
    def end(self) -> int:
        return max(self.start, self.part.end)


def layout(file: str, text: str) -> tuple[Part, ...]:
    """The documents of a text that are not empty. Raises ConfigError where it is not YAML."""
    try:
        reading = _Reading(file, text, yaml.parse(text, Loader=yaml.CSafeLoader))
        return tuple(part for part in reading.documents() if part.value is not None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Origin(file, mark.line + 1, mark.column + 1) if mark else file
        raise ConfigError(f"not YAML: {error.problem or error.context}", where) from error


@dataclass(slots=True)
class _Reading:
    file: str
    text: str
    events: Iterator[Any]
    anchors: dict[str, Any] = field(default_factory=dict)

    def documents(self) -> Iterator[Part]:
        for event in self.events:
            if type(event) is yaml.DocumentStartEvent:
                self.anchors.clear()
                yield self._part(next(self.events))

    def _part(self, event: Any) -> Part:
        if type(event) is yaml.AliasEvent:
            return self._made(event, Form.ALIAS, _end(event), self.anchors[event.anchor or ""])
        part = self._read(event)
        if event.anchor:
            self.anchors[event.anchor] = part.value
        return part

    def _read(self, event: Any) -> Part:
        if type(event) is yaml.MappingStartEvent:
            return self._mapping(event)
        if type(event) is yaml.SequenceStartEvent:
            return self._sequence(event)
        return self._scalar(event)

    def _scalar(self, event: Any) -> Part:
        end = _end(event)
        style = event.style or ""
        if style in {"|", ">"}:  # the mark is where the next thing begins
            start = _start(event)
            end = start + len(self.text[start:end].rstrip())
        is_text = style or (event.tag is not None and not event.implicit[0])
        value: Scalar = event.value if is_text else read_plain(event.value)
        return self._made(event, Form.SCALAR, end, value, style=style)

    def _mapping(self, event: Any) -> Part:
        members = []
        while type(first := next(self.events)) is not yaml.MappingEndEvent:
            key = self._key(first)
            members.append(Member(key, self._part(next(self.events))))
        end = _end(first) if event.flow_style or not members else members[-1].end
        value = _merged(members)
        return self._made(event, Form.MAPPING, end, value, is_flow=event.flow_style, members=tuple(members))

    def _key(self, event: Any) -> Part:
        """A key is its text, whatever a plain scalar of that text would be."""
        if type(event) is not yaml.ScalarEvent:
            mark = event.start_mark
            raise ConfigError("a key must be text", Origin(self.file, mark.line + 1, mark.column + 1))
        return self._made(event, Form.SCALAR, _end(event), event.value, style=event.style or "")

    def _sequence(self, event: Any) -> Part:
        elements: list[Element] = []
        while type(first := next(self.events)) is not yaml.SequenceEndEvent:
            after = elements[-1].end if elements else _start(event)
            part = self._part(first)
            elements.append(Element(part.start if event.flow_style else self._dash(after), part))
        end = _end(first) if event.flow_style or not elements else elements[-1].end
        value = [element.part.value for element in elements]
        return self._made(event, Form.SEQUENCE, end, value, is_flow=event.flow_style, elements=tuple(elements))

    def _dash(self, after: int) -> int:
        found = _DASH.match(self.text, after)
        if found is None:
            line = self.text.count("\n", 0, after) + 1
            raise ConfigError(
                "the dash of a list's element was not found: edit this list by hand", f"{self.file}:{line}"
            )
        return found.end() - 1

    def _made(self, event: Any, form: Form, end: int, value: Any, **more: Any) -> Part:
        mark = event.start_mark
        properties = _PROPERTIES.match(self.text, mark.index) if form is not Form.ALIAS and self._has(event) else None
        body = min(properties.end(), end) if properties else mark.index
        anchor = event.anchor or ""
        return Part(form, mark.index, body, max(end, body), mark.line, mark.column, value, anchor, **more)

    @staticmethod
    def _has(event: Any) -> bool:
        return bool(event.anchor or event.tag)


def _start(event: Any) -> int:
    """Parsers of texts mark every event."""
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _merged(members: list[Member]) -> dict[str, Any]:
    """The members, and below them what `<<` brings in: of several the earlier one wins (yaml.org/type/merge.html)."""
    value = {member.name: member.part.value for member in members if not member.is_merge}
    for member in members:
        if member.is_merge:
            sources = member.part.value if isinstance(member.part.value, list) else [member.part.value]
            for source in sources:
                if isinstance(source, Mapping):
                    value |= {key: one for key, one in source.items() if key not in value}
    return value
