"""Files of a work tree that we change: written where they lie, or committed apart from whatever else is being edited.

Commits are made by plumbing (git-commit-tree(1)): the files are put over HEAD's tree in an index of their own, so
nothing that somebody has staged or not finished comes along, and no hook runs. The author is git's own notion of who
the user is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.sources.errors import GitError, SourceError
from reconciler.sources.git import Git

IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL")
REGULAR = "100644"
NOTHING = "0" * 40  # "must not exist yet" (git-update-ref(1))


@dataclass(frozen=True, slots=True)
class Change:
    """A file of the folder by its path, what it held (None: it was not there), and what it is to hold."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made, and the branch that it is on."""

    id: str
    branch: str


def write(folder: Path, changes: Iterable[Change]) -> None:
    """Write the files. Raises SourceError for one that is not what it was when it was read; then none is written."""
    changes = tuple(changes)
    for change in changes:
        if _content(folder / change.path) != change.before:
            raise SourceError(f"{folder / change.path}: changed while it was being edited; do it again")
    for change in changes:
        (folder / change.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / change.path).write_bytes(change.after)


def commit(folder: Path, changes: Iterable[Change], message: str, branch: str = "") -> Committed:
    """Commit the files on top of HEAD: to the branch that is checked out, or to a new one that nothing else sees.

    The work tree follows only in the first case. Raises SourceError where the folder is not in git, a file has edits
    that are not committed, the new branch exists, or git does not know who commits.
    """
    changes = tuple(changes)
    git = git_of(folder)
    head = head_of(git, folder)
    whole = below(git.run("rev-parse", "--show-prefix").text, changes)
    made = made_on(git, head, whole, message)
    if branch:
        _start(git, branch, made)
        return Committed(made, branch)
    write(folder, changes)  # first: cut off here, the edits are there to see; HEAD ahead of them would look undone
    _index(git, modes_of(git, head, whole), whole)
    git.run("update-ref", "-m", "commit: " + message.partition("\n")[0], "HEAD", made, head)
    return Committed(made, git.run("rev-parse", "--abbrev-ref", "HEAD").text)


def git_of(folder: Path) -> Git:
    """Git in somebody's work tree, as that person."""
    who = {name: os.environ[name] for name in IDENTITY if name in os.environ}
    return Git(folder, Path.home(), str(folder), settings=(("safe.directory", "*"),), variables=who)


def head_of(git: Git, folder: Path) -> str:
    """The commit that is checked out. Raises SourceError where there is none."""
    found = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", codes=(0, 1, 128))
    if found.code:
        raise SourceError(f"{folder}: no commit to add to: the folder is not in a git repository, or it is empty")
    return found.text


def below(root: str, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same files as they are named from the top of the repository. root: the folder that they are named from."""
    home = root.strip("/")
    return tuple(replace(change, path=f"{home}/{change.path}" if home else change.path) for change in changes)


def made_on(git: Git, head: str, changes: Sequence[Change], message: str) -> str:
    """A commit of these files on top of another, on no branch yet; files are named from the top of the repository.

    Raises SourceError for one that is not in that commit what it was when it was read.
    """
    modes = modes_of(git, head, changes)
    with TemporaryDirectory() as spare:
        apart = replace(git, variables={**git.variables, "GIT_INDEX_FILE": str(Path(spare) / "index")})
        apart.run("read-tree", head)
        _index(apart, modes, changes)
        tree = apart.run("write-tree").text
    return git.run("commit-tree", tree, "-p", head, given=message.encode()).text


def modes_of(git: Git, head: str, changes: Iterable[Change]) -> Mapping[str, str]:
    """Path -> mode of each file in a commit."""
    return {change.path: _mode(git, head, change) for change in changes}


def _mode(git: Git, head: str, change: Change) -> str:
    listed = git.run("ls-tree", "-z", "--full-tree", head, "--", change.path).out
    mode, kind, blob = listed.partition(b"\t")[0].decode().split() if listed else (REGULAR, "blob", "")
    committed = git.run("cat-file", "blob", blob).out if blob and kind == "blob" else None
    if committed != change.before:
        raise SourceError(f"{git.shown}: {change.path}: has edits that are not committed; commit them first")
    return mode


def _index(git: Git, modes: Mapping[str, str], changes: Iterable[Change]) -> None:
    for change in changes:
        blob = git.run("hash-object", "-w", "--no-filters", "--stdin", given=change.after).text
        git.run("update-index", "--add", "--cacheinfo", f"{modes[change.path]},{blob},{change.path}")


def _start(git: Git, branch: str, commit_id: str) -> None:
    if git.run("check-ref-format", "--branch", branch, codes=(0, 1, 128)).code:
        raise SourceError(f'"{branch}" is no name for a branch')
    try:
        git.run("update-ref", f"refs/heads/{branch}", commit_id, NOTHING)
    except GitError as error:
        raise SourceError(f"the branch {branch} exists already; name another ({error})") from error


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
