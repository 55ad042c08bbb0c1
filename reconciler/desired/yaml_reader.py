"""YAML text → Nodes with origins, read as Ansible reads it (YAML 1.1), with limits that a hostile file cannot pass.

Works on the C parser's events: they nest without recursion (a composer recurses once a level), and an alias is
counted by what it expands to before anything walks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

import yaml

from reconciler.desired.scalars import Doubtful, in_words, read_plain, spelled
from reconciler.desired.yaml_frames import Anchored, Frame, MappingFrame, SequenceFrame, mappings
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.node import Node
from reconciler.model.origin import Origin

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_ALIASES = 2_000
MAX_NODES = 200_000  # aliases expanded
MERGE = "<<"
_PREFIX = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset(("!", _PREFIX + "str"))
_PLAIN_TAGS = frozenset(_PREFIX + name for name in ("int", "float", "bool", "null"))
_COLLECTION_TAGS = frozenset((None, "!", _PREFIX + "map", _PREFIX + "seq"))


def read_yaml(path: str, content: bytes) -> tuple[Node, ...]:
    """The documents of a file that are not empty.

    Raises ConfigErrors with every duplicate key and tag found, or with the one thing that made reading end: not
    UTF-8, not YAML, too long, too deep, too many aliases.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content):,} bytes, the limit is {MAX_BYTES:,}"
        raise ConfigErrors([ConfigError(f"the file is too long ({size}): split it", path)])
    reading = _Reading(path)
    for event in _events(path, _decoded(path, content)):
        if (handle := _HANDLERS.get(type(event))) is not None:  # the others only frame streams and documents
            handle(reading, event)
    if reading.errors:
        raise ConfigErrors(reading.errors)
    return tuple(reading.documents)


