"""A YAML file changed in place: only the lines that must differ differ. Text in, text out; or refused, at its line.

Nothing is dumped anew: values are found by the parser's offsets and their text is replaced, so comments, order,
quotes, indentation, blank lines, line ends and anchors stay as their author wrote them. The result is read again, and
must say exactly what was wished.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from reconciler.adopt.edit_layout import Form, Part, layout
from reconciler.adopt.edit_pairing import is_same
from reconciler.adopt.edit_splices import Place, Splicing, spliced
from reconciler.adopt.edit_style import style_of
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin

Path: TypeAlias = tuple[str | int, ...]
BOM = "\ufeff"


class Removed(Enum):
    """The mark of what is to go."""

    REMOVED = "removed"


REMOVED: Final = Removed.REMOVED


@dataclass(frozen=True, slots=True)
class Edit:
    """What a path of a document is to say.

    document: its index among the documents of the file that are not empty. A key that is absent is added, with the
    mappings above it; the index behind the last element appends; REMOVED takes a key or an element out.
    """

    document: int
    path: Path
    value: Any = REMOVED


def edited(file: str, text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, made one after the other. Raises ConfigError where one cannot be made, and why."""
    wish = [deepcopy(part.value) for part in layout(file, text.removeprefix(BOM))]
    for edit in edits:
        if not 0 <= edit.document < len(wish):
            raise ConfigError(f"there is no document {edit.document + 1} to edit", file)
        wish[edit.document] = _with(wish[edit.document], edit, file)
    return rewritten(file, text, wish)


def rewritten(file: str, text: str, wish: Sequence[Any]) -> str:
    """The text made to say `wish`: its documents as plain values, in order, with those to add behind them.

    Raises ConfigError where that cannot be done by changing what differs alone: the place, and what to do.
    """
    mark, body = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    documents = layout(file, body)
    if len(wish) < len(documents):
        raise ConfigError("a document is not taken out of a file by this: delete its lines", file)
    work = Splicing(file, body, style_of(body, documents))
    for part, value in zip(documents, wish, strict=False):
        work.change(part, value, Place(part.body, part.column - 2))
    result = spliced(body, work.splices)
    for value in wish[len(documents) :]:
        result = _appended(result, value, work)
    _check(file, documents, result, wish)
    return mark + result


def values(file: str, text: str) -> list[Any]:
    """The documents of a file that are not empty, as plain values. Raises ConfigError where it is not YAML."""
    return [part.value for part in layout(file, text.removeprefix(BOM))]


def places(file: str, text: str, origin: Origin) -> Iterator[tuple[int, Path, Any]]:
    """(document, path, value) of what an origin may name; a block collection is found at its key, as readers say it.

    More than one where a mapping begins with a key whose value begins there too.
    """
    for index, part in enumerate(layout(file, text.removeprefix(BOM))):
        for path, where, inner in _walked(part, (), part):
            if (where.line + 1, where.column + 1) == (origin.line, origin.column):
                yield index, path, inner.value


def _walked(part: Part, path: Path, where: Part) -> Iterator[tuple[Path, Part, Part]]:
    yield path, where, part
    for member in part.members:
        yield from _walked(member.part, (*path, member.name), member.key if member.part.is_block else member.part)
    for index, element in enumerate(part.elements):
        yield from _walked(element.part, (*path, index), element.part)


def _with(value: Any, edit: Edit, file: str) -> Any:
    """A document's value after one edit."""
    if not edit.path:
        return edit.value
    inner = value
    for step, following in zip(edit.path, edit.path[1:], strict=False):
        if isinstance(inner, dict) and inner.get(str(step)) is None and isinstance(following, str):
            inner[str(step)] = {}
        inner = _inside(inner, step, edit, file)
    _put(inner, edit, file)
    return value


def _inside(value: Any, step: str | int, edit: Edit, file: str) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        raise ConfigError(f"there is no {_shown(edit.path)} to edit: {step} is not there", file) from None


def _put(value: Any, edit: Edit, file: str) -> None:
    last = edit.path[-1]
    if isinstance(value, list) and last == len(value) and edit.value is not REMOVED:
        value.append(edit.value)
        return
    if not isinstance(value, list if isinstance(last, int) else dict):
        raise ConfigError(f"there is no {_shown(edit.path)} to edit: what is above it is no place for {last}", file)
    if edit.value is REMOVED or isinstance(value, list):
        _inside(value, last, edit, file)
    if edit.value is REMOVED:
        del value[last]
    else:
        value[last] = edit.value


def _appended(text: str, value: Any, work: Splicing) -> str:
    end = work.style.newline
    closed = text if text.endswith("\n") or not text else text + end
    separator = f"---{end}" if layout(work.file, text) else ""
    return closed + separator + end.join(work.style.block(value, 0)) + end


def _check(file: str, before: Iterable[Part], result: str, wish: Sequence[Any]) -> None:
    """The result says the wish, or nothing is given back."""
    try:
        found = [part.value for part in layout(file, result)]
    except ConfigError as error:
        raise _unable(file, before, str(error)) from error
    if len(found) != len(wish):
        raise _unable(file, before, "the documents of the file would be others")
    for index, (one, other) in enumerate(zip(found, wish, strict=True)):
        if not is_same(one, other):
            raise _unable(file, before, f"document {index + 1} would differ elsewhere too: {_first(one, other, ())}")


def _unable(file: str, documents: Iterable[Part], why: str) -> ConfigError:
    anchored = [part for document in documents for _, _, part in _walked(document, (), document) if part.anchor]
    aliased = [p for document in documents for _, _, p in _walked(document, (), document) if p.form is Form.ALIAS]
    if not aliased:
        return ConfigError(f"this cannot be edited in place: {why}; edit it by hand", file)
    part = anchored[0]
    message = f"&{part.anchor} is used again by * further down ({why}): write the values out, or edit both by hand"
    return ConfigError(message, Origin(file, part.line + 1, part.column + 1))


def _first(one: Any, other: Any, path: Path) -> str:
    """The path of the first difference."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *other]:
            if key not in one or key not in other or not is_same(one[key], other[key]):
                return _first(one.get(key), other.get(key), (*path, key))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            if not is_same(*pair):
                return _first(*pair, (*path, index))
    return _shown(path) or "its root"


def _shown(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
