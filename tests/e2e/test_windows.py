"""Windows on systems with more than one host: who is locked, in which order, and after which interruption."""

from __future__ import annotations

import pytest

from reconciler.model.words import Result
from reconciler.simulator.interference import Connection
from tests.desired.writing import document

YARD, PLANT = "yard-west", "plant-1"
CONTROLLERS = ("controller-0", "controller-1")
YARD_MTU = document(
    "HostProfile",
    "yard-server",
    """\
  interfaces:
    ethernet:
    - name: data0
      class: data
      mtu: 9000
      port:
        name: ens1f0""",
)
PLANT_MTU = YARD_MTU.replace("yard-server", "plant-worker")
LOCK, SWACT, UNLOCK = '"value":"lock"', '"value":"swact"', '"value":"unlock"'


def own(name):
    return f"subclouds/{name}/deployment-config.yaml"


def counts(world, name, what, hosts):
    return [world.count(name, what, host) for host in hosts]


def states(world, name, hosts):
    return {f"{row['administrative']}-{row['operational']}" for row in (world.host(name, host) for host in hosts)}


def actions(world, name):
    """(host, action) in the order in which they were taken."""
    names = {row["uuid"]: row["hostname"] for row in world.site(name).rows("ihosts", {})}
    taken = [w for w in world.writes(name) if w.status == 200 and "/ihosts/" in w.path and '"/action"' in w.body]
    return [(names[w.path.rsplit("/", 1)[1]], w.body.split('"value":"')[1].split('"')[0]) for w in taken]


async def test_both_controllers_of_a_pair_are_changed_one_after_the_other(in_service):
    async with in_service(YARD) as (world, clone):
        began = len(actions(world, YARD))
        clone.commit({own(YARD): YARD_MTU})
        assert (await world.applied(YARD)).is_done
        assert actions(world, YARD)[began:] == [
            ("controller-1", "lock"),
            ("controller-1", "unlock"),
            ("controller-0", "swact"),
            ("controller-0", "lock"),
            ("controller-0", "unlock"),
        ]
        assert await world.is_in_sync(YARD)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(LOCK, id="while-the-standby-locks"),
        pytest.param("PATCH /v1/iinterfaces", id="in-the-first-window"),
        pytest.param(UNLOCK, id="while-the-standby-unlocks"),
        pytest.param(SWACT, id="while-activity-moves"),
    ],
)
async def test_a_pair_whose_link_is_cut_is_finished_with_one_lock_each(in_service, moment):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): YARD_MTU})
        world.at(YARD, moment, lambda: world.site(YARD).connect(Connection.RESET))
        assert not (await world.applied(YARD)).is_done
        world.site(YARD).connect(Connection.UP)
        assert (await world.applied(YARD)).is_done
        assert counts(world, YARD, "lock", CONTROLLERS) == [1, 1]
        assert sum(counts(world, YARD, "swact", CONTROLLERS)) == 1
        assert states(world, YARD, CONTROLLERS) == {"unlocked-enabled"}
        assert world.windows(YARD) == frozenset()
        assert await world.is_in_sync(YARD)


async def test_a_standby_that_does_not_come_back_keeps_the_active_controller_in_service(in_service):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): YARD_MTU})
        world.site(YARD).system.marks.add("comes-up:failed")
        ended = await world.applied(YARD)
        assert ended.result is Result.FAILED
        assert "controller-1" in ended.message
        assert "failed" in ended.message
        assert counts(world, YARD, "lock", CONTROLLERS) == [0, 1]
        assert states(world, YARD, ["controller-0"]) == {"unlocked-enabled"}


async def test_workers_are_locked_one_after_the_other_and_controllers_not_at_all(in_service):
    async with in_service(PLANT) as (world, clone):
        began = len(actions(world, PLANT))
        clone.commit({own(PLANT): PLANT_MTU})
        assert (await world.applied(PLANT)).is_done
        assert actions(world, PLANT)[began:] == [
            (worker, action) for worker in ("worker-0", "worker-1") for action in ("lock", "unlock")
        ]
        assert await world.is_in_sync(PLANT)


async def test_a_worker_that_a_person_locked_keeps_no_other_waiting(in_service):
    async with in_service(PLANT) as (world, clone):
        locked = {"administrative": "locked", "operational": "disabled", "availability": "online"}
        world.site(PLANT).change_rows("ihosts", {"hostname": "worker-0"}, locked)
        clone.commit({own(PLANT): PLANT_MTU})
        await world.applied(PLANT)
        assert counts(world, PLANT, "lock", ("worker-0", "worker-1")) == [0, 1]
        assert states(world, PLANT, ["worker-0"]) == {"locked-disabled"}
        assert states(world, PLANT, ["worker-1"]) == {"unlocked-enabled"}
        judged = await world.judged(PLANT)
        assert {b.reason.split(":")[0] for b in judged.plan.blocked} == {"locked-by-operator"}
