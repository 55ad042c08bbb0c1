"""The sites of a mirror at the commit last advanced to, and of any older commit on request."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping

from reconciler.model.merge import Merge
from reconciler.model.site import SiteFiles
from reconciler.sources.errors import SourceError
from reconciler.sources.inputs import (
    FLEET,
    LAYERS,
    SITES,
    Affected,
    FleetPart,
    Inputs,
    LayersOf,
    Rules,
    advanced,
    affected,
    indexed,
)
from reconciler.sources.mirror import Mirror
from reconciler.sources.site_files import Place, State, checked, many, one_file, site_files
from reconciler.sources.tree import moved, tree, treeish

FACTS = "%H%x00%aN%x00%cN%x00%ct"  # commit, author, committer, and when it was committed (git-log(1))


class GitSites:
    """All sites below a root of the mirror. Files are named from the root, so a root can move in its repository.

    Several threads may read while one advances: each sees one commit, the old or the new.
    """

    def __init__(
        self, mirror: Mirror, layers_of: LayersOf, *, fleet_part: FleetPart | None = None, root: str = ""
    ) -> None:
        self._mirror = mirror
        self.root = root.strip("/")
        self._rules = Rules(self._read, layers_of, fleet_part)
        self._place = Place(self._where, mirror.blobs.limit_bytes, self._read)
        self._state = State("", Inputs())
        self._common: frozenset[str] = frozenset()  # objects of layers and fleet.yaml ...
        self._contents: dict[str, bytes] = {}  # ... are read once for all their sites
        self._turn = threading.Lock()

    @property
    def commit(self) -> str:
        """The commit last advanced to; empty before the first."""
        return self._state.commit

    def beside(self) -> GitSites:
        """The same sites at the same commit, to be moved on their own."""
        other = GitSites(self._mirror, self._rules.layers_of, fleet_part=self._rules.fleet_part, root=self.root)
        other._state, other._common, other._contents = self._state, self._common, self._contents
        return other

    @property
    def names(self) -> frozenset[str]:
        """The sites at that commit."""
        return frozenset(self._state.inputs.keys)

    @property
    def keys(self) -> Mapping[str, str]:
        """Input key by site: equal keys, equal desired state."""
        return self._state.inputs.keys

    def advance(self, commit: str) -> Affected:
        """Move to a commit (forward, back or to an unrelated history) and say which sites that reaches.

        Raises EmptyRootError if nothing is there, and stays where it was.
        """
        with self._turn:
            before, after = self._state, checked(self._at(commit), self._place)
            self._state = after
            self._common = _common(after.inputs)
            self._contents = {blob: content for blob, content in self._contents.items() if blob in self._common}
        return affected(before.inputs, after.inputs)

    def site_files(self, name: str, commit: str = "") -> SiteFiles:
        """One site's files at the commit advanced to, or at another (a base): then read at the cost of one process.

        Raises UnknownSiteError, and UnreadableInputError naming the path for an input that is not a regular file of sane size.
        """
        state = self._state
        if commit and commit != state.commit:
            state = State(commit, self._narrow(name, commit))
        return site_files(name, state, self._place)

    def content(self, path: str) -> bytes:
        """Any file below the root at that commit, at the cost of one process. Raises UnreadableInputError naming it."""
        state = self._state
        entry = tree(self._mirror.git, state.commit, self.root, path).get(path) if state.commit else None
        return one_file(path, entry, state.commit, self._place)

    def since(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        """The commits after one, up to a head, that touch what a site may use; oldest first.

        Along first parents: what a merge brought counts as one step.
        """
        paths = self._paths(SITES + name, LAYERS.rstrip("/"), FLEET)
        answer = self._mirror.git.run("rev-list", "--first-parent", f"{commit}..{head}", "--", *paths)
        return tuple(reversed(answer.text.split()))

    def taken_from(self, name: str, commit: str, head: str) -> tuple[str, ...]:
        """The commits among these that took a file out of a site's folder: the only ones that can end a site."""
        walk = (
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--no-renames",
            "--diff-filter=D",
            "--no-patch",
            "--format=%H",
        )
        answer = self._mirror.git.run(*walk, f"{commit}..{head}", "--", *self._paths(SITES + name))
        return tuple(answer.text.split())

    def moved_by(self, paths: Collection[str], commit: str, head: str) -> Merge | None:
        """The last commit after one, up to a head, that moved any of these files; None where none did.

        Along first parents: of what a merge brought, the merge is the one.
        """
        walk = ("log", "-1", "--first-parent", "--diff-merges=first-parent", "--no-patch", f"--format={FACTS}")
        names = (f":(literal){path}" for path in self._paths(*sorted(paths)))  # a name may hold a `*`
        answer = self._mirror.git.run(*walk, f"{commit}..{head}", "--", *names)
        said = answer.text.strip("\n").split("\0")
        if len(said) != FACTS.count("%x00") + 1:
            return None
        return Merge(said[0], said[1], said[2], float(said[3]), frozenset(paths))

    def all_files(self, names: Collection[str]) -> Iterator[SiteFiles | SourceError]:
        """The files of many sites at one commit; an unreadable site comes as its error, the others go on."""
        return many(names, self._state, self._place)

    def _at(self, commit: str) -> State:
        state = self._state
        if commit == state.commit:
            return state
        if not state.commit:
            return State(commit, indexed(tree(self._mirror.git, commit, self.root), self._rules))
        moves = moved(self._mirror.git, state.commit, commit, self.root)
        return State(commit, advanced(state.inputs, moves, self._rules))

    def _where(self, commit: str, path: str) -> str:
        return f"{self._mirror.location} {treeish(commit[:12], self.root)}{'/' if self.root and path else ''}{path}"

    def _paths(self, *paths: str) -> tuple[str, ...]:
        """As they are named from the top of the repository."""
        return tuple(f"{self.root}/{path}".lstrip("/") for path in paths)

    def _narrow(self, name: str, commit: str) -> Inputs:
        paths = (SITES + name, LAYERS.rstrip("/"), FLEET)
        return indexed(tree(self._mirror.git, commit, self.root, *paths), self._rules)

    def _read(self, ids: Collection[str]) -> Mapping[str, bytes]:
        known = self._contents
        found = {blob: known[blob] for blob in ids if blob in known}
        fresh = self._mirror.blobs.read([blob for blob in ids if blob not in found])
        if common := {blob: content for blob, content in fresh.items() if blob in self._common}:
            self._contents = {**self._contents, **common}  # replaced, never changed: another thread may be reading it
        return {**found, **fresh}


def _common(inputs: Inputs) -> frozenset[str]:
    shared = (entries for home, entries in inputs.homes.items() if not home.startswith(SITES))
    return frozenset(entry.id for entries in shared for entry in entries.values())
