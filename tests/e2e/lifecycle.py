"""A site that stands in the rack, a folder that says what it is to be, and a central cloud that has never heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.clients import SYSTEM_CLOCK
from reconciler.model.approval import Answer, Approval, Subject
from reconciler.model.words import Disruption, State
from reconciler.simulator import endpoints
from reconciler.simulator.build_repo import boards_of, builders
from reconciler.simulator.server import ServerOptions, serve
from reconciler.store import Store
from tests.e2e.world import NEW_YEAR, PACE, PASSWORD, QUICK_PACE, SPEED, Waited, World
from tests.faults.controlled import controlled, until, visited
from tests.sources.history import History

NEW = "gatineau-001"
FOLDER = f"subclouds/{NEW}"
SITE = f"{FOLDER}/site.yaml"
SUBCLOUD = """
subcloud:
  state: managed
  via: direct
  sysadmin: {{secretRef: "file:{secrets}/{{site}}.sysadmin"}}
  board: {{secretRef: "file:{secrets}/{{site}}.board"}}
"""
INSTALL = """
bootstrap_interface: eno1
bootstrap_address: 10.20.7.2
bootstrap_address_prefix: 24
install_type: 3
bmc_address: 10.20.7.112
bmc_username: root
"""
GATEWAY = "systemcontroller_gateway_address: 192.168.204.101"


def asked_for(clone: History, secrets: Path, more: str = "") -> None:
    """The commit by which a folder becomes a subcloud."""
    secrets.mkdir(exist_ok=True)
    for kind in ("sysadmin", "board"):
        place = secrets / f"{NEW}.{kind}"
        place.write_text(f"the-{kind}-password")
        place.chmod(0o600)
    site = (clone.folder / SITE).read_text()
    values = (clone.folder / f"{FOLDER}/bootstrap-values.yaml").read_text()
    clone.commit(
        {
            SITE: site + SUBCLOUD.format(secrets=secrets) + more,
            f"{FOLDER}/install-values.yaml": INSTALL,
            f"{FOLDER}/bootstrap-values.yaml": values.replace(
                "systemcontroller_gateway_address: 192.168.100.1", GATEWAY
            ),
        },
        subject="Add a site",
    )


@asynccontextmanager
async def racked(root: Path, scratch: Path) -> AsyncIterator[World]:
    """The world of `playing`, whose sites no central cloud has deployed yet."""
    clock = Waited()
    systems = builders(root)
    options = ServerOptions(
        password=PASSWORD,
        clock=clock.now,
        wall_clock=clock.now,
        racked=frozenset(systems),
        boards=partial(boards_of, root, PASSWORD),
    )
    async with serve(systems, options=options) as server:
        endpoints.write(scratch / "endpoints.yaml", server.url, systems, PASSWORD)
        yield World(root, scratch / "state", scratch / "endpoints.yaml", server, clock, PACE)


@asynccontextmanager
async def racked_for_real(root: Path, scratch: Path) -> AsyncIterator[World]:
    """The same for processes of their own; the site has no entry in the endpoints file: dcmanager says where it is."""
    systems = builders(root)
    boards = partial(boards_of, root, PASSWORD)
    options = ServerOptions(SPEED, PASSWORD, racked=frozenset(systems), boards=boards)
    async with serve(systems, options=options) as server:
        endpoints.write(scratch / "endpoints.yaml", server.url, (), PASSWORD)
        yield World(root, scratch / "state", scratch / "endpoints.yaml", server, SYSTEM_CLOCK, QUICK_PACE)


def row(world: World) -> Mapping[str, Any] | None:
    """What the central cloud has of the site."""
    return next((r for r in world.server.central.rows("subclouds", {}) if r["name"] == NEW), None)


def asked(world: World, *, method: str = "", path: str = "") -> list[str]:
    """The writes that dcmanager was sent and took."""
    writes = world.server.central.system.journal.writes
    told = [f"{w.method} {w.path}" for w in writes if w.status < 300]
    return [text for text in told if text.startswith(method) and path in text]


def entered(world: World, state: str, deed: Callable[[], None]) -> None:
    """Do something once the site's row comes to a deploy status, before anybody reads that."""
    system = world.server.central.system
    update = system.update

    def told(table: str, uuid: str, **changes: Any) -> Any:
        changed = update(table, uuid, **changes)
        if changes.get("deploy-status") == state:
            system.update = update  # type: ignore[method-assign]
            deed()
        return changed

    system.update = told  # type: ignore[method-assign]


async def gone_on_with(world: World, state: str) -> None:
    """A controller ends as soon as the site's row shows a state; the next one goes on from there, until nothing is left."""
    reached = asyncio.Event()
    entered(world, state, reached.set)
    async with controlled(world) as it:
        await it.visit(NEW)
        await until(reached.is_set)
    async with controlled(world) as it:
        for _ in range(6):
            await visited(it, NEW)
            if it.verdicts[NEW].state is State.IN_SYNC:
                break
        assert it.verdicts[NEW].state is State.IN_SYNC, it.verdicts[NEW].message


def approve(world: World, plan: str) -> None:
    """Somebody says yes to this very plan, and to nothing else."""
    with Store.open(world.state) as store:
        word = Approval(Answer.APPROVED, Subject.PLAN, plan, "night-shift", NEW_YEAR, Disruption.REINSTALL, site=NEW)
        store.words.answer(word)
