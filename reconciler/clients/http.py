"""One request to one service of one site, and its answer; whatever goes wrong on the way is Unreachable.

One session serves the process. Each site has a line of its own, with a few slots: a dead site fills its own slots and
takes nothing from the others. sysinv serves two requests at a time, so more slots buy nothing (sysinv cmd/api.py).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from types import SimpleNamespace
from typing import Protocol

import aiohttp

from reconciler.clients import tls
from reconciler.clients.clock import Clock
from reconciler.clients.endpoints import Endpoint
from reconciler.clients.faults import error_of, garbled, not_its_own, unreachable
from reconciler.clients.message import Answer, Request
from reconciler.clients.patience import Patience, again
from reconciler.clients.transport import failure_of, in_words
from reconciler.model.errors import Failure, Unreachable

# sysinv reads the agent of every host PATCH, fails with 500 where there is none, and gives agents that begin with
# mtce or vim the rights of maintenance and of the VIM (starlingx/config sysinv/api/controllers/v1/host.py).
USER_AGENT = f"stx-reconciler/{version('stx-reconciler')}"
LARGEST_ANSWER = 64 * 1024 * 1024  # a page holds 2000 rows of at most a few KB


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds, and how much at once. `connect_s` covers resolving, TCP and TLS."""

    connect_s: float = 10.0
    read_s: float = 30.0
    write_s: float = 60.0
    action_s: float = 120.0  # a host action waits for VIM, maintenance and SM inside the request
    connections: int = 3
    patience: Patience = field(default_factory=Patience)


class Observer(Protocol):
    """Told of every request that ended: `code_class` is `2xx`, or a `Failure` where there was no answer."""

    def __call__(self, service: str, method: str, code_class: str, seconds: float) -> None: ...


def nobody(service: str, method: str, code_class: str, seconds: float) -> None:
    """The observer that counts nothing."""


async def freely(site: str) -> None:
    """Nobody else writes to the sites: there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: as sites see it, and what is asked right before each write.

    name: of one replica among several. may_write: returns when the site may be written to; that may be never.
    """

    name: str = ""
    may_write: Callable[[str], Awaitable[None]] = freely

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        return f"{USER_AGENT} ({self.name})" if self.name else USER_AGENT


class _NotTwice(aiohttp.ClientConnectionError):
    """Stands for a lost connection where aiohttp would otherwise send a PUT or DELETE again by itself."""


async def _not_twice(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _NotTwice(*error.args) from error


async def _mark_sent(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx.sent = True


@asynccontextmanager
async def open_session(agent: str = USER_AGENT) -> AsyncIterator[aiohttp.ClientSession]:
    """The session of the process. Lines bound it per site, so it has no bound of its own."""
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_mark_sent)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
        headers={"Accept": "application/json", "User-Agent": agent},
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[trace],
        middlewares=(_not_twice,),
    ) as session:
        yield session


class Line:
    """The way to one site: its slots, its CAs, its patience, its observer, and who sends."""

    def __init__(
        self,
        endpoint: Endpoint,
        session: aiohttp.ClientSession,
        clock: Clock,
        limits: Limits | None = None,
        observer: Observer = nobody,
        *,
        sender: Sender | None = None,
    ) -> None:
        self.site = endpoint.name
        self.limits = limits or Limits()
        self._ca_file = endpoint.ca_file
        self._session = session
        self._clock = clock
        self._observer = observer
        self._may_write = (sender or Sender()).may_write
        self._slots = asyncio.Semaphore(self.limits.connections)
        self._losses = 0  # how often nobody was there to connect to, and how it was the last time
        self._loss = Failure.NO_ROUTE

    async def exchange(self, request: Request) -> Answer:
        """The service's own answer, within `timeout_s` of being sent; repeatable requests are patient.

        Raises Unreachable, also for what a gateway says in the service's place, or ConfigError.
        """
        if not request.repeatable:
            return await self._in_turn(request)
        return await again(lambda: self._in_turn(request), self.limits.patience, self._clock)

    async def _in_turn(self, request: Request) -> Answer:
        """Requests that wait for a slot while another finds nobody there are not tried: a dead site costs one time-out."""
        losses = self._losses
        async with self._slots:
            if self._losses != losses:
                detail = "nobody was there while this waited its turn"
                raise unreachable(request, self.site, self._loss, detail, sent=False)
            if not request.repeatable:
                await self._may_write(self.site)  # the last thing before it goes
            return await self._timed(request, tls.context(self._ca_file))

    async def _timed(self, request: Request, verified: ssl.SSLContext) -> Answer:
        loop = asyncio.get_running_loop()
        began, code_class = loop.time(), "cancelled"
        try:
            answer = await self._ask(request, verified)
            code_class = f"{answer.status // 100}xx"
        except Unreachable as error:
            code_class = error.failure.value
            raise
        else:
            return answer
        finally:
            self._observer(request.service, request.method, code_class, loop.time() - began)

    async def _ask(self, request: Request, verified: ssl.SSLContext) -> Answer:
        trace = SimpleNamespace(sent=False)
        try:
            answer = await self._send(request, verified, trace)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = failure_of(error)
            if not trace.sent:
                self._losses, self._loss = self._losses + 1, failure
            detail = in_words(error, request.timeout_s)
            raise unreachable(request, self.site, failure, detail, sent=trace.sent) from error
        if not_its_own(answer):
            raise error_of(answer, request, self.site)
        return answer

    async def _send(self, request: Request, verified: ssl.SSLContext, trace: SimpleNamespace) -> Answer:
        async with self._session.request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            ssl=verified,
            timeout=aiohttp.ClientTimeout(total=request.timeout_s, connect=self.limits.connect_s),
            allow_redirects=False,  # the token would go along
            trace_request_ctx=trace,
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise garbled(request, self.site, f"more than {LARGEST_ANSWER} bytes")
            return Answer(response.status, bytes(body), response.headers)