@dataclass(slots=True)
class _Reading:
    """The state of reading one file."""

    path: str
    documents: list[Node] = field(default_factory=list)
    errors: list[ConfigError] = field(default_factory=list)
    stack: list[Frame] = field(default_factory=list)
    anchors: dict[str, Anchored] = field(default_factory=dict)
    nodes: int = 0
    aliases: int = 0

    def scalar(self, event: Any) -> None:
        mark = event.start_mark
        origin = Origin(self.path, mark.line + 1, mark.column + 1)
        self._count(1, origin)
        is_plain = self._is_plain(event, origin)
        node = _plain(event.value, origin) if is_plain else Node(event.value, origin)
        self._put(node, event.anchor, 1, is_plain=is_plain)

    def open_mapping(self, event: Any) -> None:
        origin = self._opened(event)
        self.stack.append(MappingFrame(origin, event.anchor, self.nodes))

    def open_sequence(self, event: Any) -> None:
        origin = self._opened(event)
        self.stack.append(SequenceFrame(origin, event.anchor, self.nodes))

    def close(self, event: Any) -> None:  # noqa: ARG002
        frame = self.stack.pop()
        node = Node(frame.value(), frame.origin)
        self._put(node, frame.anchor, self.nodes - frame.first + 1, frame.height)

    def alias(self, event: Any) -> None:
        origin = self._origin(event)
        anchored = self.anchors.get(event.anchor)
        if anchored is None:  # undefined, or of a collection that is still open
            raise self._end(f"the alias *{event.anchor} stands before the end of what it names", origin)
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise self._end(f"more than {MAX_ALIASES:,} aliases: write the values out", origin)
        self._count(anchored.size, origin)
        self._check_depth(len(self.stack) + anchored.height, origin)
        self._put(anchored.node, None, 0, anchored.height)

    def _opened(self, event: Any) -> Origin:
        """Where a collection stands: a block collection at its key, for that is the line to look at."""
        origin = self._origin(event)
        if event.tag not in _COLLECTION_TAGS:
            self._refuse_tag(event.tag, origin)
        self._check_depth(len(self.stack) + 1, origin)
        self._count(1, origin)
        frame = self.stack[-1] if self.stack else None
        if not isinstance(frame, MappingFrame):
            return origin
        if frame.awaits_key:
            raise self._end("a key must be text, not a collection", origin)
        return frame.key_origin if frame.key_origin and not event.flow_style else origin

    def _put(self, node: Node, anchor: str | None, size: int, height: int = 0, *, is_plain: bool = False) -> None:
        if anchor:
            self.anchors[anchor] = Anchored(node, size, height)
        if not self.stack:
            self.anchors.clear()
            if node.value is not None:
                self.documents.append(node)
            return
        frame = self.stack[-1]
        frame.height = max(frame.height, height + 1)
        if isinstance(frame, MappingFrame) and frame.awaits_key:
            self._take_key(frame, node, is_merge=is_plain and node.value == MERGE)
            return
        if isinstance(frame, MappingFrame) and frame.is_merge:
            self._check_merge(node)
        frame.put(node)

    def _take_key(self, frame: MappingFrame, node: Node, *, is_merge: bool) -> None:
        frame.key, frame.key_origin, frame.is_merge = self._key_text(node), node.origin, is_merge
        first = frame.lines.setdefault(frame.key, node.origin.line)
        if (frame.key in frame.members or first != node.origin.line) and not is_merge:
            message = f'the key "{frame.key}" is given twice, first in line {first}: keep one of them'
            self.errors.append(ConfigError(message, node.origin))

    def _key_text(self, node: Node) -> str:
        if isinstance(node.value, str) and not isinstance(node, Doubtful):
            return intern(node.value)
        if type(node.value) is int and not isinstance(node, Doubtful):
            return str(node.value)
        raw = node.raw if isinstance(node, Doubtful) else spelled(node.value)  # type: ignore[arg-type]
        message = f'the key {raw} is read as {in_words(read_plain(raw).old)}: write "{raw}"'
        self.errors.append(ConfigError(message, node.origin))
        return raw

    def _check_merge(self, node: Node) -> None:
        if not all(isinstance(source.value, Mapping) for source in mappings(node)):
            self.errors.append(ConfigError("<< wants a mapping, or a list of mappings", node.origin))

    def _check_depth(self, depth: int, origin: Origin) -> None:
        if depth > MAX_DEPTH:
            raise self._end(f"nested deeper than {MAX_DEPTH} levels: flatten it", origin)

    def _count(self, nodes: int, origin: Origin) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self._end(f"more than {MAX_NODES:,} values with aliases expanded: use fewer aliases", origin)

    def _is_plain(self, event: Any, origin: Origin) -> bool:
        tag = event.tag
        if tag is None or tag in _TEXT_TAGS:
            return tag is None and bool(event.implicit[0])
        if tag not in _PLAIN_TAGS:
            self._refuse_tag(tag, origin)
        return True

    def _refuse_tag(self, tag: str, origin: Origin) -> None:
        shown = "!!" + tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else tag
        self.errors.append(ConfigError(f"the tag {shown} is not read here: write the value itself", origin))

    def _origin(self, event: Any) -> Origin:
        return Origin(self.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _end(self, message: str, origin: Origin) -> ConfigErrors:
        return ConfigErrors([*self.errors, ConfigError(message, origin)])


_HANDLERS = {
    yaml.ScalarEvent: _Reading.scalar,
    yaml.MappingStartEvent: _Reading.open_mapping,
    yaml.SequenceStartEvent: _Reading.open_sequence,
    yaml.MappingEndEvent: _Reading.close,
    yaml.SequenceEndEvent: _Reading.close,
    yaml.AliasEvent: _Reading.alias,
}


def _plain(text: str, origin: Origin) -> Node:
    reading = read_plain(text)
    return Doubtful(reading.value, origin, raw=text) if reading.is_doubtful else Node(reading.value, origin)


def _decoded(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = Origin(path, content.count(b"\n", 0, error.start) + 1)
        raise ConfigErrors([ConfigError("the file is not UTF-8 here: save it as UTF-8", where)]) from error


def _events(path: str, text: str) -> Iterator[Any]:
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Origin(path, mark.line + 1, mark.column + 1) if mark else path
        because = ", ".join(filter(None, (error.context, error.problem)))
        raise ConfigErrors([ConfigError(f"not YAML: {because}", where)]) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise ConfigErrors([ConfigError(f"not YAML: {error.reason}", Origin(path, line))]) from error
