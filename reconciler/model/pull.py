"""A pull request as a forge tells of it (GitLab's merge request is one too), and what we tell the forge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PullState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request. number: as people call it. base: the branch that it is for. head: its newest commit.

    branch: that its commits are on, in the repository that it comes from.
    is_fork: it comes from another repository than the one that it is for, or from one that is gone.
    author: the account that opened it. merged: the commit that the merge made on `base`; "" where nobody knows.
    """

    number: int
    state: PullState
    base: str
    head: str
    is_fork: bool
    author: str
    branch: str = ""
    title: str = ""
    url: str = ""
    merged: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What an account said under a pull request. number: the forge's own. at: when it was last edited, in Unix seconds.

    is_edited: it reads otherwise than it was said; at some forges others than its author may have done that.
    """

    number: int
    author: str
    body: str
    at: float
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class Assent:
    """An account's standing approval of a pull request.

    commit: that it had before its eyes; "" where the forge does not tell. at: Unix seconds; None where it does not tell.
    """

    by: str
    commit: str = ""
    at: float | None = None


class StatusState(StrEnum):
    """How a check of a commit stands."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"  # it could not be judged


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """One check of a commit, by its name. text: one line. url: where more is told; "" for nowhere."""

    name: str
    state: StatusState
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request that is to be opened: a branch of the same repository, for another one."""

    branch: str
    base: str
    title: str
    text: str
