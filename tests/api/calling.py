"""Asks an ASGI application without a server (https://asgi.readthedocs.io, HTTP connection scope)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def asked(app: Any, target: str, authorization: bytes | None = None) -> Answer:
    """The answer to a GET."""
    return _exchanged(app, "GET", target, {"authorization": authorization} if authorization is not None else {})


def posted(app: Any, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The answer to a POST."""
    return _exchanged(app, "POST", target, {name: value.encode() for name, value in headers.items()}, body)


def told(app: Any, request: str, authorization: bytes, content: Any = None) -> Answer:
    """The answer to what somebody says, as `POST /path`, with JSON if there is any."""
    method, _, target = request.partition(" ")
    headers = {"authorization": authorization, "content-type": b"application/json"}
    return _exchanged(app, method, target, headers, b"" if content is None else orjson.dumps(content))


def _exchanged(app: Any, method: str, target: str, headers: Mapping[str, bytes], body: bytes = b"") -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start, *bodies = sent
    given = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], given, b"".join(b.get("body", b"") for b in bodies))
