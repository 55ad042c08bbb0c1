"""Images go into the accelerators of a site by one commit, host after host; and what a person sees where one fails."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.condition import Condition
from reconciler.model.gate import GateName
from reconciler.model.words import Disruption, Result
from reconciler.simulator.sysinv import device_images
from reconciler.store import Store
from tests.e2e.test_killed import controller, until
from tests.e2e.world import running
from tests.simulator.accelerators import accelerator, image, written

YARD = "yard-west"  # two controllers
HOSTS = ("controller-0", "controller-1")
VIM = "/api/orchestration/fw-update/strategy"


def fill(world):
    """An accelerator in each of its hosts, and an image for them."""
    system = world.site(YARD).system
    for name in HOSTS:
        accelerator(system, name, fpga=name)
    return image(system)


def says(clone, text):
    path = f"subclouds/{YARD}/site.yaml"
    said = (clone.folder / path).read_text().partition("deviceImages:")[0]
    clone.commit({path: f"{said}deviceImages: {{ran: {{{text}}}}}\n"})


def asked(world):
    return [(w.method, w.path) for w in world.writes(YARD) if "device_images" in w.path or w.path.startswith(VIM)]


def locks(world):
    return {name: world.count(YARD, "lock", name) for name in HOSTS}


async def test_it_is_written_by_both_hosts_one_after_the_other(in_service):
    async with in_service(YARD) as (world, clone):
        uuid, before = fill(world), locks(world)
        says(clone, 'bitstream: "0x23a5"')
        plan = (await world.judged(YARD)).plan
        assert (plan.disruption, plan.locked_hosts, plan.most_out) == (Disruption.REBOOT, HOSTS, 1)
        assert (await world.applied(YARD)).result is Result.DONE
        assert written(world.site(YARD).system) == dict.fromkeys(HOSTS, "completed")
        assert locks(world) == {name: count + 1 for name, count in before.items()}
        assert asked(world) == [
            ("PATCH", f"/v1/device_images/{uuid}"),
            ("POST", VIM),
            ("POST", f"{VIM}/actions"),
            ("DELETE", VIM),
        ]
        assert world.site(YARD).rows("vim_strategy", {}) == []
        assert await world.is_in_sync(YARD)


async def test_labels_say_which_hosts(in_service):
    async with in_service(YARD) as (world, clone):
        fill(world)
        before = locks(world)
        says(clone, 'bitstream: "0x23a5", labels: [fpga=controller-1]')
        assert (await world.applied(YARD)).result is Result.DONE
        assert written(world.site(YARD).system) == {"controller-1": "completed"}
        assert locks(world)["controller-0"] == before["controller-0"]
        assert await world.is_in_sync(YARD)


async def test_a_host_that_fails_is_told_in_vims_words_and_only_that_is_left(in_service):
    async with in_service(YARD) as (world, clone):
        fill(world)
        world.site(YARD).system.marks.add("device-image-fails:controller-1")
        says(clone, 'bitstream: "0x23a5"')
        outcome = await world.applied(YARD)
        assert outcome.result is Result.FAILED
        assert {(c.name, c.host) for c in outcome.conditions} == {(Condition.IMAGE_FAILED, "controller-1")}
        assert "Firmware update failed ; controller-1" in outcome.message
        assert world.host(YARD, "controller-1")["administrative"] == "unlocked"

        held = await world.applied(YARD, approved="")
        assert {hold.gate for hold in held.holds} == {GateName.CONDITION}
        assert (await world.judged(YARD)).plan.locked_hosts == ("controller-1",)
        before = locks(world)
        with Store.open(world.state) as store:
            assert store.words.resume("jo", site=YARD)
        assert (await world.applied(YARD, approved="")).result is Result.DONE
        assert written(world.site(YARD).system) == dict.fromkeys(HOSTS, "completed")
        assert locks(world)["controller-0"] == before["controller-0"]
        assert await world.is_in_sync(YARD)


async def test_what_was_forgotten_with_a_label_is_written_again(in_service):
    async with in_service(YARD) as (world, clone):
        fill(world)
        says(clone, 'bitstream: "0x23a5"')
        assert (await world.applied(YARD)).result is Result.DONE
        before = locks(world)
        system = world.site(YARD).system
        (state,) = [
            r for r in system.tables.rows("device_image_state") if r["host_uuid"] == system.host(HOSTS[0])["uuid"]
        ]
        system.tables.delete("device_image_state", state["uuid"])
        plan = (await world.judged(YARD)).plan
        assert plan.locked_hosts == HOSTS[:1]
        assert (await world.applied(YARD)).result is Result.DONE
        assert locks(world) == {HOSTS[0]: before[HOSTS[0]] + 1, HOSTS[1]: before[HOSTS[1]]}
        assert await world.is_in_sync(YARD)


async def test_what_the_site_does_not_have_is_said_and_nothing_is_sent(in_service):
    async with in_service(YARD) as (world, clone):
        says(clone, 'bitstream: "0x23a5"')
        (blocked,) = (await world.judged(YARD)).plan.blocked
        assert "it is not on the site: upload it there" in blocked.reason
        assert asked(world) == []


async def test_one_that_people_apply_is_nobodys_business_where_git_does_not_say_it(in_service):
    async with in_service(YARD) as (world, _):
        system = world.site(YARD).system
        device_images.put(system, bitstream_id="0x77")
        assert await world.is_in_sync(YARD)


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("PATCH /v1/device_images", id="applied", marks=pytest.mark.full),
        pytest.param(f"POST {VIM} ", id="built", marks=pytest.mark.full),
        pytest.param(f"POST {VIM}/actions", id="under-way"),
    ],
)
async def test_a_controller_that_was_killed_asks_for_nothing_twice(in_service, moment):
    async with in_service(YARD, kind=running) as (world, clone):
        fill(world)
        before = locks(world)
        says(clone, 'bitstream: "0x23a5"')
        async with controller(world) as first:
            world.at(YARD, moment, first.kill)
            await asyncio.wait_for(first.wait(), 60)
        async with controller(world):
            done = dict.fromkeys(HOSTS, "completed")
            system = world.site(YARD).system
            await until(lambda: written(system) == done and world.site(YARD).rows("vim_strategy", {}) == [], world)
        assert len(asked(world)) == len(set(asked(world))) == 4
        assert locks(world) == {name: count + 1 for name, count in before.items()}
        assert await world.is_in_sync(YARD)
