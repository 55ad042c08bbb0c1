"""GitHub, github.com or Enterprise Server, over its REST API (github/rest-api-description, version 2022-11-28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.clients.forges.errors import ForgeRefusedError
from reconciler.clients.forges.line import Line
from reconciler.clients.forges.shapes import Combined, CommentShape, PullShape, ReviewShape, StatusShape, User, assents
from reconciler.model.pull import Assent, Comment, CommitStatus, Proposal, Pull

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
PAGE = {"per_page": "100"}


class Github:
    """One repository, `owner/name`. page: the query for the longest pages that it gives."""

    longest_comment = 65_536  # 422, `Body is too long (maximum is 65536 characters)`
    page: ClassVar[Mapping[str, str]] = PAGE

    def __init__(self, line: Line) -> None:
        self._line, self._account = line, line.settings.account
        self._at = f"repos/{line.settings.project}"

    def head_ref(self, number: int) -> str:
        """docs.github.com: checking out pull requests locally."""
        return f"refs/pull/{number}/head"

    async def account(self) -> str:
        if not self._account:
            self._account = (await self._line.one(User, "user")).login
        return self._account

    async def pull(self, number: int) -> Pull:
        return (await self._line.one(PullShape, f"{self._at}/pulls/{number}")).value

    async def open_pulls(self) -> tuple[Pull, ...]:
        rows = await self._line.all(PullShape, f"{self._at}/pulls", state="open", **self.page)
        return tuple(row.value for row in rows)

    async def comments(self, number: int) -> tuple[Comment, ...]:
        rows = await self._line.all(CommentShape, f"{self._at}/issues/{number}/comments", **self.page)
        return tuple(row.value for row in rows)

    async def comment(self, number: int, text: str) -> Comment:
        path = f"{self._at}/issues/{number}/comments"
        return (await self._line.write(CommentShape, "POST", path, {"body": text})).value

    async def edit(self, number: int, comment: int, text: str) -> Comment:  # noqa: ARG002 - numbered in the repository
        path = f"{self._at}/issues/comments/{comment}"
        return (await self._line.write(CommentShape, "PATCH", path, {"body": text})).value

    async def assents(self, number: int) -> tuple[Assent, ...]:
        rows = await self._line.all(ReviewShape, f"{self._at}/pulls/{number}/reviews", **self.page)
        return tuple(assents(rows))

    async def statuses(self, commit: str) -> Mapping[str, CommitStatus]:
        """Of the first page: whoever has more than a hundred checks is told of ours once more than needed."""
        found = await self._line.one(Combined, f"{self._at}/commits/{commit}/status", **self.page)
        return {status.context: status.value for status in found.statuses}

    async def set_status(self, commit: str, status: CommitStatus) -> None:
        said = {"state": status.state, "context": status.name, "description": status.text}
        target = {"target_url": status.url} if status.url else {}
        await self._line.write(StatusShape, "POST", f"{self._at}/statuses/{commit}", said | target)

    async def propose(self, wanted: Proposal) -> Pull:
        said = {"head": wanted.branch, "base": wanted.base, "title": wanted.title, "body": wanted.text}
        try:
            return (await self._line.write(PullShape, "POST", f"{self._at}/pulls", said)).value
        except ForgeRefusedError as error:
            if error.status not in (409, 422):  # Gitea, GitHub: there is one already
                raise
            return await self._standing(wanted, error)

    async def _standing(self, wanted: Proposal, error: ForgeRefusedError) -> Pull:
        for pull in await self.open_pulls():
            if not pull.is_fork and (pull.branch, pull.base) == (wanted.branch, wanted.base):
                return pull
        raise error
