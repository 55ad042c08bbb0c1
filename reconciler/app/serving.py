"""The API, served from the loop that everything else runs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from reconciler.api import Access
from reconciler.app.options import Listen
from reconciler.clients import SYSTEM_CLOCK
from reconciler.store import Store


@asynccontextmanager
async def access_of(store: Store, listen: Listen) -> AsyncIterator[Access]:
    """Who is let in, as long as the context lasts."""
    if listen.oidc is None:
        yield Access(listen.token, store.tokens.bearer)
        return
    from reconciler.clients.oidc_issuer import open_issuer  # noqa: PLC0415 - what it needs is an extra

    async with open_issuer(listen.oidc, SYSTEM_CLOCK) as issuer:
        yield Access(listen.token, store.tokens.bearer, issuer.bearer)


class Server(uvicorn.Server):
    """uvicorn inside our loop: signals stay ours."""

    def __init__(self, app: object, listen: Listen) -> None:
        config = uvicorn.Config(app, host=listen.host, port=listen.port, log_level="warning", access_log=False)  # type: ignore[arg-type]
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def url(self, task: asyncio.Task[None]) -> str:
        """Where it listens, once it does. Raises what kept it from listening."""
        while not self.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        if task.done():
            task.result()
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"
