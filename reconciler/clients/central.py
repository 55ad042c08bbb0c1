"""The way to the central cloud: where its services are, from the endpoints file or from its own Keystone's catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from reconciler.clients.bodies import Reveal, reveal
from reconciler.clients.clock import SYSTEM_CLOCK, Clock
from reconciler.clients.dcmanager import DcmanagerClient
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.fm import FaultClient
from reconciler.clients.http import Limits, Line, Observer, Sender, nobody, open_session
from reconciler.clients.keystone import SERVICE, TokenBroker
from reconciler.clients.platform import PlatformClient
from reconciler.clients.site import SessionFactory
from reconciler.model.errors import ConfigError, Failure, Unreachable
from reconciler.model.words import Service

CATALOGUE = "/v3/auth/catalog"


class Declared(Endpoint):
    """A central cloud as fleet.yaml says it. Git names the password's place, so not the program's own variables."""

    reveal: Reveal = reveal

    def password(self) -> SecretStr:
        return self.reveal(self.credentials.password.secret_ref)


@asynccontextmanager
async def open_central(
    endpoint: Endpoint,
    session_factory: SessionFactory = open_session,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits | None = None,
    observer: Observer = nobody,
    *,
    sender: Sender | None = None,
    reveal: Reveal = reveal,
) -> AsyncIterator[DcmanagerClient]:
    """The client of the central cloud, whose token it keeps. Asks the catalogue where the endpoint names no URL.

    reveal: reads what documents refer to. Raises ConfigError, and what the catalogue raises: Unreachable, Unauthorized,
    Refused.
    """
    async with session_factory() as session:
        line = Line(endpoint, session, clock, limits, observer, sender=sender)
        service = await _service(endpoint, line, clock, Service.DCMANAGER, endpoint.region, reveal=reveal)
        yield DcmanagerClient(service)


@asynccontextmanager
async def open_central_faults(
    endpoint: Endpoint,
    session_factory: SessionFactory = open_session,
    clock: Clock = SYSTEM_CLOCK,
    limits: Limits | None = None,
    observer: Observer = nobody,
    *,
    sender: Sender | None = None,
) -> AsyncIterator[FaultClient]:
    """The Fault Management of the central cloud itself, on a line of its own. Raises what `open_central` does."""
    async with session_factory() as session:
        line = Line(endpoint, session, clock, limits, observer, sender=sender)
        yield FaultClient(await _service(endpoint, line, clock, Service.FAULT, endpoint.own_region))


async def _service(
    endpoint: Endpoint, line: Line, clock: Clock, service: Service, region: str, *, reveal: Reveal = reveal
) -> PlatformClient:
    broker = TokenBroker(endpoint, line, clock)
    url = endpoint.services.get(service)
    if url is None:
        keystone = PlatformClient(endpoint.auth_url.removesuffix("/v3"), line, broker, SERVICE)
        url = await _in_catalogue(keystone, service, region)
    return PlatformClient(url.removesuffix("/v1.0"), line, broker, service, reveal=reveal)


async def _in_catalogue(keystone: PlatformClient, service: Service, region: str) -> str:
    """openstack/keystone api-ref v3: the catalogue of a token that was asked for without one."""
    answer = await keystone.get(CATALOGUE)
    try:
        found = {each["region"]: each["url"] for each in _public(answer["catalog"], service)}
    except (KeyError, TypeError):
        raise Unreachable(
            SERVICE, "GET", CATALOGUE, Failure.GARBLED, "no catalogue in it", False, keystone.site
        ) from None
    if region not in found:
        there = f"it has one in {', '.join(sorted(found))}" if found else "it has none in any"
        raise ConfigError(f"{keystone.site}: Keystone's catalogue has no {service} in region {region}; {there}")
    return str(found[region]).rstrip("/")


def _public(catalogue: Any, service: Service) -> list[Any]:
    services = [each for each in catalogue if each["type"] == service]
    return [each for one in services for each in one["endpoints"] if each["interface"] == "public"]
