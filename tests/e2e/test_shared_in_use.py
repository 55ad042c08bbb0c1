"""What several hosts use, changed while they use it: each host is locked as often as the plan said, and nobody else."""

from __future__ import annotations

from collections import Counter

import pytest

from reconciler.model.words import Disruption, Result
from reconciler.simulator.interference import Connection
from tests.desired.writing import document
from tests.e2e.test_windows import PLANT, YARD, actions, own

PAIR = ("controller-0", "controller-1")
WORKERS = ("worker-0", "worker-1")
SETTINGS = {name: f"subclouds/{name}/site.yaml" for name in (YARD, PLANT)}
FLAT = {
    YARD: document("DataNetwork", "trackside", "  type: flat"),
    PLANT: document("DataNetwork", "cells", "  type: flat"),
}
NEW_NAME = document("DataNetwork", "cells-flat", "  type: flat\n  mtu: 1500") + document(
    "HostProfile",
    "plant-worker",
    """\
  interfaces:
    ethernet:
    - name: data0
      class: data
      port:
        name: ens1f0
      dataNetworks: [cells-flat]""",
)
GONE = document("DataNetwork", "cells", "  $remove: true")
POOL = document(
    "AddressPool",
    "cameras",
    "  subnet: 10.60.0.0\n  prefix: 24\n  allocation: {{ranges: [{{start: 10.60.0.10, end: {end}}}]}}",
)
CAMERAS = document("PlatformNetwork", "cameras", "  type: other\n  dynamic: false\n  associatedAddressPools: [cameras]")


def clocks(service, profile, ptp_role="global: [domainNumber=24]"):
    """A PTP instance on every host of a profile, with one on its data interface."""
    return (
        document("PtpInstance", "clock", f"  service: {service}\n  parameters: {{{ptp_role}}}")
        + document("PtpInterface", "clock-port", "  ptpinstance: clock")
        + document(
            "HostProfile",
            profile,
            """\
  ptpInstances: [clock]
  interfaces:
    ethernet:
    - name: data0
      class: data
      port:
        name: ens1f0
      ptpInterfaces: [clock-port]""",
        )
    )


def locks(world, name):
    """How often each host was locked."""
    hosts = [row["hostname"] for row in world.site(name).rows("ihosts", {})]
    return Counter({host: n for host in hosts if (n := world.count(name, "lock", host))})


def refused(world, name, since):
    """Writes that the platform did not take."""
    return [(w.method, w.path, w.body) for w in world.writes(name, since) if w.status >= 400]


@pytest.mark.parametrize(("name", "twice"), [(YARD, "controller-1"), (PLANT, "worker-0")])
async def test_another_type_of_a_data_network_says_who_is_locked_twice_and_waits_for_approval(in_service, name, twice):
    async with in_service(name) as (world, clone):
        clone.commit({own(name): FLAT[name]})
        ended = await world.applied(name, approved="")
        assert ended.result is Result.HELD
        assert f"{twice} would be locked twice" in ended.message
        assert locks(world, name) == {}
        (why,) = (await world.judged(name)).plan.locked_twice.values()
        assert "a second lock: interface-data-network data0/" in why
        assert "under another name it takes one lock each" in why


@pytest.mark.parametrize("name", [YARD, PLANT])
async def test_another_type_of_a_data_network_locks_each_host_as_often_as_approved(in_service, name):
    async with in_service(name) as (world, clone):
        clone.commit({own(name): FLAT[name]})
        began, todo = len(world.writes(name)), (await world.judged(name)).plan
        assert (await world.applied(name, approved=todo.id)).is_done
        assert locks(world, name) == Counter(todo.locked_hosts)
        assert sum(locks(world, name).values()) == 3  # the last host needs one
        assert refused(world, name, began) == []
        assert await world.is_in_sync(name)


