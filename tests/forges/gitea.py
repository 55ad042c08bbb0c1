"""Gitea's dialect, where it is not GitHub's: go-gitea/gitea modules/structs, routers/api/v1/repo."""

from __future__ import annotations

from typing import Any, ClassVar

from aiohttp import web

from tests.forges.github import Github
from tests.forges.server import reply

STATES = {"CHANGES_REQUESTED": "REQUEST_CHANGES", "COMMENTED": "COMMENT"}


class Gitea(Github):
    kind: ClassVar[str] = "gitea"
    api: ClassVar[str] = "/api/v1"
    size: ClassVar[str] = "limit"
    pages: ClassVar[int] = 50
    state_key: ClassVar[str] = "status"  # structs/status.go CommitStatus

    def denied(self) -> web.Response:
        return reply({"message": "user does not exist [uid: 0, name: ]", "url": f"{self.url}/api/swagger"}, 401)

    def limits(self) -> dict[str, str]:
        return {}

    def used_up(self) -> web.Response:
        """Of what stands before it: Gitea itself has no limit."""
        after_s = str(int(self.resets_at - self.clock()))
        return web.Response(
            status=429, text="<html><h1>429 Too Many Requests</h1></html>", headers={"Retry-After": after_s}
        )

    def secondary(self, after_s: int | None = None) -> web.Response:
        answer = web.Response(status=429, text="<html><h1>429 Too Many Requests</h1></html>")
        if after_s is not None:
            answer.headers["Retry-After"] = str(after_s)
        return answer

    def too_long(self) -> web.Response:
        """Of what stands before it too."""
        return web.Response(status=413, text="<html><h1>413 Request Entity Too Large</h1></html>")

    def there_already(self, head: str) -> web.Response:
        return reply({"message": f"pull request already exists for these targets [head_branch: {head}]"}, 409)

    async def on_comments(self, request: web.Request) -> web.Response:
        """All at once (issue_comment.go ListIssueComments has no page)."""
        return reply([self.comment_row(one) for one in self.pulled(request).comments])

    def review_row(self, row: dict[str, Any]) -> dict[str, Any]:
        found = super().review_row(row)
        is_dismissed = row["state"] == "DISMISSED"
        state = "APPROVED" if is_dismissed else STATES.get(row["state"], row["state"])
        return found | {"state": state, "dismissed": is_dismissed, "stale": False, "official": True}
