"""dcmanager's strategy among replicas: the one that leads drives it alone; when it dies, the other goes on with the same one."""

from __future__ import annotations

import signal

import pytest

from reconciler.model.replica import LEADER
from reconciler.simulator.usm import releases
from tests.e2e.crew import fleet_files, names, who
from tests.e2e.test_replicas import BOTH, empty_database, fleet, postgresql

__all__ = ["empty_database", "fleet", "postgresql"]  # fixtures
pytestmark = [pytest.mark.xdist_group("postgresql"), pytest.mark.slow, pytest.mark.timeout(300)]
FEW, NEW = 4, "24.09.1"
STRATEGY = "/v1.0/sw-update-strategy"
LONG = "apply VIM sw-deploy strategy"


def with_release(world):
    """Every site has the release, and none runs it."""
    centre = world.server.central
    for row in centre.rows("subclouds", {}):
        centre.change_rows("subclouds", {"name": row["name"]}, {"sync": {**row["sync"], "software": "out-of-sync"}})
    for name in names(FEW):
        releases.fill(world.site(name).system)
        releases.put(world.site(name).system, NEW)


def leader(crew):
    return next(lease.replica for lease in crew.known().leases if lease.subject == LEADER)


def asked(crew):
    """What dcmanager took, and from whom, in turn."""
    writes = crew.world.server.central.system.journal.writes
    return [(who(write.agent), f"{write.method} {write.path}") for write in writes if write.status < 300]


def is_being_applied(crew):
    steps = crew.world.server.central.rows("strategy_steps", {})
    return len(steps) == len(crew.sites) and any(step["state"] == LONG for step in steps)


def is_over(crew):
    centre = crew.world.server.central
    groups = {row["group_id"] for row in centre.rows("subclouds", {})}
    return not centre.rows("strategies", {}) and groups == {1}


def runs(crew, name):
    return releases.running(crew.world.site(name).system)["sw_version"]


async def test_the_strategy_is_the_leaders_and_its_successor_brings_the_same_one_to_its_end(fleet):
    async with fleet(FEW, prepared=with_release) as (crew, clone):
        first = leader(crew)
        [second] = set(BOTH) - {first}
        files = fleet_files(FEW)["fleet.yaml"]
        wanted = f'software: {{release: "{NEW}", by: dcmanager}}'
        head = clone.commit({"fleet.yaml": files.replace("apply: auto}", f"apply: auto, {wanted}}}")})

        await crew.until(lambda: is_being_applied(crew))
        crew.signal(first, signal.SIGKILL)
        before = asked(crew)
        assert {name for name, _ in before} == {first}  # though half of the sites are the other's
        assert before.count((first, f"POST {STRATEGY}")) == before.count((first, f"POST {STRATEGY}/actions")) == 1

        await crew.until(lambda: is_over(crew), 120)
        await crew.until(lambda: crew.follow(head), 120)
        after = asked(crew)[len(before) :]
        assert {name for name, _ in after} == {second}
        assert [what for _, what in after if STRATEGY in what] == [f"DELETE {STRATEGY}"]
        assert {runs(crew, name) for name in crew.sites} == {NEW}
        moved = [what for _, what in (*before, *after) if what.startswith("PATCH /v1.0/subclouds/")]
        assert sorted(moved) == sorted(f"PATCH /v1.0/subclouds/{name}" for name in crew.sites for _ in range(2))
