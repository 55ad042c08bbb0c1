"""GitLab's dialect: gitlabhq/gitlabhq doc/api (merge_requests, notes, commits, merge_request_approvals, rest/index)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from aiohttp import web

from tests.forges.server import ACCOUNT, PROJECT, FakeForge, Handler, Pulled, moment, reply

STATES = {"open": "opened", "closed": "closed", "merged": "merged"}
OURS, FORK = 7, 8  # ids of projects
WORDS = {"failed": "failure", "running": "pending"}
VERBS = {"pending": "enqueue", "success": "success", "failed": "drop"}


class Gitlab(FakeForge):
    kind: ClassVar[str] = "gitlab"
    longest: ClassVar[int] = 1_000_000
    has_links: bool = True  # GitLab.com leaves some pagination headers out; X-Next-Page is always there

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        at = f"/api/v4/projects/{quote(PROJECT, safe='')}"
        one = f"{at}/merge_requests/{{number}}"
        yield "GET", "/api/v4/user", self.on_user
        yield "GET", f"{at}/merge_requests", self.on_pulls
        yield "POST", f"{at}/merge_requests", self.on_propose
        yield "GET", one, self.on_pull
        yield "GET", f"{one}/approvals", self.on_approvals
        yield "GET", f"{one}/notes", self.on_notes
        yield "POST", f"{one}/notes", self.on_note
        yield "PUT", f"{one}/notes/{{comment}}", self.on_edit
        yield "GET", f"{at}/repository/commits/{{sha}}/statuses", self.on_statuses
        yield "POST", f"{at}/statuses/{{sha}}", self.on_status

    def denied(self) -> web.Response:
        return reply({"message": "401 Unauthorized"}, 401)

    def limits(self) -> dict[str, str]:
        left = max(0, self.left or 0)
        return {"RateLimit-Remaining": str(left), "RateLimit-Reset": str(int(self.resets_at))}

    def used_up(self) -> web.Response:
        answer = web.Response(status=429, text="Retry later\n")
        after_s = str(int(self.resets_at - self.clock()))
        answer.headers.update({**self.limits(), "Retry-After": after_s})
        return answer

    def secondary(self, after_s: int | None = None) -> web.Response:
        """A limit on notes, by the application; older versions do not say for how long."""
        text = "This endpoint has been requested too many times. Try again later."
        answer = reply({"message": {"error": text}}, 429)
        if after_s is not None:
            answer.headers["Retry-After"] = str(after_s)
        return answer

    def too_long(self) -> web.Response:
        return reply({"message": {"note": [f"is too long (maximum is {self.longest} characters)"]}}, 400)

    def rows(self, request: web.Request, rows: Sequence[Any], size: str = "per_page") -> web.Response:
        answer = super().rows(request, rows, size)
        has_more = "Link" in answer.headers
        answer.headers["X-Next-Page"] = str(int(request.query.get("page", "1")) + 1) if has_more else ""
        return answer

    async def on_user(self, _request: web.Request) -> web.Response:
        return reply({"id": 1, "username": ACCOUNT, "name": "stx-reconciler", "state": "active"})

    async def on_pulls(self, request: web.Request) -> web.Response:
        wanted = [self.pull_row(p) for p in self.pulls.values() if STATES[p.state] == request.query["state"]]
        only = {name: request.query[name] for name in ("source_branch", "target_branch") if name in request.query}
        return self.rows(request, [row for row in wanted if only.items() <= row.items()])

    async def on_pull(self, request: web.Request) -> web.Response:
        return reply(self.pull_row(self.pulled(request)))

    async def on_propose(self, request: web.Request) -> web.Response:
        said = await request.json()
        if there := self.standing(said["source_branch"], said["target_branch"]):
            text = f"Another open merge request already exists for this source branch: !{there.number}"
            return reply({"message": [text]}, 409)
        made = self.opened(
            "c0ffee" * 6 + "c0ff", base=said["target_branch"], branch=said["source_branch"], author=ACCOUNT
        )
        made.title = said["title"]
        return reply(self.pull_row(made), 201)

    async def on_approvals(self, request: web.Request) -> web.Response:
        standing: dict[str, dict[str, Any]] = {}
        for one in self.pulled(request).opinions:
            standing.pop(one["who"], None)
            if one["state"] == "APPROVED":
                standing[one["who"]] = {"user": {"username": one["who"]}, "approved_at": moment(one["at"])}
        return reply({"approved": bool(standing), "approved_by": list(standing.values())})

    async def on_notes(self, request: web.Request) -> web.Response:
        pulled = self.pulled(request)
        system = {"id": 0, "author": "amelie", "body": "added 1 commit", "at": self.clock(), "system": True}
        rows = [self.note_row(row) for row in (system, *pulled.comments)]
        return self.rows(request, rows if request.query["sort"] == "asc" else rows[::-1])

    async def on_note(self, request: web.Request) -> web.Response:
        pulled, text = self.pulled(request), (await request.json())["body"]
        if len(text) > self.longest:
            return self.too_long()
        return reply(self.note_row(self.commented(pulled.number, ACCOUNT, text)), 201)

    async def on_edit(self, request: web.Request) -> web.Response:
        row, text = self.told(request, self.pulled(request)), (await request.json())["body"]
        if len(text) > self.longest:
            return self.too_long()
        row |= {"body": text, "at": self.clock()}
        return reply(self.note_row(row))

    async def on_statuses(self, request: web.Request) -> web.Response:
        newest = {row["name"]: row for row in self.shown.get(request.match_info["sha"], ())}
        return self.rows(request, [self.status_row(row) for row in newest.values()])

    async def on_status(self, request: web.Request) -> web.Response:
        """One that is pending is moved on, and refuses to be what it is; one that has ended is followed by another."""
        said, sha = await request.json(), request.match_info["sha"]
        rows, state = self.shown.setdefault(sha, []), WORDS.get(said["state"], said["state"])
        last = next((row for row in reversed(rows) if row["name"] == said["name"]), None)
        if last and last["state"] == "pending" == state:
            return reply({"message": f"Cannot transition status via :{VERBS[state]} from :pending"}, 400)
        row = {"name": said["name"], "state": state, "text": said["description"], "url": said.get("target_url")}
        rows.append(row)
        return reply(self.status_row(row), 201)

    def pull_row(self, pulled: Pulled) -> dict[str, Any]:
        fork = None if pulled.is_fork_gone else FORK
        return {
            "iid": pulled.number,
            "id": 1000 + pulled.number,
            "state": STATES[pulled.state],
            "title": pulled.title,
            "web_url": f"{self.url}/{PROJECT}/-/merge_requests/{pulled.number}",
            "author": {"id": 5, "username": pulled.author},
            "target_branch": pulled.base,
            "source_branch": pulled.branch,
            "target_project_id": OURS,
            "source_project_id": fork if pulled.is_fork else OURS,
            "sha": pulled.head,
            "merge_commit_sha": pulled.merged or None,
            "squash_commit_sha": None,
        }

    def note_row(self, row: dict[str, Any]) -> dict[str, Any]:
        at, created = moment(row["at"]), moment(row.get("created", row["at"]))
        said = {"id": row["id"], "body": row["body"], "author": {"username": row["author"]}}
        return {**said, "created_at": created, "updated_at": at, "system": row.get("system", False)}

    def status_row(self, row: dict[str, Any]) -> dict[str, Any]:
        status = {"failure": "failed"}.get(row["state"], row["state"])
        return {"name": row["name"], "status": status, "description": row["text"], "target_url": row["url"]}
