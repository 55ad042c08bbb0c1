"""What a commit holds under the root, and what moved between two commits: one git process each, paths from the root."""

from __future__ import annotations

from reconciler.sources.entries import Entry, listed, moves
from reconciler.sources.errors import EmptyRootError, GitError
from reconciler.sources.git import Git


def tree(git: Git, commit: str, root: str = "", *paths: str) -> dict[str, Entry]:
    """Every path under the root (or under `paths` of it) with its object id. Raises EmptyRootError without that folder."""
    try:
        answer = git.run("ls-tree", "-r", "-z", "--full-tree", treeish(commit, root), "--", *paths)
    except GitError as error:
        raise EmptyRootError(
            f"{git.shown}: no folder {root or '/'} at {commit[:12]}; check the path ({error})"
        ) from error
    return listed(answer.out)


def moved(git: Git, before: str, after: str, root: str = "") -> dict[str, Entry | None]:
    """The paths under the root that differ between two commits, related or not; None for those that are gone."""
    arguments = ("diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    try:
        answer = git.run(*arguments, treeish(before, root), treeish(after, root), "--")
    except GitError as error:
        raise EmptyRootError(
            f"{git.shown}: no folder {root or '/'} at {after[:12]}; check the path ({error})"
        ) from error
    return moves(answer.out)


def treeish(commit: str, root: str) -> str:
    """The root's tree object at a commit, in git's words (gitrevisions(7), `<rev>:<path>`)."""
    return f"{commit}:{root.strip('/')}"
