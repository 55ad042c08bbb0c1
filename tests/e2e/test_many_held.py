"""Two hundred sites held by maintenance windows and approvals, while one that is open follows each commit at once."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from benchmarks import generated
from benchmarks.in_service import PASSWORD, systems
from reconciler.app import Listen, Running, Started, controller
from reconciler.apply import Pace
from reconciler.engine.due import Schedule
from reconciler.model.words import State
from reconciler.simulator import endpoints
from reconciler.simulator.server import Server, ServerOptions, serve
from tests.e2e.world import SPEED
from tests.faults.controlled import until

pytestmark = [pytest.mark.xdist_group("dbos"), pytest.mark.slow]
HELD, OPEN = 200, "ran-north-00201"
WORKERS = 4
SOON_S = 20.0  # two of them where nothing else runs: a look at the repository, two visits, a workflow
FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: held
defaults: {{mode: apply, apply: auto}}
mass: {{changed: 100%, disrupted: 100%}}
groups:
  ran:
    windows: [{{cron: "{minute} {hour} * * *", duration: 1h, timezone: UTC}}]
  yard: {{apply: approved}}
  plant: {{apply: approved}}
"""


@dataclass
class Many:
    """A controller at work on a fleet that has followed its first commit."""

    repo: Path
    server: Server
    started: Started

    def commit(self, edits):
        for path, text in edits.items():
            (self.repo / path).write_text(text)
        return generated.commit(self.repo, "A change")

    async def holds(self):
        """`GET /api/v1/holds`: what waits, for what."""
        request = urllib.request.Request(f"{self.started.url}/api/v1/holds", headers={"Authorization": "Bearer secret"})
        answer = await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=30).read())
        return orjson.loads(answer)

    def followed(self, site, commit):
        known = self.started.controller.verdicts.get(site)
        return known and known.state is State.IN_SYNC and known.commit == commit

    @property
    def requests(self):
        return {name: site.requests for name, site in self.server.sites.items() if name != OPEN}


@asynccontextmanager
async def many(tmp_path):
    repo, endpoints_file = tmp_path / "repo", tmp_path / "endpoints.yaml"
    generated.written(repo, HELD + 1)
    served = await systems(repo)
    async with serve(served, options=ServerOptions(SPEED, PASSWORD)) as server:
        endpoints.write(endpoints_file, server.url, served, PASSWORD)
        later = datetime.now(UTC) + timedelta(hours=12)
        site = repo / f"subclouds/{OPEN}/site.yaml"
        site.write_text(site.read_text() + "windows: []\n")
        (repo / "fleet.yaml").write_text(FLEET.format(minute=later.minute, hour=later.hour))
        for shared in ("ran-north", "ran-east", "ran-south", "ran-west", "yard", "plant"):
            profile = repo / f"profiles/{shared}/deployment-config.yaml"
            profile.write_text(
                profile.read_text().replace("class: data\n      mtu: 1500", "class: data\n      mtu: 1600")
            )
        generated.commit(repo, "Wider data interfaces, which takes a lock of each host")
        running = Running(
            repo=str(repo), root="", endpoints=endpoints_file, state=tmp_path / "state",
            listen=Listen("127.0.0.1", 0, "secret"), branch="main", schedule=Schedule(workers=WORKERS),
            pace=Pace(first_poll_s=0.02, last_poll_s=0.1), poll_s=0.5, quiet=True, workflow_poll_s=0.1,
        )  # fmt: skip
        async with controller(running) as started:
            yield Many(repo, server, started)


async def test_two_hundred_held_sites_cost_nothing_while_an_open_one_follows_each_commit(tmp_path):
    async with many(tmp_path) as fleet:
        known = fleet.started.controller.verdicts
        await until(lambda: len(known) == HELD + 1 and known[OPEN].state is State.IN_SYNC, 200)
        said = await fleet.holds()
        assert said["counts"] == {"approval": 40, "window": 160}
        assert all(hold["reason"] and hold["since"] and hold["plan"] for hold in said["holds"])
        assert Counter(v.state for v in known.values()) == {State.HELD: HELD, State.IN_SYNC: 1}

        before, began = fleet.requests, time.monotonic()
        own = f"subclouds/{OPEN}/deployment-config.yaml"
        commit = fleet.commit({own: (fleet.repo / own).read_text().replace("location: Ran 201", "location: Moved")})
        await until(lambda: fleet.followed(OPEN, commit))
        assert fleet.server.sites[OPEN].rows("isystems", {})[0]["location"] == "Moved"
        assert time.monotonic() - began < SOON_S
        assert fleet.requests == before  # nobody looks at a held site because another one is worked on
        store = fleet.started.controller.store
        assert [name for name in known if store.history.sendings(name)] == [OPEN]
