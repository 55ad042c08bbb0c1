"""A site on loopback: a Keystone and a platform of few words, and the clients that talk to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.http import Limits, open_session
from reconciler.clients.patience import Patience
from reconciler.clients.site import SiteClients, open_site
from reconciler.model.words import Service

PASSWORD = "Hush-4-sc-0412*"
NOW = 1_795_000_000.0

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FakeClock:
    """Time that passes when somebody sleeps, or a test says so."""

    time: float = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def reply(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


def fault(text: str, status: int = 400, code: str = "Client") -> web.Response:
    """A refusal as sysinv wraps it: JSON inside JSON, without a Content-Type of its own."""
    inner = orjson.dumps({"faultcode": code, "faultstring": text, "debuginfo": None}).decode()
    return reply({"error_message": inner}, status)


def unknown_to_keystone(_request: web.Request | None = None) -> web.Response:
    """What keystonemiddleware says to a missing or invalid token."""
    headers = {"WWW-Authenticate": 'Keystone uri="http://keystone:5000"'}
    return web.Response(status=401, text="Authentication required", headers=headers)


def following(*answers: Any) -> Answers:
    """A service that gives these answers one after another; the last one stays."""
    left = [a if isinstance(a, web.Response) else reply(a) for a in answers]

    async def service(_request: web.Request) -> web.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)

    return service


@dataclass
class FakeSite:
    """What it was asked, and how it answers. `platform` may be replaced by a test."""

    platform: Answers | None = None
    keystone: Answers | None = None
    life: timedelta = timedelta(hours=1)
    skew: timedelta = timedelta()  # of the site's clock
    valid: set[str] = field(default_factory=set)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    token_requests: list[Any] = field(default_factory=list)
    url: str = ""

    async def on_token(self, request: web.Request) -> web.StreamResponse:
        self.token_requests.append(await request.json())
        if self.keystone:
            return await self.keystone(request)
        return self.grant()

    def grant(self) -> web.Response:
        token = f"token-{len(self.token_requests)}"
        self.valid.add(token)
        issued = datetime.fromtimestamp(NOW, UTC) + self.skew
        times = {"issued_at": issued, "expires_at": issued + self.life}
        body = {"token": {n: f"{t:%Y-%m-%dT%H:%M:%S.%f}Z" for n, t in times.items()} | {"methods": ["password"]}}
        answer = reply(body, 201)
        answer.headers["X-Subject-Token"] = token
        return answer

    async def on_platform(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.read())
        if request.headers.get("X-Auth-Token") not in self.valid:
            return unknown_to_keystone()
        return await self.platform(request) if self.platform else reply({})

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v3/auth/tokens", self.on_token)
        app.router.add_route("*", "/{rest:.*}", self.on_platform)
        return app

    def answers(self, *answers: Any) -> None:
        """One after another; the last one stays."""
        self.platform = following(*answers)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    fake = FakeSite()
    server = TestServer(fake.app())
    await server.start_server()
    fake.url = str(server.make_url("")).rstrip("/")
    yield fake
    await server.close()


def endpoint_at(url: str, **said: Any) -> Endpoint:
    credentials = Credentials(username="admin", password=Password(secret_ref="env:SC_0412"))
    whole = {"auth_url": url, "services": {Service.PLATFORM: url}, "credentials": credentials, **said}
    return Endpoint(name="sc-0412", **whole)


@pytest.fixture
def endpoint(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("SC_0412", PASSWORD)
    return endpoint_at(site.url)


QUICKLY = Limits(connect_s=1.0, read_s=1.0, write_s=1.0, action_s=1.0, patience=Patience(chance=lambda: 1.0))
Open = Callable[..., Awaitable[SiteClients]]


@pytest.fixture
async def open_clients(endpoint: Endpoint, clock: FakeClock) -> AsyncIterator[Open]:
    """Open a site's clients; `at` is the endpoint, any limit may be said."""
    async with AsyncExitStack() as stack:

        async def opened(at: Endpoint | None = None, observer: Any = None, **limits: Any) -> SiteClients:
            more = {"observer": observer} if observer else {}
            whole = replace(QUICKLY, **limits)
            return await stack.enter_async_context(open_site(at or endpoint, open_session, clock, whole, **more))

        yield opened


@pytest.fixture
async def clients(open_clients: Open) -> SiteClients:
    return await open_clients()
