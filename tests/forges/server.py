"""A forge of one repository on loopback: what it keeps, who may ask, its limits; the three dialects are beside it.

Shapes and answers are written from the forges' own descriptions, which each dialect names. What people do (open, push,
comment, approve, merge) is done by tests, on `FakeForge` itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "forge-Canary-7f3a"
ACCOUNT = "stxr-bot"
PROJECT = "ran/site-config"
NOW = 1_795_000_000.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Pulled:
    """A pull request as the forge keeps it."""

    number: int
    head: str
    base: str = "main"
    branch: str = "feature"
    author: str = "amelie"
    state: str = "open"  # open, closed, merged
    is_fork: bool = False
    is_fork_gone: bool = False
    title: str = "Raise the MTU"
    merged: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)


class AbsentError(Exception):
    """What a path names is not there."""


@dataclass
class FakeForge:
    """The forge. clock: Unix seconds now, for what it dates and for its limits."""

    kind: ClassVar[str] = ""
    longest: ClassVar[int] = 65_536
    pages: ClassVar[int] = 100  # rows of a page at most

    clock: Callable[[], float] = lambda: NOW
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    pulls: dict[int, Pulled] = field(default_factory=dict)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # statuses by commit, the oldest first
    journal: list[str] = field(default_factory=list)
    page: int = 0  # rows of a page, where a test wants many pages
    left: int | None = None  # requests that the primary limit allows still
    resets_at: float = 0.0
    pending: list[web.Response | None] = field(default_factory=list)  # answers that come first; None cuts the line
    mute: set[str] = field(default_factory=set)  # `METHOD path` done, and the answer lost on its way
    url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**9)))

    # ---- what people do

    def opened(self, head: str, **said: Any) -> Pulled:
        number = len(self.pulls) + 1
        self.pulls[number] = Pulled(number, head, **said)
        return self.pulls[number]

    def commented(self, number: int, author: str, body: str) -> dict[str, Any]:
        row = {"id": next(self._numbers), "author": author, "body": body, "at": self.clock(), "created": self.clock()}
        self.pulls[number].comments.append(row)
        return row

    def approved(self, number: int, who: str, *, state: str = "APPROVED") -> None:
        self.pulls[number].opinions.append(
            {"who": who, "state": state, "commit": self.pulls[number].head, "at": self.clock()}
        )

    def ours(self, number: int) -> list[str]:
        """What our account said under it."""
        return [row["body"] for row in self.pulls[number].comments if row["author"] == ACCOUNT]

    def states(self, commit: str) -> dict[str, str]:
        """The last status of each name, in our words."""
        return {row["name"]: row["state"] for row in self.shown.get(commit, ())}

    def asked(self, *words: str) -> list[str]:
        """The requests in which all of these words are."""
        return [line for line in self.journal if all(word in line for word in words)]

    # ---- what every dialect shares

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=8 * 1024 * 1024)
        for method, path, handler in self.routes():
            app.router.add_route(method, path, handler)
        return app

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        raise NotImplementedError

    def denied(self) -> web.Response:
        raise NotImplementedError

    def used_up(self) -> web.Response:
        raise NotImplementedError

    def limits(self) -> dict[str, str]:
        raise NotImplementedError

    @property
    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.journal.append(f"{request.method} {request.path_qs}")
            if self.pending:
                first = self.pending.pop(0)
                return _cut(request) if first is None else first
            if not self._is_let_in(request):
                return self.denied()
            if self.left is not None and self.left <= 0 and self.clock() < self.resets_at:
                return self.used_up()
            try:
                answer = await handler(request)
            except AbsentError:
                return reply({"message": "Not Found"}, 404)
            if f"{request.method} {request.path}" in self.mute:
                self.mute.discard(f"{request.method} {request.path}")
                return _cut(request)
            return self._counted(request, answer)

        return guard

    def _is_let_in(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and token in self.tokens

    def _counted(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        if self.left is not None:
            self.left -= 1
            answer.headers.update(self.limits())
        if request.method != "GET" or not isinstance(answer, web.Response) or answer.status != 200:
            return answer
        tag = f'W/"{hashlib.sha256(answer.body or b"").hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            self.left = None if self.left is None else self.left + 1  # GitHub: a 304 does not count
            return web.Response(status=304, headers={"ETag": tag, **self.limits()} if self.left is not None else {})
        answer.headers["ETag"] = tag
        return answer

    def rows(self, request: web.Request, rows: Sequence[Any], size: str = "per_page") -> web.Response:
        """One page, with where the others are."""
        wanted = min(int(request.query.get(size, "30")), self.pages)
        length, number = self.page or wanted, int(request.query.get("page", "1"))
        part, is_last = rows[(number - 1) * length : number * length], number * length >= len(rows)
        answer = reply(list(part))
        if not is_last:
            following = request.url.update_query(page=str(number + 1))
            answer.headers["Link"] = f'<{request.url}>; rel="first", <{following}>; rel="next"'
        return answer

    def pulled(self, request: web.Request) -> Pulled:
        found = self.pulls.get(int(request.match_info["number"]))
        if found is None:
            raise AbsentError
        return found

    def told(self, request: web.Request, pulled: Pulled) -> dict[str, Any]:
        """The comment that a path names."""
        wanted = int(request.match_info["comment"])
        return next(row for row in pulled.comments if row["id"] == wanted)

    def standing(self, head: str, base: str) -> Pulled | None:
        return next((p for p in self.pulls.values() if p.state == "open" and (p.branch, p.base) == (head, base)), None)


def reply(value: Any, status: int = 200, **headers: str) -> web.Response:
    said = {name.replace("_", "-"): text for name, text in headers.items()}
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json", headers=said)


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=500)


async def served(forge: FakeForge) -> TestServer:
    server = TestServer(forge.app())
    await server.start_server()
    forge.url = str(server.make_url("")).rstrip("/")
    return server
