"""Controllers behind one HTTP port, ``/<name>/redfish/v1``: a thin shell, and the ways in which it fails to answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.interference import Connection, Interference, Rule, Trouble
from reconciler.simulator.redfish.bmc import handle
from reconciler.simulator.redfish.host import Bmc
from reconciler.simulator.site import Pace


@dataclass
class Standing:
    """A controller where it can be asked, and what keeps it from answering. ``ahead``: seconds that were let pass at once."""

    bmc: Bmc
    pace: Pace
    interference: Interference = field(default_factory=Interference)
    requests: int = 0
    seen_boots: int = 0  # of its host, by itself
    ahead: float = 0.0
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.pace.clock()

    @property
    def now(self) -> float:
        return self.pace.elapsed(self.began) + self.ahead

    def advance(self, seconds: float) -> None:
        """Let so many simulated seconds pass at once."""
        self.ahead += seconds
        self.bmc.advance(self.now)


@dataclass
class Rack:
    """Running controllers by name."""

    url: str
    boards: Mapping[str, Standing]
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def url_of(self, name: str) -> str:
        return f"{self.url}/{name}"


@asynccontextmanager
async def serve_boards(
    bmcs: Mapping[str, Bmc], pace: Pace, *, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Rack]:
    """Serve the controllers on loopback until the context ends."""
    rack = Rack("", {name: Standing(bmc, pace) for name, bmc in bmcs.items()})

    async def of_rack(request: web.Request) -> web.StreamResponse:
        return await _of_rack(rack, request)

    application = web.Application()
    application.router.add_route("*", "/{name}{path:/.*}", of_rack)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        rack.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        yield rack
    finally:
        rack.closing.set()
        await runner.cleanup()


async def _of_rack(rack: Rack, request: web.Request) -> web.StreamResponse:
    standing = rack.boards.get(request.match_info["name"])
    if standing is None:
        return web.Response(status=404, text="no such controller")
    base = f"{rack.url}/{request.match_info['name']}"
    asked = Request(
        request.method,
        request.match_info["path"],
        dict(request.query),
        dict(request.headers),
        await request.read(),
        base,
    )
    return await answer(standing, asked, request, rack.closing)


async def answer(
    standing: Standing, asked: Request, request: web.Request, closing: asyncio.Event
) -> web.StreamResponse:
    """What a controller answers, in its time and to the end, or not."""
    standing.requests += 1
    if standing.interference.connection is Connection.SILENT:
        await closing.wait()
    if standing.interference.connection is not Connection.UP:
        return _cut(request)
    rule = standing.interference.rule_for(asked.method, asked.path)
    return await _troubled(standing, asked, request, rule) if rule else _sent(handle(standing.bmc, asked, standing.now))


async def _troubled(standing: Standing, asked: Request, request: web.Request, rule: Rule) -> web.StreamResponse:
    if rule.trouble is Trouble.REFUSE:
        return web.Response(status=rule.status, text=rule.text)
    if rule.trouble is Trouble.RESET:
        return _cut(request)
    if rule.trouble is Trouble.DELAY:
        await asyncio.sleep(rule.seconds)
    sent = _sent(handle(standing.bmc, asked, standing.now))
    if rule.trouble is Trouble.HALF:
        return await _half(request, sent)
    return _cut(request) if rule.trouble is Trouble.RESET_AFTER else sent


def _sent(response: Response) -> web.Response:
    headers = {"Content-Type": "application/json", **response.headers} if response.status != 204 else {}
    return web.Response(status=response.status, body=response.content() or None, headers=headers)


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body if isinstance(whole.body, bytes) else b""
    begun = web.StreamResponse(status=whole.status, headers=dict(whole.headers))
    begun.content_length = len(body) or 1
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
    return _cut(request) if request.transport is None else _aborted(request, begun)


def _aborted(request: web.Request, begun: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return begun


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
