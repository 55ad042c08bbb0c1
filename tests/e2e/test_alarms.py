"""Our alarms on a simulated system controller, by a real controller: opted into, killed at any call, taken back."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.sinks.drift_alarms import ALARM, OWN
from reconciler.simulator.interference import Rule, Trouble
from reconciler.store import alarming_of, verdicts_of
from tests.e2e.ottawa import OTTAWA, SETTINGS
from tests.e2e.world import running
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller

FOREIGN = "resource=hosts.starlingx.windriver.com,name=controller-0"
DEATHS = [
    Rule(Trouble.HANG_BEFORE, "POST"),
    Rule(Trouble.HANG_AFTER, "POST"),
    Rule(Trouble.HANG_BEFORE, "DELETE"),
    Rule(Trouble.HANG_AFTER, "DELETE"),
]


def alarms(world):
    """Those of this id that stand, whoever raised them: what each is about, and what it says."""
    rows = world.server.central.rows("alarms", {"alarm_id": ALARM})
    return sorted((row["entity_instance_id"], row["reason_text"]) for row in rows)


def drifts(world, servers):
    """A person sets other name servers."""
    world.site(OTTAWA).change_rows("idns", {}, {"nameservers": servers})


def stands(world, servers):
    """Ours is there once, as it should be, beside the other's; and it is known that all is well."""
    found = alarms(world)
    says = f"{OTTAWA} drifted: dns servers is {servers},"
    is_so = [entity for entity, _ in found] == [FOREIGN, f"{OWN}{OTTAWA}"] and found[1][1].startswith(says)
    return is_so and alarming_of(world.state).stand == 1


@pytest.mark.slow
async def test_a_controller_that_is_killed_at_its_calls_leaves_no_duplicate_and_no_orphan(in_service):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        centre = world.server.central
        centre.add_row(
            "alarms", {"alarm_id": ALARM, "entity_instance_id": FOREIGN, "severity": "minor", "reason_text": "not ours"}
        )
        fleet = (clone.folder / "fleet.yaml").read_text()
        quiet = (clone.folder / SETTINGS).read_text() + "heal: never\n"
        clone.commit({"fleet.yaml": fleet + "driftAlarms: {raise: true}\n", SETTINGS: quiet})
        place = Place(world.root, world.endpoints, world.state, alarms_s=0.05)
        right = world.site(OTTAWA).rows("idns", {})[0]["nameservers"]

        servers = "192.0.2.1"
        drifts(world, servers)
        for number, rule in enumerate(DEATHS, start=2):
            rule.path = "/faultmanagement/v1/alarms.*"
            async with controller(place, asyncio.Event()) as process:
                await until(lambda servers=servers: stands(world, servers))
                servers = f"192.0.2.{number}"
                centre.interference.rules.append(rule)
                drifts(world, servers)
                await until(lambda rule=rule: rule.count == 0)
                process.kill()
            centre.interference.rules.clear()
        async with controller(place, asyncio.Event()):
            await until(lambda: stands(world, servers))
            [verdict] = verdicts_of(world.state)
            assert verdict.alarms.total == 0  # the site's own: ours stand on the system controller
            drifts(world, right)
            await until(lambda: len(alarms(world)) == 1)
            drifts(world, servers)
            await until(lambda: stands(world, servers))

        clone.commit({"fleet.yaml": fleet})  # taken out while nobody runs
        async with controller(place, asyncio.Event()):
            await until(lambda: alarms(world) == [(FOREIGN, "not ours")])
            await until(lambda: not alarming_of(world.state).may_stand)
