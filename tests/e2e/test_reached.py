"""Sites that stand in Git alone: the endpoints file names none of them, and dcmanager says where they are."""

from __future__ import annotations

import asyncio

import pytest
import yaml

from reconciler.engine.central import INTERVAL_S
from reconciler.model.errors import ConfigError, Nowhere, Unreachable
from reconciler.model.words import Reach, Result
from reconciler.simulator.dcmanager.subclouds import TABLE
from reconciler.simulator.interference import Connection
from reconciler.store import verdicts_of
from tests.e2e.lifecycle import NEW, asked_for, racked
from tests.e2e.ottawa import ONE_MORE, OTTAWA, OWN, SETTINGS, accepted
from tests.e2e.world import running
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller


def named_nowhere(world, *ways):
    """As an operator has it who writes no entries: without those of the simulator, and with these ways alone."""
    said = yaml.safe_load(world.endpoints.read_text())
    said["endpoints"] = {}
    said["derived"] = {way.value: said["derived"][way] for way in ways or Reach}
    world.endpoints.write_text(yaml.safe_dump(said))


@pytest.mark.parametrize("reach", Reach)
async def test_a_site_without_an_entry_is_planned_and_applied_by_either_of_its_addresses(git, opened, reach):
    clone = git(OTTAWA)
    clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + f"reach: {reach}\n"})
    async with opened(clone) as world:
        by_entry = await world.judged(OTTAWA)
        named_nowhere(world, reach)
        assert (await world.judged(OTTAWA)).plan.id == by_entry.plan.id
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert await world.is_in_sync(OTTAWA)


async def test_git_cannot_choose_a_way_that_the_operator_does_not_allow(git, opened):
    clone = git(OTTAWA)
    clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + "reach: oam\n"})
    async with opened(clone) as world:
        named_nowhere(world, Reach.ADMIN)
        found = (await world.plan_again(OTTAWA))[OTTAWA]
        assert isinstance(found.error, ConfigError)
        assert "Git says `reach: oam`" in str(found.error)
        assert world.site(OTTAWA).requests == 0


async def test_a_site_whose_subcloud_comes_later_is_found_then(git, opened):
    async with opened(git(OTTAWA)) as world:
        named_nowhere(world)
        rename(world, OTTAWA, "somebody-else")
        found = (await world.plan_again(OTTAWA))[OTTAWA]
        assert isinstance(found.error, Nowhere)
        assert str(found.error).startswith(f"{OTTAWA}: dcmanager has no subcloud of this name yet")
        rename(world, "somebody-else", OTTAWA)
        assert (await world.judged(OTTAWA)).plan.stages


async def test_a_folder_alone_becomes_a_site_that_is_in_sync(git, opened, tmp_path):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets")
    async with opened(clone, racked) as world:
        named_nowhere(world)
        await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        for _ in range(3):
            await world.applied(NEW)
        assert await world.is_in_sync(NEW)


async def test_a_line_is_given_before_its_site_is_there_and_reaches_it_afterwards(git, opened):
    async with opened(git(OTTAWA)) as world:
        named_nowhere(world)
        world.server.central.change_rows(TABLE, {"name": OTTAWA}, {"deploy-status": "install-complete"})
        async with world.fleet() as fleet:
            line = await fleet.line(OTTAWA)
            with pytest.raises(Nowhere, match="its deploy status is install-complete"):
                await line.observe()
            world.server.central.change_rows(TABLE, {"name": OTTAWA}, {"deploy-status": "complete"})
            await world.clock.sleep(INTERVAL_S + 1)
            assert (await line.observe()).system.hosts


async def test_a_central_cloud_that_went_dark_keeps_nobody_from_a_site(git, opened):
    async with opened(git(OTTAWA)) as world:
        named_nowhere(world)
        async with world.fleet() as fleet:
            line = await fleet.line(OTTAWA)
            before = await line.observe()
            world.server.central.connect(Connection.RESET)
            assert (await line.observe()).resources == before.resources


async def test_a_site_that_was_enrolled_anew_is_asked_for_a_token_anew(git, opened):
    async with opened(git(OTTAWA)) as world:
        named_nowhere(world)
        keystone = world.site(OTTAWA).keystone
        async with world.fleet() as fleet:
            line = await fleet.line(OTTAWA)
            for _ in range(2):
                await line.observe()
            assert keystone.given == 1
            world.server.central.change_rows(TABLE, {"name": OTTAWA}, {"region-name": "0123456789abcdef"})
            await world.clock.sleep(INTERVAL_S + 1)
            await fleet.centre.read()
            await line.observe()
            assert keystone.given == 2


@pytest.mark.parametrize("reach", Reach)
async def test_a_neighbour_at_the_address_of_a_site_gets_nothing_that_was_meant_for_it(git, opened, reach):
    """Its certificate is good, and so are our user, our password and even our token there."""
    clone = git(OTTAWA, "yard-west")
    clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + f"reach: {reach}\n"})
    async with opened(clone) as world:
        named_nowhere(world)
        for name, to in ((OTTAWA, "between"), ("yard-west", OTTAWA), ("between", "yard-west")):
            rename(world, name, to)
        found = (await world.converge(OTTAWA))[OTTAWA]
        assert isinstance(found.error, Unreachable)
        assert "another site has this address now" in str(found.error)
        assert not world.writes(OTTAWA)
        assert not world.writes("yard-west")


async def test_a_controller_works_on_sites_that_no_other_file_names(in_service):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        named_nowhere(world)
        async with controller(Place(world.root, world.endpoints, world.state), asyncio.Event()):
            await until(lambda: is_in_sync(world))
            before = accepted(world)
            clone.commit({OWN: ONE_MORE})
            await until(lambda: accepted(world) > before)


def is_in_sync(world):
    known = next(iter(verdicts_of(world.state)), None)
    return known is not None and known.is_in_sync


def rename(world, name, to):
    """In dcmanager's rows; the machine stays."""
    world.server.central.change_rows(TABLE, {"name": name}, {"name": to})
