"""What ``stxr simulate`` runs: systems from a repository, a number or an inventory, served until stopped."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.simulator import build_repo, endpoints, fleet, inventory_file
from reconciler.simulator.board_rooms import BoardsOf, no_boards
from reconciler.simulator.server import Server, ServerOptions, serve
from reconciler.simulator.system import System

Builders = Mapping[str, Callable[[], System]]


@dataclass(frozen=True)
class SimulateOptions:
    """Exactly one of ``repo``, ``sites`` and ``inventory``. The rest is as in ``server.ServerOptions``."""

    repo: Path | None = None
    sites: int | None = None
    repo_out: Path | None = None
    inventory: Path | None = None
    endpoints_out: Path | None = None
    host: str = "127.0.0.1"
    port: int = 18080
    speed: float = 1.0
    token_seconds: float = 3600.0
    slowness: float = 0.0
    tls_dir: Path | None = None
    seed: int = 0


def simulate(options: SimulateOptions, announce: Callable[[str], None] = lambda _line: None) -> None:
    """Serve until interrupted. ``announce`` is told one line when the simulator is ready.

    Raises ConfigError where the repository, the count or the inventory cannot be used.
    """
    asyncio.run(_until_stopped(options, announce))


async def _until_stopped(options: SimulateOptions, announce: Callable[[str], None]) -> None:
    async with simulated(options) as server:
        announce(f"{len(server.sites)} simulated sites at {server.url}, control at {server.url}/control/v1")
        await asyncio.Event().wait()


@asynccontextmanager
async def simulated(options: SimulateOptions) -> AsyncIterator[Server]:
    """A running simulator with its endpoints file written, until the context ends."""
    with tempfile.TemporaryDirectory(prefix="stxr-simulate-") as scratch:
        builders, central = _builders(options, Path(scratch))
        context, bundle = _tls(options)
        password = secrets.token_urlsafe(18)
        server_options = ServerOptions(
            options.speed,
            password,
            options.token_seconds,
            options.slowness,
            context,
            central=central,
            boards=_boards(options, Path(scratch), password),
        )
        async with serve(builders, options.host, options.port, server_options) as server:
            if options.endpoints_out is not None:
                endpoints.write(options.endpoints_out, server.url, builders, password, bundle)
            yield server


def _tls(options: SimulateOptions) -> tuple[ssl.SSLContext | None, Path | None]:
    if options.tls_dir is None:
        return None, None
    from reconciler.simulator import tls  # noqa: PLC0415  needs a development dependency

    return tls.make(options.tls_dir, options.host)


def _builders(options: SimulateOptions, scratch: Path) -> tuple[Builders, Mapping[str, Any]]:
    """How each site is built, and what the central cloud of all is."""
    if options.repo is not None:
        return build_repo.builders(options.repo), build_repo.central_of(options.repo)
    if options.sites is not None:
        root = _root(options, scratch)
        fleet.write(root, options.sites, seed=options.seed)
        return build_repo.builders(root), build_repo.central_of(root)
    if options.inventory is not None:
        system = inventory_file.read(options.inventory)
        return {system.name: partial(_same, system)}, {}
    raise ValueError("one of repo, sites and inventory must be given")


def _root(options: SimulateOptions, scratch: Path) -> Path:
    """Of the site-config repository that the sites are built of."""
    return options.repo or options.repo_out or scratch / "repo"


def _boards(options: SimulateOptions, scratch: Path, password: str) -> BoardsOf:
    """A site that is known by its inventory alone has no controllers: that shows no more of them than an address."""
    if options.inventory is not None:
        return no_boards
    return partial(build_repo.boards_of, _root(options, scratch), password)


def _same(system: System) -> System:
    return system
