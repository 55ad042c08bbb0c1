"""The site-config repository, wherever it is: a local folder as it stands, or a commit of a mirror.

One way to ask for a site's files and for its desired state; what was rendered is kept by input key, so that a push that
leaves a site's inputs alone costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from reconciler.desired import fleet_part, layers_of, load_site, parse_blob
from reconciler.engine.render import Pool, snapshot
from reconciler.model.kind import Kinds
from reconciler.model.site import Settings, Site, SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.sources.errors import SourceError
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites
from reconciler.sources.working_tree import WorkingTree


class Tree(Protocol):
    """Sites at one state of the repository."""

    @property
    def commit(self) -> str: ...

    @property
    def names(self) -> frozenset[str]: ...

    @property
    def keys(self) -> Mapping[str, str]: ...

    def site_files(self, name: str) -> SiteFiles: ...


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

    base_files: the files of a site at an older commit, or None where the repository has no such commit.
    """

    def __init__(self, tree: Tree, kinds: Kinds, base_files: Callable[[str, str], SiteFiles | None]) -> None:
        self.tree, self._kinds, self._base_files = tree, kinds, base_files
        self._pool = Pool()
        self._rendered: dict[str, Rendered] = {}
        self._bases: dict[str, tuple[str, Snapshot]] = {}  # site -> (commit, resources)

    @property
    def commit(self) -> str:
        return self.tree.commit

    @property
    def names(self) -> frozenset[str]:
        return self.tree.names

    def site(self, name: str) -> Site:
        """The merged documents of a site, read anew: only their outcome is kept. Raises ConfigErrors, SourceError."""
        return load_site(self.tree.site_files(name), _parse)

    def settings(self, name: str) -> Settings:
        """How a site is to be treated. Raises ConfigErrors, SourceError."""
        return self._render(name).settings

    def desired(self, name: str) -> Snapshot:
        """What Git says of a site. Raises ConfigErrors, SourceError."""
        return self._render(name).snapshot

    def base(self, name: str, commit: str) -> Snapshot | None:
        """What Git said at the commit whose plan last ended on the site, rendered by today's program.

        None where that commit is gone or was never known: then no difference counts as drift.
        """
        if not commit:
            return None
        if name not in self._bases or self._bases[name][0] != commit:
            files = self._base_files(name, commit)
            if files is None:
                return None
            self._bases[name] = (commit, self._based(files))
        return self._bases[name][1]

    def forget(self, names: frozenset[str]) -> None:
        """Drop what is kept of sites that are gone."""
        for name in names:
            self._rendered.pop(name, None)
            self._bases.pop(name, None)

    def _based(self, files: SiteFiles) -> Snapshot:
        known = self._rendered.get(files.name)
        return known.snapshot if known and known.key == files.key else self._made(files).snapshot

    def _render(self, name: str) -> Rendered:
        known = self._rendered.get(name)
        if known is None or known.key != self.tree.keys.get(name):
            known = self._rendered[name] = self._made(self.tree.site_files(name))
        return known

    def _made(self, files: SiteFiles) -> Rendered:
        site = load_site(files, _parse)
        return Rendered(files.key, site.settings, self._pool.shared(snapshot(site, self._kinds, files.commit)))


def open_folder(folder: Path, kinds: Kinds, mirror: Mirror | None = None, root: str = "") -> Repository:
    """A local folder as it stands, uncommitted edits included; a mirror of it, if any, gives the bases."""
    tree = WorkingTree(folder / root, layers_of, fleet_part=fleet_part)
    tree.look()
    return Repository(
        tree, kinds, _from_mirror(GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)) if mirror else _no_base
    )


def open_commit(mirror: Mirror, kinds: Kinds, root: str = "", revision: str = "") -> Repository:
    """A commit of a mirror: the tip that was last fetched, or a revision."""
    sites = GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)
    head = mirror.head()
    sites.advance(mirror.resolve(revision) if revision or head is None else head.commit)
    return Repository(sites, kinds, _from_mirror(sites))


def open_repository(repo: str, root: str, revision: str, state: Path, kinds: Kinds) -> Repository:
    """The repository as an operator names it: a local folder without a revision is taken as it stands.

    Everything else goes through the mirror in the state folder, and is fetched. Raises SourceError.
    """
    folder = Path(repo)
    if folder.is_dir() and not revision:
        return open_folder(folder, kinds, _mirror_of(folder, state), root)
    mirror = Mirror.open(folder if folder.is_dir() else repo, state / "mirror")
    mirror.fetch(datetime.now(UTC))
    return open_commit(mirror, kinds, root, revision)


def _mirror_of(folder: Path, state: Path) -> Mirror | None:
    """A mirror of a local folder that is a git repository: bases come from its commits, never from its edits."""
    if not (folder / ".git").exists():
        return None
    mirror = Mirror.open(folder, state / "mirror")
    mirror.fetch(datetime.now(UTC))
    return mirror


def _from_mirror(sites: GitSites) -> Callable[[str, str], SiteFiles | None]:
    def files(name: str, commit: str) -> SiteFiles | None:
        try:
            return sites.site_files(name, commit)
        except SourceError:
            return None  # the commit, or the site in it, is no longer there

    return files


def _no_base(name: str, commit: str) -> SiteFiles | None:  # noqa: ARG001
    return None
