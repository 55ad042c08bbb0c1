"""Everything that talks to one site: opened from its endpoint, or once it is known where the site is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from reconciler.clients.bodies import Reveal, reveal
from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.fm import FaultClient
from reconciler.clients.http import Limits, Line, Observer, Sender, nobody, open_session
from reconciler.clients.keystone import TokenBroker
from reconciler.clients.late import Late, Whereabouts
from reconciler.clients.orchestration import UsmClient, VimClient
from reconciler.clients.platform import OwnerApi, PlatformClient
from reconciler.model.words import Service

T = TypeVar("T")
LISTED = (Service.VIM, Service.USM)
SessionFactory = Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]
ServiceOpener = Callable[[Endpoint], Callable[[Service], PlatformClient]]


@dataclass(frozen=True, slots=True)
class SiteClients:
    """The clients of one site. They share its line and its token; keep them between visits, for the token's sake.

    fault, vim, usm: only where the site's endpoint says where the service is.
    beside: the same services, for kinds whose lists are theirs.
    """

    name: str
    platform: OwnerApi
    fault: FaultClient | None = None
    vim: VimClient | None = None
    usm: UsmClient | None = None
    beside: Mapping[Service, OwnerApi] = field(default_factory=dict)


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
        opens = service_opener(session, clock, limits, observer, sender=sender)
        yield _clients(endpoint.name, endpoint.services, opens(endpoint))


def late_site(where: Whereabouts, opens: ServiceOpener) -> SiteClients:
    """The clients of a site that is looked for when something is first asked of it, and anew when it is elsewhere.

    opens: see `service_opener`. Every call may raise what `where` does.
    """
    late = Late(where, opens)
    return _clients(where.site, where.services, late.at)


def service_opener(
    session: aiohttp.ClientSession,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits | None = None,
    observer: Observer = nobody,
    *,
    sender: Sender | None = None,
    reveal: Reveal = reveal,
) -> ServiceOpener:
    """How a site's services are opened at an endpoint: all on one line, with one token.

    The session is somebody else's to close, and there is nothing else to end. reveal: reads what documents refer to.
    """

    def opened(endpoint: Endpoint) -> Callable[[Service], PlatformClient]:
        line = Line(endpoint, session, clock, limits, observer, sender=sender)
        broker = TokenBroker(endpoint, line, clock)
        return lambda service: PlatformClient(endpoint.url(service), line, broker, service, reveal=reveal)

    return opened


def _clients(name: str, services: Collection[Service], at: Callable[[Service], OwnerApi]) -> SiteClients:
    def known(service: Service, client: Callable[[OwnerApi], T]) -> T | None:
        return client(at(service)) if service in services else None

    return SiteClients(
        name,
        at(Service.PLATFORM),
        fault=known(Service.FAULT, FaultClient),
        vim=known(Service.VIM, VimClient),
        usm=known(Service.USM, UsmClient),
        beside={service: at(service) for service in LISTED if service in services},
    )
