"""What the answers of GitHub and of Gitea have in common: Gitea's API was made after GitHub's.

GitHub: the schemas `pull-request`, `issue-comment`, `pull-request-review` and `combined-commit-status` of
github/rest-api-description. Gitea: modules/structs/{pull,issue_comment,pull_review,status}.go of go-gitea/gitea.
Keys that are not named here are not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.pull import Assent, Comment, CommitStatus, Pull, PullState, StatusState

MOMENT = timedelta(seconds=1)  # between two times that are one: not all forges write them at once
GHOST = "ghost"  # whose account is gone: GitHub answers null


class Shape(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class User(Shape):
    login: str


class Repository(Shape):
    full_name: str


class Branch(Shape):
    """repo: null where the fork was deleted."""

    ref: str
    sha: str
    repo: Repository | None = None


class PullShape(Shape):
    number: int
    state: str
    base: Branch
    head: Branch
    user: User | None = None
    title: str = ""
    html_url: str = ""
    merged: bool | None = None  # not said in lists
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None  # of one that is open: of a trial

    @property
    def value(self) -> Pull:
        return Pull(
            number=self.number,
            state=self._state,
            base=self.base.ref,
            head=self.head.sha,
            is_fork=self.head.repo is None or self.base.repo is None or self.head.repo != self.base.repo,
            author=self.user.login if self.user else GHOST,
            branch=self.head.ref,
            title=self.title,
            url=self.html_url,
            merged=(self.merge_commit_sha or "") if self._state is PullState.MERGED else "",
        )

    @property
    def _state(self) -> PullState:
        if self.merged or self.merged_at:
            return PullState.MERGED
        return PullState.OPEN if self.state == "open" else PullState.CLOSED


class CommentShape(Shape):
    id: int
    body: str | None = None
    user: User | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def value(self) -> Comment:
        author = self.user.login if self.user else GHOST
        is_edited = self.updated_at - self.created_at > MOMENT
        return Comment(self.id, author, self.body or "", self.updated_at.timestamp(), is_edited)


class ReviewShape(Shape):
    """What somebody thinks of a pull request. dismissed: said by Gitea; GitHub makes it a state."""

    user: User | None = None
    state: str
    commit_id: str | None = None
    submitted_at: datetime | None = None
    dismissed: bool = False


class StatusShape(Shape):
    """One status; its state is under another name at each of the two."""

    context: str
    state: str = ""
    status: str = ""
    description: str | None = None
    target_url: str | None = None

    @property
    def value(self) -> CommitStatus:
        said = self.state or self.status
        state = StatusState(said) if said in set(StatusState) else StatusState.ERROR  # Gitea has `warning` too
        return CommitStatus(self.context, state, self.description or "", self.target_url or "")


class Combined(Shape):
    """The last status of each name."""

    statuses: list[StatusShape] = Field(default_factory=list)


OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "REQUEST_CHANGES", "DISMISSED"})  # a comment changes nobody's


def assents(reviews: Iterable[ReviewShape]) -> Iterator[Assent]:
    """Who approves now: of each account, which may have said more than once, its last opinion."""
    last: dict[str, ReviewShape] = {}
    for review in reviews:
        if review.user and review.state in OPINIONS:
            last[review.user.login] = review
    for who, review in last.items():
        if review.state == "APPROVED" and not review.dismissed:
            at = review.submitted_at.timestamp() if review.submitted_at else None
            yield Assent(who, review.commit_id or "", at)
