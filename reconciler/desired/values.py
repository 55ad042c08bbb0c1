"""`${name}` in a site's documents: what it stands for, where it may stand. Only in sites that declare `values`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from reconciler.desired.documents import Document
from reconciler.desired.files import Parsed
from reconciler.desired.findings import Findings
from reconciler.desired.scalars import Substituted, raw_text
from reconciler.model.node import Node
from reconciler.model.origin import Origin

_MARK = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
_LONE = re.compile(r"\$\{([^{}]*)\}")


def substituted(parsed: Parsed, values: Mapping[str, Node], findings: Findings) -> Parsed:
    """The file with every `${name}` replaced and every `$${` as `${`. Parts without either are shared, not copied."""
    if not parsed.has_names:
        return parsed
    substitution = _Substitution(values, findings)
    root = substitution.of(parsed.root) if parsed.root else None
    return replace(parsed, root=root, documents=tuple(map(substitution.of_document, parsed.documents)))


@dataclass(frozen=True, slots=True)
class _Substitution:
    values: Mapping[str, Node]
    findings: Findings

    def of_document(self, document: Document) -> Document:
        return replace(document, named=self.of(document.named), spec=self.of(document.spec))

    def of(self, node: Node) -> Node:
        if isinstance(node.value, str):
            return self._text(node, node.value) if "${" in node.value else node
        if isinstance(node.value, Mapping):
            members = {key: self.of(member) for key, member in node.value.items()}
            same = all(members[key] is member for key, member in node.value.items())
            return node if same else Node(members, node.origin)
        if isinstance(node.value, tuple):
            elements = tuple(map(self.of, node.value))
            same = all(one is other for one, other in zip(elements, node.value, strict=True))
            return node if same else Node(elements, node.origin)
        return node

    def _text(self, node: Node, text: str) -> Node:
        """A lone `${name}` becomes the value, whatever its type; inside a text, its text."""
        if lone := _LONE.fullmatch(text):
            given = self._given(lone[1], node.origin)
            return _placed(given, node.origin) if given else node
        return Node(_MARK.sub(lambda match: self._inside(match, node.origin), text), node.origin)

    def _inside(self, match: re.Match[str], origin: Origin) -> str:
        if match[0] == "$${":
            return "${"
        given = self._given(match[1], origin)
        if given is None:
            return match[0]
        if isinstance(given.value, Mapping | tuple):
            self.findings.refuse(f"{match[0]} is no text: it can only stand alone, as a whole value", origin)
            return match[0]
        return raw_text(given)

    def _given(self, name: str, origin: Origin) -> Node | None:
        given = self.values.get(name)
        if given is None or given.value is None:
            near = get_close_matches(name, self.values, 1)
            advice = f"did you mean ${{{near[0]}}}?" if near else "give it under `values`, or write $${ for the text"
            self.findings.refuse(f"${{{name}}} is not defined: {advice}", origin)
            return None
        return given


def _placed(given: Node, origin: Origin) -> Node:
    """The value at the place that uses it; what is inside a list or mapping too."""
    if isinstance(given.value, Mapping):
        return Node({key: _placed(member, origin) for key, member in given.value.items()}, origin)
    if isinstance(given.value, tuple):
        return Node(tuple(_placed(element, origin) for element in given.value), origin)
    return Substituted(given.value, origin, given=given)
