"""The root certificate of a site's Kubernetes is renewed by one commit, or once it is due; and what a person sees of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.condition import Condition
from reconciler.model.gate import GateName
from reconciler.model.words import Disruption, Result
from reconciler.simulator.sysinv import kube_rootca
from reconciler.store import Store
from tests.e2e.ottawa import OTTAWA
from tests.e2e.test_killed import controller, until
from tests.e2e.world import NEW_YEAR, running

YARD = "yard-west"  # two controllers
VIM = "/api/orchestration/kube-rootca-update/strategy"
LEFT = timedelta(days=60)


def ends(world, name=OTTAWA):
    return datetime.fromisoformat(kube_rootca.authority(world.site(name).system)["ends"])


def age(world, *names):
    """Their certificates end in sixty days, of ten years."""
    end = datetime.fromtimestamp(NEW_YEAR, UTC) + LEFT
    for name in names:
        kube_rootca.renew(world.site(name).system, end - timedelta(days=3650), end)


def says(clone, name, text):
    path = f"subclouds/{name}/site.yaml"
    said = (clone.folder / path).read_text()
    clone.commit({path: f"{said}kubernetes: {{rootCa: {text}}}\n"})


def asked(world, name=OTTAWA):
    return [(w.method, w.path) for w in world.writes(name) if w.path.startswith(VIM)]


ONCE = [("POST", VIM), ("POST", f"{VIM}/actions"), ("DELETE", VIM)]


async def test_sites_are_renewed_by_one_commit(in_service):
    async with in_service(OTTAWA, YARD) as (world, clone):
        age(world, OTTAWA, YARD)
        locks = world.count(OTTAWA, "lock")
        fleet = (clone.folder / "fleet.yaml").read_text()
        said = "defaults:\n  kubernetes: {rootCa: {renewBefore: 90d}}\n"
        clone.commit({"fleet.yaml": fleet.replace("defaults:\n", said)})
        ended = await world.converge()
        assert {result.outcome.result for result in ended.values()} == {Result.DONE}
        for name in (OTTAWA, YARD):
            assert ends(world, name) - datetime.fromtimestamp(NEW_YEAR, UTC) > timedelta(days=3600)
            assert asked(world, name) == ONCE
            assert world.site(name).rows("vim_strategy", {}) == world.site(name).rows("kube_rootca_update", {}) == []
            assert await world.is_in_sync(name)
        assert world.count(OTTAWA, "lock") == locks


async def test_a_plan_says_that_services_feel_it_and_no_host_is_locked(in_service):
    async with in_service(YARD) as (world, clone):
        age(world, YARD)
        says(clone, YARD, "{renewBefore: 90d}")
        plan = (await world.judged(YARD)).plan
        assert (plan.disruption, plan.locked_hosts) == (Disruption.SERVICE, ())
        assert [errand.hosts for errand in plan.errands] == [(("controller-0",), ("controller-1",))]


async def test_the_day_and_the_subject_are_those_that_git_says(in_service):
    async with in_service(OTTAWA) as (world, clone):
        says(clone, OTTAWA, '{validUntil: "2040-06-01", subject: C=CA O=Example CN=ran}')
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert ends(world).date().isoformat() == "2040-06-01"
        assert kube_rootca.authority(world.site(OTTAWA).system)["subject"] == "C=CA,O=Example,CN=ran"
        assert await world.is_in_sync(OTTAWA)


async def test_one_that_comes_to_its_end_waits_for_its_window(in_service):
    """Nobody commits anything: time alone makes it due."""
    async with in_service(OTTAWA) as (world, clone):
        closed = '\nwindows: [{cron: "0 0 29 2 *", duration: 8h}]'
        says(clone, OTTAWA, f"{{renewBefore: 30d}}}}{closed}\nlabels: {{a: b")
        age(world, OTTAWA)
        assert await world.is_in_sync(OTTAWA)
        await world.clock.sleep(timedelta(days=31).total_seconds())
        outcome = await world.applied(OTTAWA, approved="")
        assert outcome.result is Result.HELD
        assert asked(world) == []


async def test_a_host_that_fails_is_told_in_vims_words_and_the_renewal_begins_anew(in_service):
    async with in_service(YARD) as (world, clone):
        age(world, YARD)
        before = ends(world, YARD)
        world.site(YARD).system.marks.add("rootca-host-fails:update-certs:controller-1")
        says(clone, YARD, "{renewBefore: 90d}")
        outcome = await world.applied(YARD)
        assert outcome.result is Result.FAILED
        assert {(c.name, c.host) for c in outcome.conditions} == {(Condition.RENEWAL_FAILED, "controller-1")}
        assert "kube-rootca-update-host-update-certs for host(controller-1) failed" in outcome.message
        (row,) = world.site(YARD).rows("kube_rootca_update", {})
        assert (row["state"], ends(world, YARD)) == ("update-aborted", before)

        held = await world.applied(YARD, approved="")
        assert {hold.gate for hold in held.holds} == {GateName.CONDITION}
        with Store.open(world.state) as store:
            assert store.words.resume("jo", site=YARD)
        assert (await world.applied(YARD, approved="")).result is Result.DONE
        assert ends(world, YARD) > before
        assert await world.is_in_sync(YARD)


async def test_pods_that_do_not_come_back_leave_it_half_done_and_it_is_gone_on_with(in_service):
    """Hosts have the new certificate alone: what is left is done, and nothing a second time."""
    async with in_service(OTTAWA) as (world, clone):
        age(world, OTTAWA)
        world.site(OTTAWA).system.marks.add("rootca-pods-fail:trust-new-ca")
        says(clone, OTTAWA, "{renewBefore: 90d}")
        outcome = await world.applied(OTTAWA)
        assert "failed:(updating-pods-trust-new-ca-failed)" in outcome.message
        made = ends(world)
        assert not await world.is_in_sync(OTTAWA)
        with Store.open(world.state) as store:
            assert store.words.resume("jo", site=OTTAWA)
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert ends(world) == made
        assert world.site(OTTAWA).rows("kube_rootca_update", {}) == []
        assert await world.is_in_sync(OTTAWA)


async def test_what_somebody_began_by_hand_is_left_to_them(in_service):
    async with in_service(OTTAWA) as (world, clone):
        age(world, OTTAWA)
        kube_rootca.start(world.site(OTTAWA).system)
        says(clone, OTTAWA, "{renewBefore: 90d}")
        (blocked,) = (await world.judged(OTTAWA)).plan.blocked
        assert "a renewal that VIM did not begin is half done, in state update-started" in blocked.reason
        assert asked(world) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(f"POST {VIM} ", id="while-it-is-built", marks=pytest.mark.full),
        pytest.param(f"POST {VIM}/actions", id="while-it-goes-on"),
    ],
)
async def test_a_controller_that_was_killed_asks_for_nothing_twice(in_service, moment):
    """Where VIM has ended meanwhile, what it left is taken away."""
    async with in_service(OTTAWA, kind=running) as (world, clone):
        before = ends(world)
        says(clone, OTTAWA, '{validUntil: "2040-06-01"}')
        async with controller(world) as first:
            world.at(OTTAWA, moment, first.kill)
            await asyncio.wait_for(first.wait(), 60)
        async with controller(world):
            await until(lambda: ends(world) > before and world.site(OTTAWA).rows("vim_strategy", {}) == [], world)
        assert asked(world) == ONCE
        assert await world.is_in_sync(OTTAWA)
