"""What our clients add to bare HTTP: CPU and time for one list, and memory for a site, over 200 sites on loopback."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext

import orjson
from aiohttp import ClientSession, web

from benchmarks.result import Result
from reconciler.clients import Endpoint, SiteClients, open_session, open_site
from reconciler.clients.endpoints import Credentials, Password
from reconciler.model.words import Service

SITES = 200
ROUNDS = 25
PASSWORD = "BENCH_HTTP_PASSWORD"  # the variable's name
# Twelve hosts of about 1.8 KB: a list of the size that sysinv's /v1/ihosts has.
HOST = {f"attribute_{n}": f"value {n}" for n in range(70)} | {"links": [{"href": "http://p/v1/x", "rel": "self"}] * 2}
HOSTS = orjson.dumps({"ihosts": [HOST] * 12})
TOKEN = orjson.dumps({"token": {"issued_at": "2026-11-21T00:00:00.0Z", "expires_at": "2026-11-22T00:00:00.0Z"}})
URLS = [f"http://127.0.{n // 250}.{n % 250 + 1}" for n in range(SITES)]


def run() -> list[Result]:
    """Every figure of this benchmark. The floor is a bare aiohttp session that reads and decodes the same list."""
    os.environ[PASSWORD] = "x"
    with _server() as port:
        return asyncio.run(_measured([f"{url}:{port}" for url in URLS]))


async def _measured(urls: list[str]) -> list[Result]:
    async with open_session() as session:
        floor_cpu_us, floor_s = await _rounds([_bare(session, url) for url in urls])
        async with _clients(session, urls) as clients:
            cpu_us, wall_s = await _rounds([_ours(site) for site in clients])
        site_kb = await _kept(session, urls)
    return [
        Result("http_floor_cpu", floor_cpu_us, "us"),
        Result("http_floor_rate", SITES * ROUNDS / floor_s, "1/s"),
        Result("http_clients_cpu", cpu_us, "us"),
        Result("http_clients_rate", SITES * ROUNDS / wall_s, "1/s"),
        Result("http_clients_to_floor", cpu_us / floor_cpu_us, "ratio", 2.0),
        Result("http_memory_per_site", site_kb, "KiB", 20.0),
    ]


async def _rounds(calls: list[Callable[[], Awaitable[None]]]) -> tuple[float, float]:
    """CPU microseconds for one call, and seconds for all: every site once a round, all at once."""
    await asyncio.gather(*(call() for call in calls))  # connections, tokens
    gc.collect()
    began_cpu, began = time.process_time(), time.perf_counter()
    for _ in range(ROUNDS):
        await asyncio.gather(*(call() for call in calls))
    return (time.process_time() - began_cpu) / (len(calls) * ROUNDS) * 1e6, time.perf_counter() - began


def _bare(session: ClientSession, url: str) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        async with session.get(
            f"{url}/v1/ihosts", headers={"X-Auth-Token": "t"}, trace_request_ctx=_Sent()
        ) as response:
            _expect(orjson.loads(await response.read())["ihosts"])

    return call


def _ours(site: SiteClients) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        _expect(await site.platform.list("/v1/ihosts", "ihosts"))

    return call


class _Sent:
    sent = False


def _expect(rows: object) -> None:
    if not isinstance(rows, list | tuple) or len(rows) != 12:
        raise RuntimeError("the server did not answer with twelve hosts")


@asynccontextmanager
async def _clients(session: ClientSession, urls: list[str]) -> AsyncIterator[list[SiteClients]]:
    async with AsyncExitStack() as stack:
        sites = (open_site(_endpoint(url), lambda: nullcontext(session)) for url in urls)
        yield [await stack.enter_async_context(site) for site in sites]


def _endpoint(url: str) -> Endpoint:
    who = Credentials(username="admin", password=Password(secret_ref=f"env:{PASSWORD}"))
    return Endpoint(name=url, auth_url=url, services={Service.PLATFORM: url}, credentials=who)


async def _kept(session: ClientSession, urls: list[str]) -> float:
    """KiB that are allocated for a site once it was asked. What is resident beside that is the allocator's affair."""
    tracemalloc.start()
    async with _clients(session, urls) as clients:
        await asyncio.gather(*(_ours(site)() for site in clients))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 1024 / SITES


@contextmanager
def _server() -> Iterator[int]:
    """The other side in a process of its own, so that its CPU is not counted."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.bench_http", "serve"], stdout=subprocess.PIPE) as server:
        if server.stdout is None:
            raise RuntimeError("the server has no output to read its port from")
        yield int(server.stdout.readline())
        server.terminate()


async def _serve() -> None:
    async def hosts(_request: web.Request) -> web.Response:
        return web.Response(body=HOSTS, content_type="application/json")

    async def token(_request: web.Request) -> web.Response:
        return web.Response(body=TOKEN, status=201, headers={"X-Subject-Token": "t"})

    app = web.Application()
    app.add_routes([web.get("/v1/ihosts", hosts), web.post("/v3/auth/tokens", token)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = 0
    for url in URLS:  # loopback addresses, and nothing but them
        await web.TCPSite(runner, url.removeprefix("http://"), port, backlog=64).start()
        port = port or runner.addresses[0][1]
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(_serve())
    else:
        print(*run(), sep="\n")
