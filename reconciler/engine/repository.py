"""The site-config repository, wherever it is: a local folder as it stands, or a commit of a mirror.

One way to ask for a site's files and for its desired state; what was rendered is kept by input key, so that a push that
leaves a site's inputs alone costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self

from reconciler.desired import Fleet, Range, boards, fleet_part, load_fleet, load_site, parse_blob, ranges
from reconciler.engine.bases import COMMIT, Bases
from reconciler.engine.render import Pool, snapshot
from reconciler.model.errors import ConfigErrors
from reconciler.model.kind import Kinds
from reconciler.model.merge import Merge, moved_paths
from reconciler.model.origin import Origin
from reconciler.model.site import Settings, Site, SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.sources.commits import CommitFacts
from reconciler.sources.errors import UnreadableInputError
from reconciler.sources.inputs import FLEET, SITE_FILE, SITES

KEPT = 4  # renderings of older commits that are kept of a site


class Tree(Protocol):
    """Sites at one state of the repository."""

    @property
    def commit(self) -> str: ...

    @property
    def names(self) -> frozenset[str]: ...

    @property
    def keys(self) -> Mapping[str, str]: ...

    def site_files(self, name: str) -> SiteFiles: ...

    def content(self, path: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is kept of a site: its documents are not, they are many times larger."""

    key: str
    settings: Settings
    snapshot: Snapshot


# a blob is parsed once, however many sites use it; sized for the profiles and sites of one push, not for a fleet
_parse = lru_cache(4096)(parse_blob)