async def test_workers_change_their_data_network_and_controllers_notice_nothing(in_service):
    async with in_service(PLANT) as (world, clone):
        began = len(actions(world, PLANT))
        clone.commit({own(PLANT): FLAT[PLANT]})
        assert (await world.applied(PLANT)).is_done
        assert {host for host, _ in actions(world, PLANT)[began:]} == set(WORKERS)
        assert {world.host(PLANT, host)["config_status"] for host in PAIR} == {None}


async def test_under_a_new_name_a_data_network_takes_one_lock_of_each_host(in_service):
    """The new one is made, each host moves in its own window, the old one goes when nobody is on it any more."""
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): NEW_NAME})
        todo = (await world.judged(PLANT)).plan
        assert (todo.locked_hosts, todo.locked_twice) == (WORKERS, {})
        assert (await world.applied(PLANT, approved="")).is_done
        assert locks(world, PLANT) == Counter(WORKERS)
        assert await world.is_in_sync(PLANT)


@pytest.mark.parametrize("moment", ['"value":"lock"', "DELETE /v1/datanetworks", "POST /v1/datanetworks"])
async def test_a_link_that_is_cut_between_the_windows_costs_no_lock_more(in_service, moment):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): FLAT[YARD]})
        said = Counter((await world.judged(YARD)).plan.locked_hosts)
        world.at(YARD, moment, lambda: world.site(YARD).connect(Connection.RESET))
        assert not (await world.applied(YARD)).is_done
        world.site(YARD).connect(Connection.UP)
        assert (await world.applied(YARD)).is_done
        assert locks(world, YARD) == said
        assert world.windows(YARD) == frozenset()
        assert await world.is_in_sync(YARD)


@pytest.mark.parametrize(("name", "profile", "users"), [(YARD, "yard-server", PAIR), (PLANT, "plant-worker", WORKERS)])
async def test_another_service_of_a_ptp_instance_is_made_anew_around_its_users_without_a_lock(
    in_service, name, profile, users
):
    async with in_service(name) as (world, clone):
        clone.commit({own(name): clocks("ptp4l", profile)})
        assert (await world.applied(name)).is_done
        clone.commit({own(name): clocks("phc2sys", profile)})
        began, todo = len(world.writes(name)), (await world.judged(name)).plan
        assert (todo.locked_hosts, todo.disruption) == ((), Disruption.SERVICE)
        assert {step.host for stage in todo.stages for step in stage.steps} == {"", *users}
        assert (await world.applied(name, approved="")).is_done
        assert refused(world, name, began) == []
        assert locks(world, name) == {}
        (clock,) = world.site(name).rows("ptp_instances", {"name": "clock"})
        assert clock["service"] == "phc2sys"
        assert await world.is_in_sync(name)


async def test_a_wider_range_of_a_pool_in_use_is_written_in_place(in_service):
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): POOL.format(end="10.60.0.20") + CAMERAS})
        assert (await world.applied(PLANT)).is_done
        clone.commit({own(PLANT): POOL.format(end="10.60.0.99") + CAMERAS})
        began, todo = len(world.writes(PLANT)), (await world.judged(PLANT)).plan
        assert todo.locked_hosts == ()
        assert (await world.applied(PLANT, approved="")).is_done
        assert [w.method for w in world.writes(PLANT, began)] == ["PATCH"]
        assert await world.is_in_sync(PLANT)


async def test_an_approved_plan_that_was_cut_off_is_finished_with_no_lock_more_than_was_approved(in_service):
    """One lock of each is left: nobody is asked again for what he has seen."""
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): FLAT[YARD]})
        todo = (await world.judged(YARD)).plan
        world.at(YARD, "DELETE /v1/interface_datanetworks", lambda: world.site(YARD).connect(Connection.RESET))
        assert not (await world.applied(YARD, approved=todo.id)).is_done
        world.site(YARD).connect(Connection.UP)
        assert (await world.applied(YARD, approved="")).is_done
        assert locks(world, YARD) == Counter(todo.locked_hosts)
        assert await world.is_in_sync(YARD)
