"""Everything that talks to one site, opened from its entry in the endpoints file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.fm import FaultClient
from reconciler.clients.http import Limits, Line, Observer, nobody, open_session
from reconciler.clients.keystone import TokenBroker
from reconciler.clients.platform import PlatformClient
from reconciler.model.words import Service

SessionFactory = Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]


@dataclass(frozen=True, slots=True)
class SiteClients:
    """The clients of one site. They share its line and its token; keep them between visits, for the token's sake.

    fault: only where the endpoints file says where Fault Management is.
    """

    name: str
    platform: PlatformClient
    fault: FaultClient | None = None


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
        platform = PlatformClient(endpoint.url(Service.PLATFORM), line, broker)
        yield SiteClients(endpoint.name, platform, _fault(endpoint, line, broker))


def _fault(endpoint: Endpoint, line: Line, broker: TokenBroker) -> FaultClient | None:
    if Service.FAULT not in endpoint.services:
        return None
    return FaultClient(PlatformClient(endpoint.url(Service.FAULT), line, broker, Service.FAULT))
