"""What a status pass over 5,000 subclouds costs us: one call for all, and each site told its row of it, counted in CPU."""

from __future__ import annotations

import asyncio
import json
import os
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from benchmarks.result import Result
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.central import open_central
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.engine.central import Central
from reconciler.simulator import dcmanager
from reconciler.simulator.exchange import Request
from reconciler.simulator.system import System

SUBCLOUDS = 5_000
ROUNDS = 5
PASSWORD = "BENCH_CENTRAL_PASSWORD"  # the variable's name
INSTALL = json.dumps({"bmc_address": "10.10.10.112", "bmc_password": "Ym1jcHc=", "install_type": 3, "image": "x" * 300})


def run() -> list[Result]:
    """The server's part is answered from memory: what is measured is ours."""
    os.environ[PASSWORD] = "x"
    return asyncio.run(_measured(_rows()))


def _rows() -> dict[str, bytes]:
    """What a simulated central cloud of this size says, by path."""
    system = dcmanager.central(f"ran-{number:05}" for number in range(SUBCLOUDS))
    for row in system.tables.rows("subclouds"):
        system.tables.update("subclouds", row["uuid"], {"data_install": INSTALL})
    paths = ("/v1.0/subclouds", "/v1.0/sw-update-strategy")
    headers = {"X-Auth-Token": "x", "Accept": "application/json"}
    return {path: _said(system, Request("GET", path, headers=headers)) for path in paths}


def _said(system: System, request: Request) -> bytes:
    return dcmanager.handle(system, request, lambda _: True).content()


async def _measured(said: dict[str, bytes]) -> list[Result]:
    asked: list[str] = []
    async with _server(said, asked) as url, _centre(url) as centre:
        names = await _pass(centre)
        asked.clear()
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(ROUNDS):
            await _pass(centre)
        cpu_s, wall_s = (time.process_time() - cpu) / ROUNDS, (time.perf_counter() - began) / ROUNDS
        calls = len(asked) / ROUNDS
        tracemalloc.start()
        await _pass(centre)
        kept = tracemalloc.get_traced_memory()[0] / len(names)
        tracemalloc.stop()
    return [
        Result("central_pass_cpu", cpu_s, "s", 2.0),
        Result("central_pass_time", wall_s, "s"),
        Result("central_pass_calls", calls, "calls", 2.0),
        Result("central_answer", len(said["/v1.0/subclouds"]) / 1e6, "MB"),
        Result("central_memory_per_subcloud", kept / 1024, "KiB", 4.0),
    ]


async def _pass(centre: Central) -> frozenset[str]:
    """Read anew, and every site told what is done with it, as its visit asks."""
    await centre.read()
    names = frozenset(await centre.rows())
    for name in names:
        seen = await centre.of(name)
        assert seen is not None
        assert not seen.at_work(name)
    return names


@asynccontextmanager
async def _server(said: dict[str, bytes], asked: list[str]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        if request.method == "POST":
            issued = {"issued_at": "2026-11-21T00:00:00.0Z", "expires_at": "2126-11-21T00:00:00.0Z"}
            return web.json_response({"token": issued}, status=201, headers={"X-Subject-Token": "x"})
        asked.append(request.path)
        body = said[request.path]
        return web.Response(
            body=body, status=200 if b'"code"' not in body[:20] else 404, content_type="application/json"
        )

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _centre(url: str) -> AsyncIterator[Central]:
    credentials = Credentials(username="admin", password=Password(secret_ref=f"env:{PASSWORD}"))
    endpoint = Endpoint(
        name="systemController", auth_url=f"{url}/v3", credentials=credentials, services={"dcmanager": url}
    )
    centre = Central(lambda: endpoint, open_central, SYSTEM_CLOCK)
    try:
        yield centre
    finally:
        await centre.close()
