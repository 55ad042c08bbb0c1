"""A folder on this machine as a source, uncommitted edits and all: what a commit of it would hold, before there is one.

In a git work tree the files are those that git would add (.gitignore is heeded, so what is seen here is what the
controller will see); elsewhere every file that is not hidden.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.model.site import SiteFiles
from reconciler.sources.blobs import BLOB_LIMIT_BYTES
from reconciler.sources.entries import Entries, Entry, Kind, Moves, named
from reconciler.sources.errors import EmptyRootError, GitError, SourceError, UnreadableInputError
from reconciler.sources.git import Git
from reconciler.sources.inputs import Affected, FleetPart, Inputs, LayersOf, Rules, advanced, affected, grouped
from reconciler.sources.site_files import Place, State, checked, many, one_file, site_files
from reconciler.sources.tree import tree

UNCOMMITTED = "uncommitted"
EDITED = "+edits"
SETTLED_NS = 2_000_000_000  # a file changed this lately may change again within one tick of its timestamp
Stamp = tuple[int, int, int, int]


class WorkingTree:
    """The sites below a local folder. `look` reads what is there now; `site_files` answers as of the last look."""

    def __init__(
        self,
        folder: Path,
        layers_of: LayersOf,
        *,
        fleet_part: FleetPart | None = None,
        limit_bytes: int = BLOB_LIMIT_BYTES,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._folder = folder.resolve()
        self._git = Git(self._folder, Path.home(), str(self._folder), settings=(("safe.directory", "*"),))
        self._rules = Rules(self._read, layers_of, fleet_part)
        self._place = Place(lambda _commit, path: str(self._folder / path), limit_bytes, self._read)
        self._clock_ns = clock_ns
        self._stamps: dict[str, tuple[Stamp, Entry]] = {}
        self._entries: Entries = {}
        self._paths: dict[str, str] = {}  # a path that holds an object, by the object's id
        self._state = State(UNCOMMITTED, Inputs())

    @property
    def commit(self) -> str:
        """HEAD; with `+edits` where the folder differs from it; `uncommitted` outside of git. At the last look."""
        return self._state.commit

    @property
    def names(self) -> frozenset[str]:
        """The sites at the last look."""
        return frozenset(self._state.inputs.keys)

    @property
    def keys(self) -> Mapping[str, str]:
        """Input key by site: equal to the key of a commit that holds the same files."""
        return self._state.inputs.keys

    def look(self) -> Affected:
        """Read the folder again and say which sites moved since the last look. Raises EmptyRootError."""
        if not self._folder.is_dir():
            raise EmptyRootError(f"{self._folder}: no such folder; check the path")
        entries = dict(self._found())
        self._paths = {entry.id: path for path, entry in entries.items() if entry.kind is Kind.FILE}
        before = self._state.inputs
        inputs = advanced(before, _moves(self._entries, entries), self._rules)
        self._state = checked(State(self._commit(inputs), inputs), self._place)
        self._entries = entries
        return affected(before, inputs)

    def site_files(self, name: str) -> SiteFiles:
        """One site's files. Raises UnknownSiteError, and UnreadableInputError for a file that is odd or moved since the look."""
        return site_files(name, self._state, self._place)

    def content(self, path: str) -> bytes:
        """Any file below the folder, as of the last look. Raises UnreadableInputError naming it."""
        return one_file(path, self._entries.get(path), self._state.commit, self._place)

    def all_files(self, names: Collection[str]) -> Iterator[SiteFiles | SourceError]:
        """The files of many sites; an unreadable site comes as its error, the others go on."""
        return many(names, self._state, self._place)

    def _found(self) -> Iterator[tuple[str, Entry]]:
        seen: dict[str, tuple[Stamp, Entry]] = {}
        recent_ns = self._clock_ns() - SETTLED_NS
        for path in self._listed():
            with suppress(FileNotFoundError, NotADirectoryError):  # in git's index, removed from the folder
                found = (self._folder / path).lstat()
                stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
                known = self._stamps.get(path)
                entry = known[1] if known and known[0] == stamp else _entry(self._folder / path, found)
                if found.st_ctime_ns < recent_ns:
                    seen[path] = (stamp, entry)
                yield named(os.fsencode(path), entry)
        self._stamps = seen

    def _listed(self) -> Iterable[str]:
        try:
            listing = self._git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard").out
        except GitError:  # not in a git work tree
            return list(_walked(self._folder, ""))
        return dict.fromkeys(os.fsdecode(name).rstrip("/") for name in listing.split(b"\0")[:-1])

    def _commit(self, inputs: Inputs) -> str:
        head = self._git.run("rev-parse", "--verify", "--quiet", "HEAD", codes=(0, 1, 128))
        if head.code:
            return UNCOMMITTED
        prefix = self._git.run("rev-parse", "--show-prefix").text.rstrip("/")
        try:
            committed = tree(self._git, head.text, prefix)
        except EmptyRootError:  # the folder itself is not committed yet
            return head.text + EDITED
        return head.text if grouped({}, committed) == inputs.homes else head.text + EDITED

    def _read(self, ids: Collection[str]) -> Mapping[str, bytes]:
        found = ((blob, self._content(blob)) for blob in ids)
        return {blob: content for blob, content in found if content is not None}

    def _content(self, blob: str) -> bytes | None:
        path = self._folder / self._paths.get(blob, "")  # the folder itself, if a look since then failed
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                content = file.read(self._place.limit_bytes + 1)
        except OSError as error:
            raise UnreadableInputError(f"{path}: {error.strerror}; look again") from error
        if len(content) > self._place.limit_bytes:
            return None
        if blob_id(content) != blob:
            raise UnreadableInputError(f"{path}: changed while it was read; look again")
        return content


def blob_id(content: bytes) -> str:
    """The id that git gives a file with that content (gitformat: `blob <size>`, a NUL, the content; SHA-1)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _moves(before: Entries, after: Entries) -> Moves:
    return {path: after.get(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _entry(path: Path, found: os.stat_result) -> Entry:
    if stat.S_ISLNK(found.st_mode):
        return Entry(blob_id(os.fsencode(path.readlink())), Kind.SYMLINK)
    if stat.S_ISDIR(found.st_mode):  # git lists a folder only where another repository is in it
        return Entry("", Kind.SUBMODULE)
    if not stat.S_ISREG(found.st_mode):
        return Entry("", Kind.SPECIAL)
    return Entry(_file_id(path, found.st_size), Kind.FILE)


def _file_id(path: Path, size: int) -> str:
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as file:
        while bunch := file.read(1 << 20):
            digest.update(bunch)
    return digest.hexdigest()


def _walked(folder: Path, prefix: str) -> Iterator[str]:
    for found in sorted(os.scandir(folder / prefix), key=lambda entry: entry.name):
        path = f"{prefix}/{found.name}" if prefix else found.name
        if found.name.startswith("."):
            continue
        if found.is_dir(follow_symlinks=False):
            yield from _walked(folder, path)
        else:
            yield path
