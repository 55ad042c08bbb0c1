"""How a controller's databases grow: bytes for each plan that was sent, and for each full read that finds nothing new.

One site of each of twenty (the usual mix), brought into sync with two commits by a controller with workflows; what a
page of SQLite holds more afterwards is counted, freed pages not.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from pathlib import Path

from benchmarks import generated
from benchmarks.in_service import PASSWORD, systems
from benchmarks.result import Result
from reconciler.app import WORKFLOWS, Listen, Running, Started, controller
from reconciler.apply import Pace
from reconciler.engine.due import Schedule
from reconciler.simulator import endpoints
from reconciler.simulator.server import ServerOptions, serve

SITES, FLEET = 20, 5_000
SPEED = 5_000.0
READS_A_DAY = 48 * FLEET
MIB = 2**20
ONLINE = ("noc@example.com", "operations@example.com")
LOCKS = ("class: data\n      mtu: 1500", "class: data\n      mtu: 1600")


def run() -> list[Result]:
    """Every figure of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="bench-store-") as folder:
        return asyncio.run(_run(Path(folder)))


async def _run(folder: Path) -> list[Result]:
    repo, state = folder / "repo", folder / "state"
    generated.written(repo, 2 * SITES)
    async with serve(await systems(repo), options=ServerOptions(SPEED, PASSWORD)) as server:
        endpoints.write(folder / "endpoints.yaml", server.url, server.sites, PASSWORD)
        running = Running(
            repo=str(repo), root="", endpoints=folder / "endpoints.yaml", state=state,
            listen=Listen("127.0.0.1", 0, "benchmark"), branch="main", schedule=Schedule(observe_s=3_600.0),
            pace=Pace(first_poll_s=0.02, last_poll_s=0.1), poll_s=0.2, quiet=True, workflow_poll_s=0.1,
        )  # fmt: skip
        async with controller(running) as it:
            sizes = [await _settled(it, state, repo)]
            for old, new in (ONLINE, LOCKS):
                _edit(repo, old, new)
                sizes.append(await _settled(it, state, repo))
            it.controller.put(it.controller.verdicts)
            sizes.append(await _read(it, state))
    return _results(sizes)


def _results(sizes: list[tuple[float, float]]) -> list[Result]:
    """Of the store and of the workflows after: nothing to do, a change online, one with locks, a further reading."""
    (first, first_flow), (online, online_flow), (locks, locks_flow), (read, _) = sizes
    sites = 2 * SITES
    return [
        Result("store_site", first / sites / 1024, "KiB"),
        Result("store_plan_online", (online - first) / sites / 1024, "KiB"),
        Result("store_plan_with_locks", (locks - online) / sites / 1024, "KiB", 32),
        Result("store_full_read", (read - locks) / sites / 1024, "KiB", 0.5),
        Result("workflow_plan_online", (online_flow - first_flow) / sites / 1024, "KiB"),
        Result("workflow_plan_with_locks", (locks_flow - online_flow) / sites / 1024, "KiB", 400),
        Result("store_a_day_one_plan_a_site", (locks - online) / sites * FLEET / MIB, "MiB"),
        Result("workflows_a_day_one_plan_a_site", (locks_flow - online_flow) / sites * FLEET / MIB, "MiB"),
    ]


def _edit(repo: Path, old: str, new: str) -> None:
    for path in (repo / "profiles").rglob("deployment-config.yaml"):
        path.write_text(path.read_text().replace(old, new))
    fleet = repo / "fleet.yaml"
    if "mass:" not in fleet.read_text():
        fleet.write_text(fleet.read_text() + "mass: {changed: 100%, disrupted: 100%}\n")
    generated.commit(repo, "A change")


async def _settled(it: Started, state: Path, repo: Path) -> tuple[float, float]:
    """The sizes once every site has followed the last commit."""
    commit, known = generated.git(repo, "rev-parse", "HEAD").strip(), it.controller.verdicts
    while not (len(known) == 2 * SITES and all(v.is_in_sync and v.commit == commit for v in known.values())):  # noqa: ASYNC110 - the controller tells nobody
        await asyncio.sleep(0.2)
    return _size(state / "store.db"), _size(state / WORKFLOWS)


async def _read(it: Started, state: Path) -> tuple[float, float]:
    before = max(v.judged_at for v in it.controller.verdicts.values())
    while min(v.judged_at for v in it.controller.verdicts.values()) <= before:  # noqa: ASYNC110 - the controller tells nobody
        await asyncio.sleep(0.2)
    return _size(state / "store.db"), _size(state / WORKFLOWS)


def _size(path: Path) -> float:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        pages, free, size = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    return float((pages - free) * size)
