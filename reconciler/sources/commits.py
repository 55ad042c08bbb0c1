"""Who wrote which commit, when and why: for the log, the fleet page and the text of a plan."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # or it raises on import where git is missing: `Git` says so

from git import Repo
from git.exc import BadObject
from git.objects import Commit

from reconciler.sources.errors import UnknownRevisionError
from reconciler.sources.git import FULL_ID, Git


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit in words. `at` is the author's time, with the author's offset."""

    commit: str
    author: str
    at: datetime
    subject: str


def facts(git: Git, commits: Iterable[str]) -> tuple[CommitFacts, ...]:
    """The facts of full commit ids, in the order asked for. Raises UnknownRevisionError.

    GitPython keeps children as long as its Repo lives, so it lives for this call only. It also reads the environment
    of this process, which is why fetching, where that would matter, is not left to it.
    """
    with Repo(git.directory) as repository:
        repository.git.update_environment(**git.environment(), **_fixed(git))
        return tuple(_facts(repository, commit) for commit in commits)


def _fixed(git: Git) -> dict[str, str]:
    # GitPython hands on the whole environment, so what would lead git elsewhere is overwritten (git(1)).
    return {"GIT_OBJECT_DIRECTORY": str(git.directory / "objects"), "GIT_ALTERNATE_OBJECT_DIRECTORIES": ""}


def _facts(repository: Repo, commit: str) -> CommitFacts:
    if not FULL_ID.fullmatch(commit):
        raise UnknownRevisionError(f"{commit!r} is not the full id of a commit; resolve it first")
    try:
        found = Commit(repository, bytes.fromhex(commit))
        return CommitFacts(commit, str(found.author.name), found.authored_datetime, str(found.summary))
    except (BadObject, ValueError) as error:
        raise UnknownRevisionError(f"no commit {commit}; fetch first, or check the id") from error
