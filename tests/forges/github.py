"""GitHub's dialect: github/rest-api-description (pulls, issues/comments, pulls/reviews, commits/statuses, users)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from aiohttp import web

from tests.forges.server import ACCOUNT, PROJECT, FakeForge, Handler, Pulled, moment, reply

FORK = "somebody/site-config"


class Github(FakeForge):
    kind: ClassVar[str] = "github"
    api: ClassVar[str] = "/api/v3"  # as Enterprise Server has it
    size: ClassVar[str] = "per_page"
    state_key: ClassVar[str] = "state"

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        at = f"{self.api}/repos/{PROJECT}"
        yield "GET", f"{self.api}/user", self.on_user
        yield "GET", f"{at}/pulls", self.on_pulls
        yield "POST", f"{at}/pulls", self.on_propose
        yield "GET", f"{at}/pulls/{{number}}", self.on_pull
        yield "GET", f"{at}/pulls/{{number}}/reviews", self.on_reviews
        yield "GET", f"{at}/issues/{{number}}/comments", self.on_comments
        yield "POST", f"{at}/issues/{{number}}/comments", self.on_comment
        yield "PATCH", f"{at}/issues/comments/{{comment}}", self.on_edit
        yield "GET", f"{at}/commits/{{sha}}/status", self.on_statuses
        yield "POST", f"{at}/statuses/{{sha}}", self.on_status

    def denied(self) -> web.Response:
        return reply({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)

    def limits(self) -> dict[str, str]:
        left = max(0, self.left or 0)
        return {"X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": str(int(self.resets_at))}

    def used_up(self) -> web.Response:
        answer = reply({"message": "API rate limit exceeded for user ID 1."}, 403)
        answer.headers.update(self.limits())
        return answer

    def secondary(self, after_s: int | None = None) -> web.Response:
        """What a burst is answered with; not always with how long to wait."""
        text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        answer = reply({"message": text}, 403)
        if after_s is not None:
            answer.headers["Retry-After"] = str(after_s)
        return answer

    def too_long(self) -> web.Response:
        text = f"Body is too long (maximum is {self.longest} characters)"
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": text}
        return reply({"message": "Validation Failed", "errors": [error]}, 422)

    async def on_user(self, _request: web.Request) -> web.Response:
        return reply({"login": ACCOUNT, "id": 1, "type": "User"})

    async def on_pulls(self, request: web.Request) -> web.Response:
        wanted = [self.pull_row(p) for p in self.pulls.values() if p.state == "open"]
        listed = [{name: value for name, value in row.items() if name != "merged"} for row in wanted]
        return self.rows(request, listed, self.size)

    async def on_pull(self, request: web.Request) -> web.Response:
        return reply(self.pull_row(self.pulled(request)))

    async def on_propose(self, request: web.Request) -> web.Response:
        said = await request.json()
        if self.standing(said["head"], said["base"]):
            return self.there_already(said["head"])
        made = self.opened("c0ffee" * 6 + "c0ff", base=said["base"], branch=said["head"], author=ACCOUNT)
        made.title = said["title"]
        return reply(self.pull_row(made), 201)

    def there_already(self, head: str) -> web.Response:
        error = {
            "resource": "PullRequest",
            "code": "custom",
            "message": f"A pull request already exists for ran:{head}.",
        }
        return reply({"message": "Validation Failed", "errors": [error]}, 422)

    async def on_reviews(self, request: web.Request) -> web.Response:
        return self.rows(request, [self.review_row(one) for one in self.pulled(request).opinions], self.size)

    async def on_comments(self, request: web.Request) -> web.Response:
        return self.rows(request, [self.comment_row(one) for one in self.pulled(request).comments], self.size)

    async def on_comment(self, request: web.Request) -> web.Response:
        pulled, text = self.pulled(request), (await request.json())["body"]
        if len(text) > self.longest:
            return self.too_long()
        return reply(self.comment_row(self.commented(pulled.number, ACCOUNT, text)), 201)

    async def on_edit(self, request: web.Request) -> web.Response:
        text = (await request.json())["body"]
        if len(text) > self.longest:
            return self.too_long()
        wanted = int(request.match_info["comment"])
        row = next(row for pulled in self.pulls.values() for row in pulled.comments if row["id"] == wanted)
        row |= {"body": text, "at": self.clock()}
        return reply(self.comment_row(row))

    async def on_statuses(self, request: web.Request) -> web.Response:
        """The newest of each name."""
        newest = {row["name"]: row for row in self.shown.get(request.match_info["sha"], ())}
        return reply({"state": "pending", "statuses": [self.status_row(row) for row in newest.values()]})

    async def on_status(self, request: web.Request) -> web.Response:
        said, sha = await request.json(), request.match_info["sha"]
        if len(said["description"]) > 140 or said["state"] not in {"pending", "success", "failure", "error"}:
            return reply({"message": "Validation Failed"}, 422)
        row = {
            "name": said["context"],
            "state": said["state"],
            "text": said["description"],
            "url": said.get("target_url"),
        }
        self.shown.setdefault(sha, []).append(row)
        return reply(self.status_row(row), 201)

    def pull_row(self, pulled: Pulled) -> dict[str, Any]:
        fork = None if pulled.is_fork_gone else {"full_name": FORK}
        merged = pulled.state == "merged"
        return {
            "number": pulled.number,
            "state": "open" if pulled.state == "open" else "closed",
            "title": pulled.title,
            "html_url": f"{self.url}/{PROJECT}/pull/{pulled.number}",
            "user": {"login": pulled.author},
            "merged": merged,
            "merged_at": moment(self.clock()) if merged else None,
            "merge_commit_sha": pulled.merged or "7e57" * 10,
            "base": {"ref": pulled.base, "sha": "ba5e" * 10, "repo": {"full_name": PROJECT}},
            "head": {
                "ref": pulled.branch,
                "sha": pulled.head,
                "repo": fork if pulled.is_fork else {"full_name": PROJECT},
            },
        }

    def comment_row(self, row: dict[str, Any]) -> dict[str, Any]:
        at, created = moment(row["at"]), moment(row["created"])
        return {
            "id": row["id"],
            "body": row["body"],
            "user": {"login": row["author"]},
            "created_at": created,
            "updated_at": at,
        }

    def review_row(self, row: dict[str, Any]) -> dict[str, Any]:
        said = {"user": {"login": row["who"]}, "state": row["state"], "commit_id": row["commit"]}
        return {"id": 1, "body": "", "submitted_at": moment(row["at"]), **said}

    def status_row(self, row: dict[str, Any]) -> dict[str, Any]:
        said = {"context": row["name"], self.state_key: row["state"]}
        return {"id": 1, "description": row["text"], "target_url": row["url"], **said}
