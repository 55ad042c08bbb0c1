"""A repository opened: as an operator names it, for who owns its mirror and for who only looks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from reconciler.desired import fleet_part, layers_of
from reconciler.engine.bases import MirrorBases, NoBases
from reconciler.engine.repository import Repository
from reconciler.model.kind import Kinds
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites
from reconciler.sources.working_tree import WorkingTree
from reconciler.store import state_folder

MIRROR = "mirror"  # below the state folder, and its owner's
LOOKS = "looks"  # the same for those who do not own it


def open_folder(folder: Path, kinds: Kinds, mirror: Mirror | None = None, root: str = "") -> Repository:
    """A local folder as it stands, uncommitted edits included; a mirror of it, if any, gives the bases."""
    tree = WorkingTree(folder / root, layers_of, fleet_part=fleet_part)
    tree.look()
    bases = MirrorBases(mirror, GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)) if mirror else NoBases()
    return Repository(tree, kinds, bases)


def open_commit(mirror: Mirror, kinds: Kinds, root: str = "", revision: str = "") -> Repository:
    """A commit of a mirror: the tip that was last fetched, or a revision."""
    sites = GitSites(mirror, layers_of, fleet_part=fleet_part, root=root)
    head = mirror.head()
    sites.advance(mirror.resolve(revision) if revision or head is None else head.commit)
    return Repository(sites, kinds, MirrorBases(mirror, sites))


def open_repository(repo: str, root: str, revision: str, state: Path, kinds: Kinds) -> Repository:
    """The repository as an operator names it: a local folder without a revision is taken as it stands.

    Everything else goes through the mirror in the state folder, and is fetched. Raises SourceError.
    """
    folder = Path(repo)
    if folder.is_dir() and not revision:
        return open_folder(folder, kinds, mirror_of(folder, state), root)
    mirror = Mirror.open(folder if folder.is_dir() else repo, state_folder(state) / MIRROR)
    mirror.fetch(datetime.now(UTC))
    return open_commit(mirror, kinds, root, revision)


def mirror_of(folder: Path, state: Path) -> Mirror | None:
    """A mirror of a local folder that is a git repository: bases come from its commits, never from its edits."""
    if not (folder / ".git").exists():
        return None
    mirror = Mirror.open(folder, state_folder(state) / MIRROR)
    mirror.fetch(datetime.now(UTC))
    return mirror


def open_looking(repo: str, root: str, revision: str, state: Path, kinds: Kinds) -> Repository:
    """The same for who only looks and may not own the state folder: bases are read, and nothing is kept.

    A local repository is read in place; one elsewhere goes through a mirror that no controller uses.
    """
    folder = Path(repo)
    if not folder.is_dir():
        mirror = Mirror.open(repo, state_folder(state) / LOOKS)
        mirror.fetch(datetime.now(UTC))
        return open_commit(mirror, kinds, root, revision)
    if not (folder / ".git").exists():
        return open_present(repo, root, revision, state, kinds)
    mirror = Mirror.in_place(folder)
    if revision:
        return open_commit(mirror, kinds, root, revision)
    return open_folder(folder, kinds, mirror, root)


def open_present(repo: str, root: str, revision: str, state: Path, kinds: Kinds) -> Repository:
    """The same for who does not ask for the past: a local folder needs no mirror, and nothing is written."""
    folder = Path(repo)
    if not folder.is_dir():
        return open_repository(repo, root, revision, state, kinds)
    if not revision:
        return open_folder(folder, kinds, None, root)
    return open_commit(Mirror.in_place(folder), kinds, root, revision)
