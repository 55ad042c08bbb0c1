"""One full read of an AIO-DX: how many requests, and what the client's CPU adds to fetching the same bytes bare."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import aiohttp
import orjson
from pydantic import SecretStr

from benchmarks.result import Result
from benchmarks.simulated import SITES, simulator
from reconciler.clients import SYSTEM_CLOCK, Endpoint, load, open_site
from reconciler.clients.keystone import token_request
from reconciler.diff import compare, spelled
from reconciler.engine.opening import open_folder
from reconciler.engine.remote import SiteRemote
from reconciler.kinds import registry
from reconciler.model.rows import COLLECTIONS
from reconciler.model.words import Scope, Service

SITE = "yard-east"  # an AIO-DX of `sites/`
REPEATS = 20
CONNECTIONS = 4


def run() -> list[Result]:
    """Every figure of this benchmark, against a simulator in another process."""
    with simulator() as endpoints:
        return asyncio.run(_run(endpoints))


async def _run(endpoints: Path) -> list[Result]:
    endpoint = load(endpoints)[SITE]
    requests: list[str] = []
    async with AsyncExitStack() as stack:
        observer = lambda service, method, _code, _seconds: requests.append(f"{service} {method}")  # noqa: E731
        clients = await stack.enter_async_context(open_site(endpoint, observer=observer))
        remote = SiteRemote(SITE, clients.platform, registry(), SYSTEM_CLOCK)
        bare = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)))
        headers = {"X-Auth-Token": await _token(bare, endpoint), "Accept": "application/json", "User-Agent": "bench/1"}
        wanted = open_folder(SITES, registry()).desired(SITE)

        async def ours() -> None:
            seen = await remote.observe(())
            compare(spelled(wanted, seen, registry()), seen, registry())

        await ours()
        requests.clear()
        await ours()
        count = sum(r.startswith("platform") for r in requests)
        urls = await _urls(bare, endpoint, headers)

        async def floor() -> None:
            await asyncio.gather(*(_bare(bare, url, headers) for url in urls))

        await floor()
        pairs = [(await _cpu_ms(floor), await _cpu_ms(ours)) for _ in range(REPEATS)]
    low, high = median(p[0] for p in pairs), median(p[1] for p in pairs)
    return [
        Result("observe_requests_aio_dx", count, "requests", 41),
        Result("observe_floor_cpu", low, "ms"),
        Result("observe_and_diff_cpu", high, "ms"),
        Result("observe_and_diff_to_floor", median(p[1] / p[0] for p in pairs), "x", 3.0),
    ]


async def _cpu_ms(work: Callable[[], Awaitable[None]]) -> float:
    began = time.process_time()
    await work()
    return (time.process_time() - began) * 1e3


async def _bare(session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
    async with session.get(url, headers=headers) as answer:
        orjson.loads(await answer.read())


async def _urls(session: aiohttp.ClientSession, endpoint: Endpoint, headers: dict[str, str]) -> list[str]:
    """The very lists that a full read asks for."""
    base = str(endpoint.services["platform"])
    async with session.get(f"{base}/v1/ihosts", headers=headers) as answer:
        hosts = [h["uuid"] for h in orjson.loads(await answer.read())["ihosts"]]
    kinds = (kind for kind in registry().values() if not kind.is_read_on_demand)
    names = {"ihosts", "isystems"} | {c for kind in kinds for c in kind.collections}
    asked = [c for c in (COLLECTIONS[name] for name in sorted(names)) if c.service is Service.PLATFORM]
    once = [c.path for c in asked if c.scope is Scope.SYSTEM]
    return [
        base + path for path in once + [c.path.format(host=h) for c in asked if c.scope is Scope.HOST for h in hosts]
    ]


async def _token(session: aiohttp.ClientSession, endpoint: Endpoint) -> str:
    body = token_request(endpoint.credentials, endpoint.password())
    async with session.post(f"{endpoint.auth_url}/auth/tokens", data=orjson.dumps(body, default=_revealed)) as answer:
        return answer.headers["X-Subject-Token"]


def _revealed(value: SecretStr) -> str:
    """A password, for the bare client only."""
    return value.get_secret_value()
