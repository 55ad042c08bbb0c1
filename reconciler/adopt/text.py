"""Documents to the text of a deployment-config, the same to the byte for the same documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.adopt.edit_scalars import spelled
from reconciler.adopt.tree import Document

API_VERSION = "starlingx.windriver.com/v1"  # deployment-manager api/v1/groupversion_info.go


def text(documents: Iterable[Document]) -> str:
    """One YAML file; text is quoted where any reader of YAML would take it for something else."""
    return "---\n".join("".join(f"{line}\n" for line in _document(one)) for one in documents)


def _document(document: Document) -> Iterator[str]:
    head = {"apiVersion": API_VERSION, "kind": document.kind, "metadata": {"name": document.name}}
    yield from lines({**head, "spec": document.spec})


def lines(value: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a mapping; lists stand at the column of their key."""
    for key, member in value.items():
        name = spelled(key)
        if isinstance(member, Mapping) and member:
            yield f"{name}:"
            yield from (f"  {line}" for line in lines(member))
        elif isinstance(member, list) and member:
            yield f"{name}:"
            yield from _elements(member)
        else:
            yield f"{name}: {_inline(member)}"


def _elements(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        inner = _inner(value)
        for number, line in enumerate(inner):
            yield f"{'  ' if number else '- '}{line}"


def _inner(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        return lines(value)
    return _elements(value) if isinstance(value, list) and value else iter((_inline(value),))


def _inline(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return "{}" if isinstance(value, Mapping) else "[]"
    return spelled(value)