class Repository:
    """The sites of a repository and what Git says of each.

    bases: older commits, for what Git said when a plan last ended.
    """

    def __init__(self, tree: Tree, kinds: Kinds, bases: Bases) -> None:
        self.tree, self._kinds, self._bases_of = tree, kinds, bases
        self._pool = Pool()
        self._rendered: dict[str, Rendered] = {}
        self._taken: dict[str, tuple[str, tuple[Range, ...]]] = {}  # by input key, of those that were read
        self._bases: dict[str, dict[str, Snapshot | None]] = {}  # site -> commit -> resources, the newest few

    def close(self) -> None:
        """End the child process that reads blobs, if there is one. What is asked later starts it again."""
        self._bases_of.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def commit(self) -> str:
        return self.tree.commit

    @property
    def names(self) -> frozenset[str]:
        return self.tree.names

    def content(self, path: str) -> bytes:
        """Any file below the root, as the state that is rendered has it. Raises SourceError naming it."""
        return self.tree.content(path)

    def site(self, name: str) -> Site:
        """The merged documents of a site, read anew: only their outcome is kept. Raises ConfigErrors, SourceError."""
        return self._loaded(self.tree.site_files(name))

    def whole(self, name: str) -> tuple[Site, Snapshot]:
        """The merged documents of a site and what they say, in one reading; nothing is kept. Raises as `site` does."""
        site = self.site(name)
        return site, self._pool.shared(snapshot(site, self._kinds, self.tree.commit))

    def releases(self) -> Collection[str]:
        """Those that fleet.yaml says the centre can deploy; none where it names none. Raises as `fleet` does."""
        fleet = self.fleet()
        return fleet.system_controller.releases if fleet and fleet.system_controller else ()

    def taken(self, name: str) -> tuple[Range, ...]:
        """The addresses and the board that are this subcloud's alone; nothing of a site that cannot be read."""
        known = self._taken.get(name)
        if known is None or known[0] != self.tree.keys[name]:
            try:
                self.site(name)
            except (ConfigErrors, UnreadableInputError):
                return ()
        return self._taken[name][1] if name in self._taken else ()  # a folder may have been edited meanwhile

    def settings(self, name: str) -> Settings:
        """How a site is to be treated. Raises ConfigErrors, SourceError."""
        return self._render(name).settings

    def desired(self, name: str) -> Snapshot:
        """What Git says of a site. Raises ConfigErrors, SourceError."""
        return self._render(name).snapshot

    def base(self, name: str, commit: str) -> Snapshot | None:
        """What Git said at the commit whose plan last ended on the site, rendered by today's program.

        None where that commit is not in the head's history (any more), was never known, or says what today's program
        refuses: then no difference counts as drift.
        """
        if not commit or not self._bases_of.is_past(commit, self.tree.commit):
            return None
        known = self._bases.setdefault(name, {})
        if commit not in known:
            known[commit] = self._based(name, commit)
            for oldest in list(known)[:-KEPT]:
                del known[oldest]
        return known[commit]

    def why_no_base(self, name: str, commit: str) -> str:
        """Why `base` knows nothing of a commit, for people."""
        if not commit:
            return "no commit is known that the site has followed (a new site, or a new state folder)"
        if not self._bases_of.is_past(commit, self.tree.commit):
            return f"{commit[:12]}, which the site followed last, is not in the history of {self.commit[:12]}"
        return f"what {commit[:12]}, which the site followed last, says of {name} cannot be read by this program"

    def fleet(self) -> Fleet | None:
        """fleet.yaml as it stands; None where there is none. Raises ConfigErrors, SourceError."""
        files = self.tree.site_files(min(self.names)).files if self.names else {}
        return load_fleet(files[FLEET]) if FLEET in files else None

    @property
    def is_committed(self) -> bool:
        """Whether the state is that of a commit, without edits."""
        return bool(COMMIT.fullmatch(self.commit))

    def since(self, name: str, commit: str) -> tuple[str, ...]:
        """The commits after a base, up to the head, that may concern a site; oldest first."""
        return self._bases_of.since(name, commit, self.tree.commit)

    def always_had(self, name: str, commit: str) -> bool:
        """Whether the site was in Git at every commit since one, however many, and its files can be had."""
        ends = self._bases_of.taken_from(name, commit, self.tree.commit)
        return all(self._bases_of.files(name, end) is not None for end in ends)

    def keep(self, name: str, commit: str) -> bool:
        """Keep a commit reachable as the site's base. False for what is no commit: edits that nobody committed."""
        return bool(COMMIT.fullmatch(commit)) and self._bases_of.keep(name, commit)

    def set_by(self, commit: str, origin: Origin) -> CommitFacts | None:
        """Who set a line of a file, as it stands at a commit, and when; None for edits that nobody committed.

        Blocking: git reads the whole history of a file that was not asked for before.
        """
        return self._bases_of.set_by(commit, origin)

    def merge(self, name: str, commit: str) -> Merge | None:
        """What moved in a site's inputs since the commit that it followed last, and by which commit.

        None where nobody can tell: edits that nobody committed, another history, a site that was not there.
        """
        if not self.is_committed or not self._bases_of.is_past(commit, self.commit):
            return None
        before = self._bases_of.files(name, commit)
        if before is None:
            return None
        paths = moved_paths(_reaching(before), _reaching(self.tree.site_files(name)))
        return self._bases_of.moved_by(paths, commit, self.commit) if paths else None

    def moved_from(self, before: Repository, name: str) -> frozenset[str]:
        """The inputs of a site that another state of the repository says otherwise, or not. Raises SourceError."""
        said = _reaching(before.tree.site_files(name)) if name in before.names else {}
        return moved_paths(said, _reaching(self.tree.site_files(name)))

    def authored_at(self, commit: str) -> float | None:
        """When a commit was authored, in Unix seconds; of edits, the commit below them. Asked of git once a commit."""
        return self._bases_of.authored_at(commit)

    def forget(self, names: frozenset[str]) -> None:
        """Drop what is kept of sites that are gone."""
        for name in names:
            self._rendered.pop(name, None)
            self._bases.pop(name, None)

    def _based(self, name: str, commit: str) -> Snapshot | None:
        files, known = self._bases_of.files(name, commit), self._rendered.get(name)
        if files is None:
            return None
        try:
            return known.snapshot if known and known.key == files.key else self._made(files).snapshot
        except ConfigErrors:
            return None

    def _render(self, name: str) -> Rendered:
        known = self._rendered.get(name)
        if known is None or known.key != self.tree.keys.get(name):
            known = self._rendered[name] = self._made(self.tree.site_files(name))
        return known

    def _loaded(self, files: SiteFiles) -> Site:
        """What it takes is noted by the way: who asks for that of many sites reads none of them again."""
        site = load_site(files, _parse)
        if files.key == self.tree.keys.get(files.name):
            self._taken[files.name] = files.key, (*ranges(site), *boards(site))
        return site

    def _made(self, files: SiteFiles) -> Rendered:
        site = self._loaded(files)
        return Rendered(files.key, site.settings, self._pool.shared(snapshot(site, self._kinds, files.commit)))


def _reaching(said: SiteFiles) -> Mapping[str, bytes]:
    """A site's inputs, fleet.yaml by its part that reaches the site."""
    own = said.files.get(f"{SITES}{said.name}/{SITE_FILE}", b"")
    return {
        path: fleet_part(content, own, said.name) if path == FLEET else content for path, content in said.files.items()
    }
