"""The ways to write into a site's files what the site shows: at the place that says it now, or in the site's own folder.

Which of them is right is seen by rendering: the first whose outcome says what was wished and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from reconciler.adopt.accept_places import (
    REMOVE,
    Steps,
    Trail,
    as_written,
    lists_above,
    members_of,
    plain,
    put,
    trail,
    without,
)
from reconciler.adopt.edit import REMOVED, Edit, Path, edited, places, rewritten, values
from reconciler.adopt.edit_pairing import is_same
from reconciler.adopt.order import SITE
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.said import Element, Said
from reconciler.model.site import Site

API_VERSION = "starlingx.windriver.com/v1"
DEPLOYMENT = "deployment-config.yaml"
_NAME = re.compile(r"\$\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Wish:
    """One value that Git is to say, or with `is_gone` to stop saying. origin: where Git says the resource now."""

    said: Said
    is_gone: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """A site's files as text. own: its folder, with a slash. changeable: those that may be edited in place."""

    own: str
    texts: Mapping[str, str]
    changeable: frozenset[str]

    def is_own(self, file: str) -> bool:
        return file.startswith(self.own)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One file with another text."""

    file: str
    text: str


Way: TypeAlias = Callable[[], Proposal]


def ways(wish: Wish, site: Site, files: Files) -> Iterator[Way]:
    """The ways to write a wish, the best first. Each raises ConfigError where its file cannot be edited like that."""
    nodes = trail(site, wish.said, wish.origin)
    path = as_written(wish.said.path, nodes)
    said = replace(wish.said, path=path)
    is_there = len(nodes) == len(path) + 1
    if is_there and nodes[-1].origin.file in files.changeable:
        yield from _in_place(wish, nodes[-1], files)
    elif not is_there and not wish.is_gone and nodes and nodes[-1].origin.file in files.changeable:
        yield lambda: _beside(said, nodes, files)
    elif is_there and (name := _name_at(nodes[-1], files)) and not wish.is_gone:
        yield lambda: _given(name, said.value, files)
    yield lambda: _override(said, wish, files)
    yield from _whole_lists(said, wish, nodes, files)


def together(wishes: Iterable[Wish], site: Site, files: Files) -> Mapping[str, str]:
    """The texts with all the wishes in the site's own documents: for values that are refused without each other.

    Raises ConfigError where one of them cannot be written there.
    """
    texts = dict(files.texts)
    for wish in wishes:
        path = as_written(wish.said.path, trail(site, wish.said, wish.origin))
        proposal = _override(replace(wish.said, path=path), wish, replace(files, texts=texts))
        texts[proposal.file] = proposal.text
    return texts


def _in_place(wish: Wish, node: Node, files: Files) -> Iterator[Way]:
    """Where the value stands; where `${name}` stands there, first where the site gives it."""
    name = _name_at(node, files)
    if name and not wish.is_gone:
        yield lambda: _given(name, wish.said.value, files)
    if not name or files.is_own(node.origin.file):
        value = REMOVED if wish.is_gone else plain(wish.said.value)
        yield lambda: _edited(node, value, files)


def _edited(node: Node, value: Any, files: Files) -> Proposal:
    file, text = node.origin.file, files.texts[node.origin.file]
    document, path, _ = _place(node, files)
    return Proposal(file, edited(file, text, [Edit(document, path, value)]))


def _beside(said: Said, nodes: Trail, files: Files) -> Proposal:
    """Inside the deepest collection that Git says."""
    node = nodes[-1]
    document, path, value = _place(node, files)
    new = put(value, said.path[len(nodes) - 1 :], said.value)
    file = node.origin.file
    return Proposal(file, edited(file, files.texts[file], [Edit(document, path, new)]))


def _given(name: str, value: Any, files: Files) -> Proposal:
    """The value of `${name}` in the site's own site.yaml."""
    file = files.own + SITE
    text = files.texts.get(file, "")
    (root,) = values(file, text) or [{}]
    return Proposal(file, rewritten(file, text, [put(root, ("values", name), value)]))


def _override(said: Said, wish: Wish, files: Files) -> Proposal:
    """In the site's own document, which is made where there is none."""
    file, index = _own_document(said, files)
    text = files.texts.get(file, "")
    documents = values(file, text)
    document = documents[index] if index < len(documents) else _new_document(said)
    documents[index : index + 1] = [_overridden(document, said, wish)]
    return Proposal(file, rewritten(file, text, documents))


def _overridden(document: Any, said: Said, wish: Wish) -> Any:
    steps = _below(said)
    if not wish.is_gone:
        return put(document, (*steps, *said.path), said.value)
    last = said.path[-1] if said.path else None
    if not isinstance(last, Element):
        message = "a key of a layer below cannot be taken out by one above: accept it with --shared, or edit it by hand"
        raise ConfigError(message, wish.origin or "")
    return put(document, (*steps, *said.path), {**members_of(last), REMOVE: True})


def _below(said: Said) -> Steps:
    """Where in its document a site's own values stand."""
    if said.document == SITE:
        return ()
    return ("spec", "overrides") if said.document == "Host" and said.path[:1] != ("match",) else ("spec",)


def _whole_lists(said: Said, wish: Wish, nodes: Trail, files: Files) -> Iterator[Way]:
    """A list around the place, said whole: for lists whose elements a merge does not tell apart."""
    for length in lists_above(said.path):
        if length < len(nodes):
            value, rest = nodes[length].plain(), said.path[length:]
            new = without(value, rest) if wish.is_gone else put(value, rest, said.value)
            whole = replace(said, path=said.path[:length], value=new)
            yield lambda whole=whole: _override(whole, Wish(whole), files)  # type: ignore[misc]


def _own_document(said: Said, files: Files) -> tuple[str, int]:
    """The file and index of the site's own document of that kind and name; behind the last where there is none."""
    if said.document == SITE:
        return files.own + SITE, 0
    for file, text in files.texts.items():
        if files.is_own(file) and file.endswith(".yaml") and file.count("/") == files.own.count("/"):
            for index, document in enumerate(values(file, text)):
                if _is_of(document, said):
                    return file, index
    file = files.own + DEPLOYMENT
    return file, len(values(file, files.texts.get(file, "")))


def _is_of(document: Any, said: Said) -> bool:
    if not isinstance(document, dict) or document.get("kind") != said.document:
        return False
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return said.document == "System" or name == said.name


def _new_document(said: Said) -> dict[str, Any]:
    if said.document == SITE:
        return {}
    name = said.name or "system"
    return {"apiVersion": API_VERSION, "kind": said.document, "metadata": {"name": name}, "spec": {}}


def _place(node: Node, files: Files) -> tuple[int, Path, Any]:
    """Where a merged value stands in its file. Raises ConfigError where that is not one place."""
    found = list(places(node.origin.file, files.texts[node.origin.file], node.origin))
    same = [one for one in found if is_same(one[2], node.plain())] or found
    if len(same) != 1:
        raise ConfigError("what is written here was not found again: edit it by hand", node.origin)
    return same[0]


def _name_at(node: Node, files: Files) -> str:
    """The name that stands there as `${name}`; "" where the value itself is written."""
    text = files.texts.get(node.origin.file, "")
    found = (value for _, _, value in places(node.origin.file, text, node.origin) if isinstance(value, str))
    lone = _NAME.fullmatch(next(found, ""))
    return lone[1] if lone else ""
