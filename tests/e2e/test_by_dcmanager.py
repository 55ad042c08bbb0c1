"""The real controller, killed while dcmanager's strategy takes its sites to a release, and a site that fails and goes on."""

from __future__ import annotations

import asyncio
import re

import pytest

from reconciler.model.condition import Condition
from reconciler.model.words import State
from reconciler.simulator.usm import releases
from reconciler.store import sendings_of
from tests.e2e.rolling import STXR, Size, rolling
from tests.e2e.test_software_rolling import BY_DCMANAGER, FLEET_FILE, NEW, made, on_it, strategies, verdicts

SIZE = Size(sites=3, at_once=3, may_fail=3)
PATIENCE_S = 120
MARK = "deploy-host-fails:controller-0:ostree pull failed"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def is_being_applied(fleet):
    """Hosts are on their way: of all that can be cut off, the worst."""
    steps = fleet.world.server.central.rows("strategy_steps", {})
    return any(step["state"] == "apply VIM sw-deploy strategy" for step in steps)


async def resume(fleet, name):
    """A person's word."""
    where = ("--state", str(fleet.world.state), "--reason", "mended")
    process = await asyncio.create_subprocess_exec(*STXR, "resume", name, *where, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


def failed(fleet, name):
    return verdicts(fleet)[name].state is State.FAILED


async def test_a_controller_that_is_killed_meanwhile_goes_on_with_it_and_a_site_that_failed_is_resumed(tmp_path):
    async with rolling(tmp_path, SIZE) as fleet:
        centre, failing = fleet.world.server.central, SIZE.names[2]
        for row in centre.rows("subclouds", {}):
            centre.change_rows("subclouds", {"name": row["name"]}, {"sync": {**row["sync"], "software": "out-of-sync"}})
        for name in SIZE.names:
            releases.fill(fleet.world.site(name).system)
            releases.put(fleet.world.site(name).system, NEW)
        marks = fleet.world.site(failing).system.marks
        marks.add(MARK)
        async with fleet.controller("--gather", "1") as process:
            await fleet.until(fleet.is_in_sync, PATIENCE_S)
            said = (fleet.clone.folder / FLEET_FILE).read_text()
            wanted = f'software: {{release: "{NEW}", by: dcmanager}}'
            fleet.clone.commit({FLEET_FILE: said.replace("apply: auto}", f"apply: auto, {wanted}}}")})
            await fleet.until(lambda: is_being_applied(fleet), PATIENCE_S)
            process.kill()
            await process.wait()

        async with fleet.controller("--gather", "1"):
            await fleet.until(lambda: failed(fleet, failing), PATIENCE_S)
            await fleet.until(lambda: set(SIZE.names) - on_it(fleet) == {failing}, PATIENCE_S)
            await fleet.until(lambda: not strategies(fleet), PATIENCE_S)
            assert made(fleet) == 2  # the canaries', whatever died meanwhile, and the last wave's
            told = verdicts(fleet)[failing]
            assert BY_DCMANAGER.words in told.message, told.message
            assert [one.name for one in told.conditions] == [Condition.DEPLOY_FAILED]
            assert fleet.world.host(failing)["administrative"] == "unlocked"

            marks.discard(MARK)
            await resume(fleet, failing)
            await fleet.until(lambda: on_it(fleet) == set(SIZE.names), PATIENCE_S)
            await fleet.until(fleet.is_in_sync, PATIENCE_S)
            await fleet.until(lambda: not strategies(fleet), PATIENCE_S)
            assert made(fleet) == 3
            assert {row["group_id"] for row in centre.rows("subclouds", {})} == {1}
        happened = [one.text for sending in sendings_of(fleet.world.state, failing) for one in sending.happenings]
        assert any(re.search(r"state is (?!complete)", text) for text in happened), happened
