"""What all answers share: JSON, and bodies that nobody reads further than they may be long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024  # some ten thousand plans by their ids
MOST_ROWS = 1000


class Said(BaseModel):
    """Why there is no better answer."""

    detail: str


NOT_THERE: dict[int | str, dict[str, Any]] = {404: {"model": Said, "description": "Nobody has it now; what there is"}}
NOT_NOW: dict[int | str, dict[str, Any]] = {409: {"model": Said, "description": "A word changes nothing any more"}}
NOT_READ: dict[int | str, dict[str, Any]] = {
    400: {"model": Said, "description": "The body is no JSON"},
    413: {"model": Said, "description": f"More than {LARGEST_BODY} bytes"},
}


class Page(BaseModel):
    """A part of a list that is told from its newest row on."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=100, ge=1, le=MOST_ROWS)
    before: int | None = Field(default=None, ge=1, le=2**53, description="Number of the last row that is known.")


def example(summary: str, value: Mapping[str, Any]) -> Example:
    """A body that somebody may send, as the description of the API shows it."""
    return {"summary": summary, "value": dict(value)}


def as_json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, "application/json")


def name_methods(app: FastAPI) -> None:
    """Have 405 name every method of the path: Starlette names those of the first route that has it."""

    @app.exception_handler(405)
    async def refused(request: Request, error: HTTPException) -> Response:
        routes = [route for route in app.routes if isinstance(route, Route)]
        there = [route.methods or () for route in routes if route.matches(request.scope)[0] is not Match.NONE]
        methods = sorted({method for methods in there for method in methods})
        return as_json({"detail": error.detail}, 405, {"Allow": ", ".join(methods)})


class ShortBodies:
    """Ends requests whose bodies grow too large, before anybody is let in; but: the path that has a limit of its own."""

    def __init__(self, app: ASGIApp, but: str) -> None:
        self.app, self.but = app, but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_bounded = scope["type"] == "http" and scope["path"] != self.but
        await self.app(scope, _bounded(receive) if is_bounded else receive, send)


def _bounded(receive: Receive) -> Receive:
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise HTTPException(413, f"a body has at most {LARGEST_BODY} bytes")
        return message

    return bounded
