"""Everything that talks to one site, opened from its entry in the endpoints file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.http import Limits, Line, Observer, nobody, open_session
from reconciler.clients.keystone import TokenBroker
from reconciler.clients.platform import PlatformClient
from reconciler.model.words import Service

SessionFactory = Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]


@dataclass(frozen=True, slots=True)
class SiteClients:
    """The clients of one site. They share its line and its token; keep them between visits, for the token's sake."""

    name: str
    platform: PlatformClient


@asynccontextmanager
async def open_site(
    endpoint: Endpoint,
    session_factory: SessionFactory = open_session,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits | None = None,
    observer: Observer = nobody,
) -> AsyncIterator[SiteClients]:
    """The clients of a site. Nothing is sent before the first call.

    session_factory: `open_session` opens one and closes it at the end; a process with many sites gives
      `lambda: nullcontext(session)`, so that all share one. Raises ConfigError.
    """
    async with session_factory() as session:
        line = Line(endpoint, session, clock, limits, observer)
        broker = TokenBroker(endpoint, line, clock)
        yield SiteClients(endpoint.name, PlatformClient(endpoint.url(Service.PLATFORM), line, broker))
