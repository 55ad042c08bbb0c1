"""GitLab, over its REST API v4 (gitlabhq/gitlabhq doc/api: merge_requests, notes, commits, merge_request_approvals)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from pydantic import Field

from reconciler.clients.forges.errors import ForgeRefusedError
from reconciler.clients.forges.line import Line
from reconciler.clients.forges.shapes import GHOST, MOMENT, Shape
from reconciler.model.pull import Assent, Comment, CommitStatus, Proposal, Pull, PullState, StatusState

PAGE = {"per_page": "100"}
SAID = {StatusState.FAILURE: "failed", StatusState.ERROR: "failed"}
HEARD = {"success": StatusState.SUCCESS, "pending": StatusState.PENDING, "running": StatusState.PENDING}
STATES = {"opened": PullState.OPEN, "locked": PullState.OPEN, "merged": PullState.MERGED}  # locked: while it merges


class User(Shape):
    username: str


class MergeRequest(Shape):
    iid: int
    state: str
    target_branch: str
    source_branch: str
    source_project_id: int | None = None  # null where the fork was deleted
    target_project_id: int
    sha: str | None = None
    author: User | None = None
    title: str = ""
    web_url: str = ""
    merge_commit_sha: str | None = None  # null for a fast-forward
    squash_commit_sha: str | None = None

    @property
    def value(self) -> Pull:
        state = STATES.get(self.state, PullState.CLOSED)
        merged = self.merge_commit_sha or self.squash_commit_sha or self.sha or ""
        return Pull(
            number=self.iid,
            state=state,
            base=self.target_branch,
            head=self.sha or "",
            is_fork=self.source_project_id != self.target_project_id,
            author=self.author.username if self.author else GHOST,
            branch=self.source_branch,
            title=self.title,
            url=self.web_url,
            merged=merged if state is PullState.MERGED else "",
        )


class Note(Shape):
    """system: said by GitLab itself, of what somebody did."""

    id: int
    body: str
    author: User | None = None
    created_at: datetime
    updated_at: datetime
    system: bool = False

    @property
    def value(self) -> Comment:
        author = self.author.username if self.author else GHOST
        is_edited = self.updated_at - self.created_at > MOMENT
        return Comment(self.id, author, self.body, self.updated_at.timestamp(), is_edited)


class Approver(Shape):
    user: User
    approved_at: datetime | None = None  # not said before GitLab 17

    @property
    def value(self) -> Assent:
        return Assent(self.user.username, "", self.approved_at.timestamp() if self.approved_at else None)


class Approvals(Shape):
    approved_by: list[Approver] = Field(default_factory=list)


class Status(Shape):
    name: str
    status: str
    description: str | None = None
    target_url: str | None = None

    @property
    def value(self) -> CommitStatus:
        state = HEARD.get(self.status, StatusState.FAILURE)
        return CommitStatus(self.name, state, self.description or "", self.target_url or "")


class Gitlab:
    """One project, by its path with all its groups."""

    longest_comment = 1_000_000  # doc/api/notes.md

    def __init__(self, line: Line) -> None:
        self._line, self._account = line, line.settings.account
        self._at = f"projects/{quote(line.settings.project, safe='')}"

    def head_ref(self, number: int) -> str:
        """doc/user/project/merge_requests/reviews: check out merge requests locally."""
        return f"refs/merge-requests/{number}/head"

    async def account(self) -> str:
        if not self._account:
            self._account = (await self._line.one(User, "user")).username
        return self._account

    async def pull(self, number: int) -> Pull:
        return (await self._line.one(MergeRequest, self._of(number))).value

    async def open_pulls(self) -> tuple[Pull, ...]:
        rows = await self._line.all(MergeRequest, f"{self._at}/merge_requests", state="opened", **PAGE)
        return tuple(row.value for row in rows)

    async def comments(self, number: int) -> tuple[Comment, ...]:
        order = {"sort": "asc", "order_by": "created_at"}
        rows = await self._line.all(Note, f"{self._of(number)}/notes", **order, **PAGE)
        return tuple(row.value for row in rows if not row.system)

    async def comment(self, number: int, text: str) -> Comment:
        return (await self._line.write(Note, "POST", f"{self._of(number)}/notes", {"body": text})).value

    async def edit(self, number: int, comment: int, text: str) -> Comment:
        path = f"{self._of(number)}/notes/{comment}"
        return (await self._line.write(Note, "PUT", path, {"body": text})).value

    async def assents(self, number: int) -> tuple[Assent, ...]:
        found = await self._line.one(Approvals, f"{self._of(number)}/approvals")
        return tuple(one.value for one in found.approved_by)

    async def statuses(self, commit: str) -> Mapping[str, CommitStatus]:
        """The last of each name; without `all` older ones of a name are not listed."""
        rows = await self._line.all(Status, f"{self._at}/repository/commits/{commit}/statuses", **PAGE)
        return {row.name: row.value for row in rows}

    async def set_status(self, commit: str, status: CommitStatus) -> None:
        """Its statuses are a state machine: the same state once more is refused, and stands already."""
        state = SAID.get(status.state, str(status.state))
        said = {"state": state, "name": status.name, "description": status.text}
        target = {"target_url": status.url} if status.url else {}
        try:
            await self._line.write(Status, "POST", f"{self._at}/statuses/{commit}", said | target)
        except ForgeRefusedError as error:
            if not (error.status == 400 and "Cannot transition status" in error.said):
                raise

    async def propose(self, wanted: Proposal) -> Pull:
        path = f"{self._at}/merge_requests"
        branches = {"source_branch": wanted.branch, "target_branch": wanted.base}
        said = {**branches, "title": wanted.title, "description": wanted.text}
        try:
            return (await self._line.write(MergeRequest, "POST", path, said)).value
        except ForgeRefusedError as error:
            if error.status != 409:  # there is one already
                raise
            standing = await self._line.all(MergeRequest, path, state="opened", **branches, **PAGE)
            own = [row.value for row in standing if not row.value.is_fork]
            if not own:
                raise
            return own[0]

    def _of(self, number: int) -> str:
        return f"{self._at}/merge_requests/{number}"
