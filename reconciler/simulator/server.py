"""Many simulated subclouds behind one HTTP port: a thin shell around pure systems.

``/<subcloud>/identity/v3/...`` is its Keystone, ``/<subcloud>/platform/v1/...`` its sysinv,
``/<subcloud>/faultmanagement/v1/...`` its Fault Management, ``nfv`` its VIM, ``usm`` its software management;
``/<subcloud>/boards/<host>/redfish/v1/...`` the board management controller of a host;
``/systemController/identity``, ``dcmanager`` and ``faultmanagement`` are the central cloud's; ``/control/v1/...`` is the control API. Everything a system does happens in one synchronous call between two awaits, so writes are serial.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import ChainMap, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from reconciler.simulator import board_rooms, control, dcmanager, fm, usm, vim
from reconciler.simulator.board_rooms import BoardRooms, BoardsOf, no_boards
from reconciler.simulator.dcmanager import CENTRAL, OWN_REGION, REGION
from reconciler.simulator.exchange import Fault, Request, Response
from reconciler.simulator.interference import Absence, Connection, Rule, Trouble, absence
from reconciler.simulator.keystone import Keystone, unauthorized
from reconciler.simulator.presence import Presence
from reconciler.simulator.site import Pace, Site
from reconciler.simulator.slowness import WORKERS, seconds
from reconciler.simulator.sysinv.config import API_DIES
from reconciler.simulator.system import System

Source = System | Callable[[], System]
OF_SYSTEM: Mapping[str, Callable[[System, Request], Response]] = {
    "platform": System.handle,
    "faultmanagement": fm.handle,
    "nfv": vim.handle,
    "usm": usm.handle,
}
SERVICES = ("identity", *OF_SYSTEM)
OF_CENTRAL = ("identity", "dcmanager", "faultmanagement")
PUBLIC = ("", "/", "/v1", "/v1/")


@dataclass(frozen=True)
class ServerOptions:
    """``speed``: simulated seconds in a real one. ``token_seconds`` are real ones, as clients count them.

    ``slowness``: 0 answers at once, 1 as slowly as the real server was measured (see ``slowness``). ``racked``: sites whose
    machines stand in the rack, and that no central cloud has deployed yet. ``central``: what the central cloud is itself,
    as in ``dcmanager.about.USUAL``. ``boards``: the controllers of a site's hosts, by host.
    """

    speed: float = 1.0
    password: str = "simulated"  # noqa: S105  the CLI makes a random one
    token_seconds: float = 3600.0
    slowness: float = 0.0
    tls: ssl.SSLContext | None = None
    racked: frozenset[str] = frozenset()
    central: Mapping[str, Any] = field(default_factory=dict)
    boards: BoardsOf = no_boards
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time


@dataclass
class Server:
    """A running simulator; ``sites`` and ``central`` give everything that the control API can do, in-process."""

    url: str
    central: Site
    boards: BoardRooms
    sites: dict[str, Site] = field(default_factory=dict)

    def authority(self, site: str) -> dict[str, str]:
        """Where the site's services are."""
        return {service: f"{self.url}/{site}/{service}" for service in SERVICES}


@asynccontextmanager
async def serve(
    systems: Mapping[str, Source], host: str = "127.0.0.1", port: int = 0, options: ServerOptions | None = None
) -> AsyncIterator[Server]:
    """Serve the systems until the context ends. Port 0 takes a free one; see ``Server.url``."""
    options = options or ServerOptions()
    sites = {name: _site(name, source, options) for name, source in systems.items()}
    deployed = [name for name in systems if name not in options.racked]
    central = _site(CENTRAL, lambda: dcmanager.central(deployed, **options.central), options, REGION)
    presence = Presence(central, sites, lambda name, build: _site(name, build, options), options.racked)
    closing = asyncio.Event()
    rooms = BoardRooms(sites, options.boards, closing)
    application = _application(_Shell(presence, sites, central, rooms, closing=closing, slowness=options.slowness))
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        listener = web.TCPSite(runner, host, port, ssl_context=options.tls)
        await listener.start()
        scheme = "https" if options.tls else "http"
        yield Server(f"{scheme}://{host}:{_port(runner)}", central, rooms, sites)
    finally:
        closing.set()
        await runner.cleanup()


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])


def _site(name: str, source: Source, options: ServerOptions, region: str = "") -> Site:
    keystone = Keystone(options.password, options.wall_clock, options.token_seconds, region=region or name)
    if name == CENTRAL:
        keystone.regions["faultmanagement"] = OWN_REGION
    build = (lambda: source) if isinstance(source, System) else source
    return Site(name, build, keystone, Pace(options.clock, options.speed))


def _application(shell: _Shell) -> web.Application:
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_route("*", "/{path:.*}", shell.answer)
    return application


