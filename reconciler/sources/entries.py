"""What a tree holds under each path, as git lists it. Pure: bytes in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What stands under a path. Only a file is ever read; an executable one is a file, its bit says nothing here."""

    FILE = "file"
    SYMLINK = "symbolic link"
    SUBMODULE = "submodule"
    SPECIAL = "special file"
    ODD_NAME = "file whose name is not UTF-8"


class Entry(NamedTuple):
    """One path's content by its git object id: equal ids, equal bytes."""

    id: str
    kind: Kind = Kind.FILE


Entries = Mapping[str, Entry]
Moves = Mapping[str, Entry | None]  # None: the path is gone

# Modes of git's tree objects (git-fast-import(1), filemodify); 100664 is from before git 1.0.
KINDS = {b"120000": Kind.SYMLINK, b"160000": Kind.SUBMODULE}


def listed(listing: bytes) -> dict[str, Entry]:
    """The paths of `git ls-tree -r -z`."""
    return dict(_listed(listing))


def moves(listing: bytes) -> dict[str, Entry | None]:
    """The paths of `git diff-tree -r -z --no-renames`, each with what stands there now."""
    return dict(_moves(listing))


def named(name: bytes, entry: Entry) -> tuple[str, Entry]:
    """A path and its entry; a name that is not UTF-8 is written with escapes, and what it names is refused."""
    try:
        return name.decode(), entry
    except UnicodeDecodeError:
        return name.decode(errors="backslashreplace"), entry._replace(kind=Kind.ODD_NAME)


def _listed(listing: bytes) -> Iterator[tuple[str, Entry]]:
    for record in listing.split(b"\0")[:-1]:
        facts, _, name = record.partition(b"\t")
        mode, _, blob = facts.split(b" ")  # the middle one is the object's type
        yield named(name, _entry(mode, blob))


def _moves(listing: bytes) -> Iterator[tuple[str, Entry | None]]:
    fields = iter(listing.split(b"\0")[:-1])
    for facts, name in zip(fields, fields, strict=True):
        _, mode, _, blob, status = facts.split(b" ")
        path, entry = named(name, _entry(mode, blob))
        yield path, None if status == b"D" else entry


def _entry(mode: bytes, blob: bytes) -> Entry:
    return Entry(blob.decode(), KINDS.get(mode, Kind.FILE))
