"""Everything that talks to one site, opened from its entry in the endpoints file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.fm import FaultClient
from reconciler.clients.http import Limits, Line, Observer, Sender, nobody, open_session
from reconciler.clients.keystone import TokenBroker
from reconciler.clients.orchestration import UsmClient, VimClient
from reconciler.clients.platform import PlatformClient
from reconciler.model.words import Service

T = TypeVar("T")
LISTED = (Service.VIM, Service.USM)
SessionFactory = Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]


@dataclass(frozen=True, slots=True)
class SiteClients:
    """The clients of one site. They share its line and its token; keep them between visits, for the token's sake.

    fault, vim, usm: only where the endpoints file says where the service is.
    beside: the same services, for kinds whose lists are theirs.
    """

    name: str
    platform: PlatformClient
    fault: FaultClient | None = None
    vim: VimClient | None = None
    usm: UsmClient | None = None
    beside: Mapping[Service, PlatformClient] = field(default_factory=dict)


@asynccontextmanager
async def open_site(
    endpoint: Endpoint,
    session_factory: SessionFactory = open_session,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits | None = None,
    observer: Observer = nobody,
    *,
    sender: Sender | None = None,
) -> AsyncIterator[SiteClients]:
    """The clients of a site. Nothing is sent before the first call.

    session_factory: `open_session` opens one and closes it at the end; a process with many sites gives
      `lambda: nullcontext(session)`, so that all share one. Raises ConfigError.
    """
    async with session_factory() as session:
        line = Line(endpoint, session, clock, limits, observer, sender=sender)
        broker = TokenBroker(endpoint, line, clock)

        def at(service: Service) -> PlatformClient:
            return PlatformClient(endpoint.url(service), line, broker, service)

        def known(service: Service, client: Callable[[PlatformClient], T]) -> T | None:
            return client(at(service)) if service in endpoint.services else None

        yield SiteClients(
            endpoint.name,
            at(Service.PLATFORM),
            fault=known(Service.FAULT, FaultClient),
            vim=known(Service.VIM, VimClient),
            usm=known(Service.USM, UsmClient),
            beside={service: at(service) for service in LISTED if service in endpoint.services},
        )
