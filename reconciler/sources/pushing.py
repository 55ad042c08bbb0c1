"""A few files changed on a branch of the remote, for somebody to review: made of objects, beside every branch of ours.

The same asked twice is found: by the branch's name, and by what its commits change, whatever they stand upon.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.sources.errors import RefusedPushError, SourceError
from reconciler.sources.git import Git
from reconciler.sources.location import location
from reconciler.sources.mirror import Mirror
from reconciler.sources.writing import IDENTITY, Change, below, git_of, head_of, made_on

NOBODY = {
    "GIT_AUTHOR_NAME": "stx-reconciler",
    "GIT_AUTHOR_EMAIL": "stx-reconciler@localhost",
    "GIT_COMMITTER_NAME": "stx-reconciler",
    "GIT_COMMITTER_EMAIL": "stx-reconciler@localhost",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be on a branch. head: the commit that it stands upon. root: the folder that files are named from."""

    branch: str
    head: str
    changes: tuple[Change, ...]
    message: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch of the remote with its newest commit. is_new: this made it; else it said the same already."""

    branch: str
    commit: str
    is_new: bool


def push(mirror: Mirror, edit: Edit) -> Pushed:
    """Have the remote's branch hold the edit, and nothing else that its base does not.

    What stands on a branch of that name already is never thrown away. Raises SourceError for a branch that holds
    something else, for a name that is none, and where the remote does not take it.
    """
    if mirror.git.run("check-ref-format", "--branch", edit.branch, codes=(0, 1, 128)).code:
        raise SourceError(f'"{edit.branch}" is no name for a branch')
    git = replace(mirror.git, variables={**mirror.git.variables, **_who()})
    made = made_on(git, edit.head, below(edit.root, edit.changes), edit.message)
    if found := _found(mirror, edit, made):
        return found
    try:
        mirror.push(made, edit.branch)
    except RefusedPushError:
        if found := _found(mirror, edit, made):  # another was quicker
            return found
        raise
    return Pushed(edit.branch, made, is_new=True)


def _found(mirror: Mirror, edit: Edit, made: str) -> Pushed | None:
    """The branch, if it holds the edit already; None where there is none, or what it held is in the base."""
    tip = mirror.tip(edit.branch)
    if not tip or mirror.is_ancestor(tip, edit.head):
        return None
    if _edits(mirror.git, edit.head, tip) != _edits(mirror.git, edit.head, made):
        raise SourceError(
            f"{mirror.location}: the branch {edit.branch} exists already and holds something else: name another, or delete it"
        )
    return Pushed(edit.branch, tip, is_new=False)


def _edits(git: Git, head: str, tip: str) -> str:
    """What a branch changes since it left the base: a digest that lines elsewhere in the files do not move."""
    fork = git.run("merge-base", head, tip, codes=(0, 1)).text
    shown = git.run("diff", "--no-ext-diff", "--no-textconv", "--no-color", "-U0", fork or head, tip).out
    return git.run("patch-id", "--stable", given=shown).text.partition(" ")[0]


def _who() -> dict[str, str]:
    """Who commits: as the environment says, else this program."""
    return {**NOBODY, **{name: os.environ[name] for name in IDENTITY if name in os.environ}}


@dataclass(frozen=True, slots=True)
class Clone:
    """A work tree's repository, and the remote that its branch follows. root: of the folder, from the repository's top."""

    mirror: Mirror
    head: str
    branch: str
    root: str


def clone_of(folder: Path) -> Clone:
    """What is checked out in a folder, and where it came from. Raises SourceError where it follows no remote."""
    git = git_of(folder)
    head, checked_out = head_of(git, folder), git.run("rev-parse", "--abbrev-ref", "HEAD").text
    remote = _setting(git, f"branch.{checked_out}.remote") or "origin"
    url = git.run("remote", "get-url", "--push", "--", remote, codes=(0, 2, 128))
    if url.code:
        raise SourceError(f"{folder}: the branch {checked_out} follows no remote: add one, or push a branch by hand")
    followed = _setting(git, f"branch.{checked_out}.merge").removeprefix("refs/heads/") or checked_out
    top, prefix = (git.run("rev-parse", option).text for option in ("--show-toplevel", "--show-prefix"))
    where = location(_absolute(url.text, Path(top)))
    return Clone(replace(Mirror.in_place(folder), location=where), head, followed, prefix)


def _setting(git: Git, name: str) -> str:
    return git.run("config", "--get", name, codes=(0, 1)).text


def _absolute(url: str, top: Path) -> str:
    """A path is of the repository that names it."""
    return str(top / url) if (top / url).is_dir() else url