class _Shell:
    def __init__(
        self,
        presence: Presence,
        sites: dict[str, Site],
        central: Site,
        rooms: BoardRooms,
        *,
        closing: asyncio.Event,
        slowness: float,
    ) -> None:
        self._presence = presence
        self._sites = ChainMap(sites, {CENTRAL: central})  # one that is deployed later is there, too
        self._central, self._rooms = central, rooms
        self._closing = closing
        self._slowness = slowness
        self._workers: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(WORKERS))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        if request.path.startswith(control.PREFIX):
            return _sent(control.handle(self._sites, _asked(request, request.path, str(request.url.origin()), content)))
        name, service, path = _taken_apart(request.path)
        if service == board_rooms.SERVICE:
            base = f"{request.url.origin()}/{name}/{service}"
            return await self._rooms.answer(name, _asked(request, path, base, content), request)
        site = self._central if name == CENTRAL else self._presence.site(name)
        if site is None or service not in _services(site):
            return web.json_response({"error": f"no such site or service: {request.path}"}, status=404)
        base = f"{request.url.origin()}/{name}/{service}"
        return await self._answer_of_site(site, service, request, _asked(request, path, base, content))

    async def _answer_of_site(
        self, site: Site, service: str, request: web.Request, asked: Request
    ) -> web.StreamResponse:
        site.requests += 1
        if site.interference.connection is Connection.SILENT:
            return await self._silence(request)
        if site.interference.connection is Connection.RESET or not site.is_up:
            return _reset(request)
        if site.is_built and (away := absence(site.system.address_moves, site.system.now)):
            return self._away(away, site, service, request, asked)
        rule = site.interference.rule_for(asked.method, f"/{service}{asked.path}")
        if rule is not None:
            return await self._with_trouble(site, service, request, asked, rule)
        return _sent(await self._worked_on(site, service, asked))

    async def _worked_on(self, site: Site, service: str, asked: Request) -> Response:
        """The answer, after the time that the real server takes for it."""
        if not self._slowness or service != "platform":
            return self._exchange(site, service, asked)
        async with self._workers[site.name]:
            response = self._exchange(site, service, asked)
            await asyncio.sleep(seconds(asked.method, response) * self._slowness)
            return response

    async def _with_trouble(
        self, site: Site, service: str, request: web.Request, asked: Request, rule: Rule
    ) -> web.StreamResponse:
        if rule.trouble in {Trouble.REFUSE, Trouble.ECHO}:
            again = f" {dict(request.headers)} {asked.content.decode(errors='replace')}"
            fault = Fault(rule.status, rule.text + (again if rule.trouble is Trouble.ECHO else ""))
            return _sent(dcmanager.refusal(asked, fault) if service == "dcmanager" else fault.response())
        if rule.trouble is Trouble.RESET:
            return _reset(request)
        if rule.trouble is Trouble.HANG_BEFORE:
            return await self._silence(request)
        if rule.trouble is Trouble.DELAY:
            await asyncio.sleep(rule.seconds)
        if rule.trouble is Trouble.STORED:
            site.system.marks.add(API_DIES)
        response = self._exchange(site, service, asked)
        if rule.trouble is Trouble.HANG_AFTER:
            return await self._silence(request)
        if rule.trouble is Trouble.HALF:
            return await _half(request, _sent(response))
        is_cut = rule.trouble in {Trouble.RESET_AFTER, Trouble.STORED}
        return _reset(request) if is_cut else _sent(response)

    def _exchange(self, site: Site, service: str, asked: Request) -> Response:
        """One request to a site's service, in-process: what the HTTP shell does between receiving and answering."""
        root = asked.base.rsplit("/", 1)[0]
        if service == "identity":
            return site.keystone.handle(asked, {name: f"{root}/{name}/{_version_of(name)}" for name in _services(site)})
        if service == "dcmanager":
            return dcmanager.handle(site.system, asked, site.keystone.accepts, self._presence)
        if service == "platform" and asked.path in PUBLIC:
            return Response(200, _versions(asked.base))
        if not site.keystone.accepts(asked.header("X-Auth-Token")):
            return unauthorized(f"{root}/identity")
        return OF_SYSTEM[service](site.system, asked)

    def _away(
        self, away: Absence, site: Site, service: str, request: web.Request, asked: Request
    ) -> web.StreamResponse:
        """An answer of a site whose floating address moves."""
        if away is Absence.CUT or (away is Absence.EMPTY and asked.method != "GET"):
            return _reset(request)
        if away is Absence.GATEWAY:
            return _sent(Response(503, text="<html><body><h1>503 Service Unavailable</h1></body></html>"))
        response = self._exchange(site, service, asked)
        lists = isinstance(response.body, dict) and response.status == 200
        body = {k: [] if isinstance(v, list) else v for k, v in response.body.items()} if lists else response.body
        return _sent(replace(response, body=body))

    async def _silence(self, request: web.Request) -> web.StreamResponse:
        """No answer until the client gives up or the simulator ends."""
        await self._closing.wait()
        return _reset(request)


def _services(site: Site) -> tuple[str, ...]:
    return OF_CENTRAL if site.name == CENTRAL else SERVICES


def _version_of(service: str) -> str:
    return {"identity": "v3", "dcmanager": "v1.0"}.get(service, "v1")


def _versions(base: str) -> dict[str, object]:
    version = {"id": "v1", "links": [{"href": f"{base}/v1/", "rel": "self"}]}
    return {"name": "Titanium SysInv API", "versions": [version], "default_version": version}


def _taken_apart(path: str) -> tuple[str, str, str]:
    """``/<site>/<service>/<rest>`` as its three parts, the rest with its slash."""
    _, name, *rest = [*path.split("/", 3), "", ""]
    service, below = rest[0], rest[1]
    return name, service, f"/{below}" if below else ""


def _asked(request: web.Request, path: str, base: str, content: bytes) -> Request:
    return Request(request.method, path, dict(request.query), dict(request.headers), content, base)


def _sent(response: Response) -> web.Response:
    headers = dict(response.headers)
    if response.content_type:
        headers["Content-Type"] = response.content_type
    return web.Response(status=response.status, body=response.content() or None, headers=headers)


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The answer's head, half of its body, and no more."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    begun = web.StreamResponse(status=whole.status, headers=dict(whole.headers))
    begun.content_length = len(body) or 1
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return begun


def _reset(request: web.Request) -> web.Response:
    """Cut the connection; the response that aiohttp wants goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
