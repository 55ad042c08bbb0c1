"""What a central cloud has beside its subclouds, by Git: groups, options of updates, and where a site belongs."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from reconciler.model.words import Result
from tests.e2e.lifecycle import FOLDER, NEW, asked

CENTRE = "ottawa-001"
SITE = f"{FOLDER}/site.yaml"
ADDRESSES = {
    "management-subnet": "192.168.107.0/24",
    "management-start-ip": "192.168.107.2",
    "management-end-ip": "192.168.107.50",
    "management-gateway-ip": "192.168.107.1",
}
GROUPS = """
central:
  site: ottawa-001
  groups:
    east: {description: The valley, maxParallelSubclouds: 10}
"""
OPTIONS = """
  updateOptions:
    storageApplyType: serial
    workerApplyType: parallel
    maxParallelWorkers: 4
    alarmRestrictionType: strict
    defaultInstanceAction: migrate
  updateOptionsOf:
    gatineau-001:
      storageApplyType: serial
      workerApplyType: serial
      maxParallelWorkers: 1
      alarmRestrictionType: relaxed
      defaultInstanceAction: migrate
"""


@pytest.fixture
def fleet(in_service):
    """An opener of worlds with a system controller and a site beside it, which it has at the addresses that Git says."""

    @asynccontextmanager
    async def fleet():
        async with in_service(CENTRE, NEW) as (world, clone):
            world.server.central.change_rows("subclouds", {"name": NEW}, ADDRESSES)
            yield world, clone

    return fleet


def says(clone, central, place=""):
    """The commit that has fleet.yaml say this of the central cloud, and the site this of its place in it."""
    for path, text in (("fleet.yaml", central), (SITE, place)):
        kept = (clone.folder / path).read_text().split("\n# geo\n")[0].rstrip("\n")
        (clone.folder / path).write_text(f"{kept}\n# geo\n{text}")
    clone.commit({}, subject="Say it")


def rows(world, table):
    return world.server.central.rows(table, {})


def row(world):
    return next(r for r in rows(world, "subclouds") if r["name"] == NEW)


def reasons(judged):
    return [blocked.reason for blocked in judged.plan.blocked]


async def test_a_group_is_made_and_a_site_is_put_into_it_by_one_commit(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS, "subcloud: {group: east}\n")
        assert reasons(await world.judged(NEW)) == [
            "dcmanager has no group east: once there is one, the subcloud is put into it"
        ]
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert (await world.applied(NEW)).result is Result.DONE
        made = next(r for r in rows(world, "subcloud_groups") if r["name"] == "east")
        assert (made["description"], made["update_apply_type"], made["max_parallel_subclouds"]) == (
            "The valley",
            "parallel",
            10,
        )
        assert row(world)["group_id"] == made["id"]
        assert asked(world) == ["POST /v1.0/subcloud-groups", f"PATCH /v1.0/subclouds/{NEW}"]
        assert await world.is_in_sync(CENTRE)
        assert await world.is_in_sync(NEW)


async def test_a_group_that_somebody_changes_is_set_back_and_one_that_git_never_said_is_left_alone(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS)
        await world.applied(CENTRE)
        for name in ("theirs", "stx-reconciler"):
            facts = {"name": name, "description": name, "update_apply_type": "parallel", "max_parallel_subclouds": 2}
            world.server.central.add_row("subcloud_groups", facts)
        world.server.central.change_rows("subcloud_groups", {"name": "east"}, {"max_parallel_subclouds": 1})
        assert (await world.applied(CENTRE)).result is Result.DONE
        known = {r["name"]: r["max_parallel_subclouds"] for r in rows(world, "subcloud_groups")}
        assert known == {"Default": 2, "east": 10, "theirs": 2, "stx-reconciler": 2}
        unmanaged = {r.key.name for r in (await world.judged(CENTRE)).found.unmanaged if r.key.kind == "subcloud-group"}
        assert unmanaged == {"theirs"}


async def test_a_group_that_git_gave_up_goes_once_it_is_empty_and_somebody_said_yes(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS, "subcloud: {group: east}\n")
        await world.converge(CENTRE)
        await world.converge(NEW)
        says(clone, "\ncentral: {site: ottawa-001}\n", "subcloud: {group: Default}\n")
        assert reasons(await world.judged(CENTRE)) == [
            "dcmanager deletes no group that is not empty: subclouds in it: 1; let Git put them into another"
        ]
        await world.converge(NEW)
        assert (await world.applied(CENTRE, approved="")).result is Result.HELD
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert [r["name"] for r in rows(world, "subcloud_groups")] == ["Default"]


async def test_options_of_updates_are_set_for_all_and_for_one_and_given_back(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS + OPTIONS)
        assert (await world.applied(CENTRE)).result is Result.DONE
        [of_all], [of_one] = rows(world, "sw_update_options_default"), rows(world, "sw_update_options")
        assert (of_all["max-parallel-workers"], of_one["max-parallel-workers"]) == (4, 1)
        assert await world.is_in_sync(CENTRE)
        says(clone, GROUPS + OPTIONS.partition("  updateOptionsOf")[0])
        await world.applied(CENTRE)
        assert rows(world, "sw_update_options") == []


async def test_a_visit_of_the_system_controller_alone_reads_its_lists(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS)
        await world.applied(CENTRE)
        before = world.server.central.requests
        await world.judged(NEW)
        of_site = world.server.central.requests - before
        await world.judged(CENTRE)
        assert (of_site, world.server.central.requests - before) == (
            0,
            2,
        )  # a token, and the one list that Git says something of
