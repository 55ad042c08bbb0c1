"""Who wrote which commit, when and why: for the log, the fleet page and the text of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git import GitDB, Repo
from git.exc import BadObject
from git.objects import Commit

from reconciler.sources.errors import UnknownRevisionError


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit in words. `at` is the author's time, with the author's offset."""

    commit: str
    author: str
    at: datetime
    subject: str


def facts(mirror: Path, commits: Iterable[str]) -> tuple[CommitFacts, ...]:
    """The facts of full commit ids, in the order asked for. Raises UnknownRevisionError.

    GitPython with its own object database: pure Python, no child processes, nothing kept open (its README warns of
    both in long-running processes).
    """
    with Repo(mirror, odbt=GitDB) as repository:
        return tuple(_facts(repository, commit) for commit in commits)


def _facts(repository: Repo, commit: str) -> CommitFacts:
    try:
        found = Commit(repository, bytes.fromhex(commit))
        return CommitFacts(commit, str(found.author.name), found.authored_datetime, str(found.summary))
    except (BadObject, ValueError) as error:
        raise UnknownRevisionError(f"no commit {commit}; fetch first, or check the id") from error
