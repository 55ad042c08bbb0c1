"""A fleet, its controller, and the Prometheus and Alertmanager of the distribution: who is paged, by what, how often."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from tests.charts.rendering import rules
from tests.e2e.rolling import STXR, Rolling

SCALE = 60  # a minute of the rules is a second here
OBSERVE_S = 36_000  # of the rules: nothing grows stale here
EXAMPLE = Path(__file__).parents[2] / "docs" / "alertmanager.yaml"
MONITORS = tuple(shutil.which(name) for name in ("prometheus", "prometheus-alertmanager"))


@dataclass
class Watched:
    """The fleet with all that watches it. pages: what reached a person, as Alertmanager sent it, by receiver."""

    rolling: Rolling
    folder: Path
    session: aiohttp.ClientSession
    ports: Mapping[str, int]
    pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    controller: asyncio.subprocess.Process | None = None

    async def firing(self) -> list[dict[str, Any]]:
        """The alerts that Alertmanager has and that nothing holds back, without the one that always fires."""
        address = f"http://127.0.0.1:{self.ports['alertmanager']}/api/v2/alerts?active=true&inhibited=false"
        async with self.session.get(address) as answer:
            found = await answer.json()
        return [alert for alert in found if alert["labels"]["alertname"] != "StxrWatchdog"]

    async def names(self) -> set[str]:
        return {alert["labels"]["alertname"] for alert in await self.firing()}

    async def until(self, told: Callable[[list[dict[str, Any]]], bool], seconds: float) -> list[dict[str, Any]]:
        """The alerts, when they are as told."""
        for _ in range(int(seconds * 2)):
            found = await self.firing()
            if told(found):
                return found
            await asyncio.sleep(0.5)
        raise AssertionError([(a["labels"], a["annotations"]["summary"]) for a in found][:10])

    async def metric(self, asked: str) -> float:
        """The value of an expression; 0 where there is none."""
        address = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/query"
        async with self.session.get(address, params={"query": asked}) as answer:
            found = (await answer.json())["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0

    async def look(self, *names: str) -> None:
        """`stxr look`."""
        process = await asyncio.create_subprocess_exec(
            *STXR, "look", *names, "--state", str(self.rolling.world.state), stdout=asyncio.subprocess.DEVNULL
        )
        assert await process.wait() == 0

    def kill(self) -> None:
        assert self.controller is not None
        self.controller.send_signal(signal.SIGKILL)


@asynccontextmanager
async def watched(rolling: Rolling, folder: Path) -> AsyncIterator[Watched]:
    """All of it at work, until the context ends."""
    ports = {name: _free() for name in ("controller", "prometheus", "alertmanager", "sink")}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        it = Watched(rolling, folder, session, ports)
        await _sink(it, stack)
        _write(it)
        prometheus, alertmanager = map(str, MONITORS)
        it.controller = await _controller(it, stack)
        await _begin(stack, folder / "alertmanager.log", alertmanager, f"--config.file={folder / 'alertmanager.yaml'}",
                     f"--storage.path={folder / 'alertmanager'}", "--cluster.listen-address=",
                     f"--web.listen-address=127.0.0.1:{ports['alertmanager']}")  # fmt: skip
        await _begin(stack, folder / "prometheus.log", prometheus, f"--config.file={folder / 'prometheus.yaml'}",
                     f"--storage.tsdb.path={folder / 'prometheus'}",
                     f"--web.listen-address=127.0.0.1:{ports['prometheus']}")  # fmt: skip
        yield it


async def _controller(it: Watched, stack: AsyncExitStack) -> asyncio.subprocess.Process:
    world = it.rolling.world
    where = ("--repo", world.root, "--branch", "main", "--endpoints", world.endpoints, "--state", world.state)
    pace = ("--listen", f"127.0.0.1:{it.ports['controller']}", "--poll-every", "1", "--observe-every", "3600")
    return await _begin(stack, it.rolling.log, *STXR, "run", *map(str, (*where, *pace)))


async def _begin(stack: AsyncExitStack, log: Path, *command: str) -> asyncio.subprocess.Process:
    """A process that ends with the context."""
    opened = stack.enter_context(log.open("ab"))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=opened, stderr=opened, env=os.environ | {"STXR_API_TOKEN": "token"}
    )

    async def end() -> None:
        if process.returncode is None:
            process.terminate()
            await process.wait()

    stack.push_async_callback(end)
    return process


async def _sink(it: Watched, stack: AsyncExitStack) -> None:
    async def take(request: web.Request) -> web.Response:
        it.pages.append((request.match_info["receiver"], await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/{receiver}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", it.ports["sink"]).start()


def _write(it: Watched) -> None:
    """The project's own rules and example, with shorter times; Prometheus looks each second."""
    made = rules(SCALE, schedule={"observeSeconds": OBSERVE_S})
    (it.folder / "rules.yaml").write_text(json.dumps(made))
    scraped = [{"targets": [f"127.0.0.1:{it.ports['controller']}"]}]
    prometheus = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(it.folder / "rules.yaml")],
        "scrape_configs": [{"job_name": "stxr", "honor_labels": True, "static_configs": scraped}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{it.ports['alertmanager']}"]}]}]},
    }
    (it.folder / "prometheus.yaml").write_text(json.dumps(prometheus))
    routes = yaml.safe_load(EXAMPLE.read_text())
    routes["route"] |= {"group_wait": "2s", "group_interval": "5s"}
    for receiver in routes["receivers"]:
        address = f"http://127.0.0.1:{it.ports['sink']}/{receiver['name']}"
        receiver["webhook_configs"] = [{"url": address, "send_resolved": False}]
    (it.folder / "alertmanager.yaml").write_text(json.dumps(routes))


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
