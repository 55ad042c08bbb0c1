"""/metrics, open to all, rendered off the event loop; /metrics/hosts for one group's hosts, for who asks.

Scrapes that come at once share one rendering: two Prometheus servers cost what one does.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.answering import Said
from reconciler.api.sites import Fleet

SPEED = 1  # of gzip: a twentieth of the text at a quarter of the default's time
SMALLEST = 1_024  # bytes; below it, packing costs more than it saves


class Exposition(PlainTextResponse):
    """Prometheus' text format, by its own name."""

    media_type = "text/plain; version=0.0.4; charset=utf-8"


class HostsOf(BaseModel):
    """Whose hosts."""

    model_config = ConfigDict(extra="forbid")

    group: str = Field(min_length=1, description="A group of fleet.yaml.")


NO_SUCH_GROUP: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "No site is in this group",
        "content": {"application/json": {"schema": Said.model_json_schema()}},
    }
}


class _Shared:
    """One rendering for all who ask while it is made."""

    def __init__(self, render: Callable[[], bytes]) -> None:
        self._render = render
        self._now: asyncio.Task[tuple[bytes, bytes]] | None = None

    async def made(self) -> tuple[bytes, bytes]:
        """As text, and packed. A scrape that is given up takes it from nobody else."""
        if self._now is None or self._now.done():
            self._now = asyncio.create_task(asyncio.to_thread(self._both))
        return await asyncio.shield(self._now)

    def _both(self) -> tuple[bytes, bytes]:
        text = self._render()
        return text, packed(text)


def add_metrics(app: FastAPI, fleet: Fleet) -> None:
    """Serve them on this application."""
    shared = _Shared(fleet.metrics)

    @app.get("/metrics", response_class=Exposition)
    async def metrics(request: Request) -> Response:
        """The Prometheus exposition; the fleet's state is told by the leader alone."""
        text, small = await shared.made()
        return _answer(request, text, small)

    @app.get("/metrics/hosts", response_class=Exposition, responses=NO_SUCH_GROUP)
    async def hosts(request: Request, of: Annotated[HostsOf, Query()]) -> Response:
        """The hosts of one group, in a scrape of its own."""
        text = await asyncio.to_thread(fleet.host_metrics, of.group)
        if text is None:
            raise HTTPException(404, f"no site is in the group {of.group}, or another replica tells of the fleet")
        return _answer(request, text, packed(text))


def packed(text: bytes) -> bytes:
    return gzip.compress(text, SPEED, mtime=0)


def _answer(request: Request, text: bytes, small: bytes) -> Response:
    accepted = request.headers.get("accept-encoding", "").lower()
    words = (word.partition(";") for word in accepted.split(","))
    is_wanted = any(name.strip() == "gzip" and rest.replace(" ", "") != "q=0" for name, _, rest in words)
    headers = {"Vary": "Accept-Encoding"}
    if is_wanted and len(text) >= SMALLEST:
        return Exposition(small, headers=headers | {"Content-Encoding": "gzip"})
    return Exposition(text, headers=headers)
