"""A deployed site is wiped and deployed anew once for each word of Git, and never because of anything else."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.words import Disruption, Result, State
from reconciler.simulator.interference import Rule, Trouble
from reconciler.store import Store
from reconciler.store.redeployments import RedeploymentStore
from tests.e2e.lifecycle import (
    FOLDER,
    NEW,
    SITE,
    approve,
    asked,
    asked_for,
    entered,
    gone_on_with,
    racked,
    racked_for_real,
    row,
)
from tests.faults.controlled import controlled, until, visited
from tests.faults.controller_process import Place, controller

pytestmark = pytest.mark.xdist_group("dbos")
VALUES = f"{FOLDER}/bootstrap-values.yaml"


@pytest.fixture
def clone(git, tmp_path):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="apply: auto\n")
    return clone


def says(clone, word, edits=None):
    site = (clone.folder / SITE).read_text()
    before, said, after = site.partition("  redeploy: ")
    rest = after.partition("\n")[2] if said else ""
    base = before + rest
    clone.commit({SITE: base.replace("subcloud:\n", f"subcloud:\n  redeploy: {word}\n"), **(edits or {})})


def redeployed(world):
    return asked(world, path="/redeploy")


def power(world, *, on):
    world.site(NEW).switch("controller-0", on=on)


async def in_service(world):
    """The site deployed, managed, in sync, and seen."""
    await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
    for _ in range(4):
        outcome = await world.applied(NEW, approved="")
    assert outcome.result is Result.IN_SYNC, outcome.message


async def offline_with(world, clone, word, edits=None):
    """The plan by which the site is deployed anew."""
    says(clone, word, edits)
    power(world, on=False)
    return (await world.judged(NEW)).plan


async def test_a_word_that_is_new_has_a_deployed_site_deployed_anew_with_the_values_of_now(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        values = (clone.folder / VALUES).read_text()
        plan = await offline_with(world, clone, "CHG-4711", {VALUES: f"{values}cluster_pod_subnet: 172.17.0.0/16\n"})
        assert [step.kind for stage in plan.stages for step in stage.steps] == ["subcloud-redeployment"]
        assert (plan.disruption, plan.reinstalled) == (Disruption.REINSTALL, {"controller-0"})
        held = await world.applied(NEW, approved="*")
        assert "waits for approval of this very plan: the deployed site is installed" in held.message
        assert redeployed(world) == []

        outcome = await world.applied(NEW, approved=plan.id)
        assert outcome.result is Result.DONE, outcome.message
        for _ in range(5):
            outcome = await world.applied(NEW, approved="")
        assert outcome.result is Result.IN_SYNC, outcome.message
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed")
        assert len(redeployed(world)) == 1
        assert (await world.judged(NEW)).found.changes == ()  # the new pod subnet is what it has


async def test_what_it_takes_is_told_while_the_site_is_in_service(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        says(clone, "CHG-4711")
        judged = await world.judged(NEW)
        assert [(b.key.kind, b.reason) for b in judged.plan.blocked] == [
            (
                "subcloud-redeployment",
                "dcmanager deploys anew only what is offline: power the site off, or cut it off",
            )
        ]
        assert judged.observed.absent == ""  # it is looked at, and repaired, as before


@pytest.mark.parametrize("when", ["before it is deployed", "before it is looked at"])
async def test_a_word_that_was_there_when_the_site_was_first_seen_deployed_has_no_effect(clone, opened, when):
    async with opened(clone, racked) as world:
        if when == "before it is deployed":
            says(clone, "word-0")
            await in_service(world)
        else:
            await in_service(world)
            says(clone, "word-0")
            forget(world)
        assert (await world.judged(NEW)).found.changes == ()
        power(world, on=False)
        assert (await world.plan_again(NEW))[NEW].judged is None  # it is asked itself, and does not answer
        assert redeployed(world) == []
        assert (await offline_with(world, clone, "word-1")).stages


def forget(world):
    """As where the store was lost."""
    with Store.open(world.state) as store, store._engine.begin() as db:
        db.exec_driver_sql("DELETE FROM redeployments")
        db.exec_driver_sql("DELETE FROM deployed")
        db.exec_driver_sql("DELETE FROM bases")


async def test_a_word_that_was_done_counts_no_more_also_where_git_goes_back_to_it(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        for word in ("one", "two"):
            plan = await offline_with(world, clone, word)
            assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
            await brought_back(world)
        says(clone, "one")
        assert (await world.judged(NEW)).found.changes == ()
        assert len(redeployed(world)) == 2


async def brought_back(world):
    for _ in range(5):
        outcome = await world.applied(NEW, approved="")
    assert outcome.result is Result.IN_SYNC, outcome.message


async def test_what_dcmanager_refuses_is_told_and_may_be_asked_for_again(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        world.server.central.system.marks.add(f"bmc-unreachable:{NEW}")
        plan = await offline_with(world, clone, "one")
        outcome = await world.applied(NEW, approved=plan.id)
        assert (outcome.result, "Cannot reach the subcloud BMC" in outcome.message) == (Result.FAILED, True)
        world.server.central.system.marks.clear()
        again = (await world.judged(NEW)).plan
        assert [step.kind for stage in again.stages for step in stage.steps] == ["subcloud-redeployment"]
        assert (await world.applied(NEW, approved=again.id)).result is Result.DONE
        await brought_back(world)
        assert len(redeployed(world)) == 1


async def test_a_phase_of_it_that_fails_is_told_and_gone_on_with_phase_by_phase(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        world.server.central.system.marks.add(f"bootstrapping-fails:{NEW}:no route to the registry")
        plan = await offline_with(world, clone, "one")
        outcome = await world.applied(NEW, approved=plan.id)
        assert outcome.result is Result.FAILED
        assert outcome.message.startswith(f"{NEW}: deploy-status is bootstrap-failed: ")
        assert "no route to the registry" in outcome.message
        again = (await world.judged(NEW)).plan
        assert again.stages[0].steps[0].kind == "subcloud-bootstrap"
        assert (await world.applied(NEW, approved=again.id)).result is Result.DONE
        await brought_back(world)
        assert len(redeployed(world)) == 1


async def test_an_answer_that_is_lost_is_looked_for(clone, opened):
    async with opened(clone, racked) as world:
        await in_service(world)
        plan = await offline_with(world, clone, "one")
        world.server.central.interference.rules.append(Rule(Trouble.RESET_AFTER, "PATCH", ".*/redeploy"))
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
        await brought_back(world)
        assert len(redeployed(world)) == 1


async def test_a_call_that_is_lost_is_not_sent_again_but_for_another_word(clone, opened):
    """Nobody knows whether it comes late: what was asked for once is not asked for twice by one yes."""
    async with opened(clone, racked) as world:
        await in_service(world)
        plan = await offline_with(world, clone, "one")
        world.server.central.interference.rules.append(Rule(Trouble.RESET, "PATCH", ".*/redeploy"))
        assert (await world.applied(NEW, approved=plan.id)).result is Result.UNREACHABLE
        assert redeployed(world) == []
        [blocked, *_] = [b for b in (await world.judged(NEW)).plan.blocked if b.key.kind == "subcloud-redeployment"]
        assert "nobody knows whether it did" in blocked.reason
        says(clone, "two")
        again = (await world.judged(NEW)).plan
        assert (await world.applied(NEW, approved=again.id)).result is Result.DONE
        await brought_back(world)
        assert len(redeployed(world)) == 1


PHASES = [
    "pre-install",
    "installing",
    "install-complete",
    "pre-bootstrap",
    "bootstrapping",
    "bootstrap-complete",
    "complete",
]


@pytest.mark.parametrize("state", PHASES)
async def test_a_controller_that_ends_in_a_phase_of_it_never_has_the_site_wiped_again(clone, opened, state):
    async with opened(clone, racked) as world:
        await in_service(world)
        approve(world, (await offline_with(world, clone, "one")).id)
        await gone_on_with(world, state)
        assert len(redeployed(world)) == 1


async def goes_on_to_its_end(world):
    async with controlled(world) as it:
        for _ in range(6):
            await visited(it, NEW)
            if it.verdicts[NEW].state is State.IN_SYNC:
                break
        assert it.verdicts[NEW].state is State.IN_SYNC, it.verdicts[NEW].message
    assert len(redeployed(world)) == 1


@pytest.mark.parametrize("point", ["before-the-call", "after-the-call", "before-the-word-is-noted"])
async def test_a_controller_that_ends_around_the_call_never_has_the_site_wiped_twice_nor_not_at_all(
    clone, opened, monkeypatch, point
):
    async with opened(clone, racked) as world:
        await in_service(world)
        approve(world, (await offline_with(world, clone, "one")).id)
        reached = asyncio.Event()

        async def stands(*_):
            reached.set()
            await asyncio.Event().wait()

        async with controlled(world) as it:
            centre = it._fleet.centre
            if point == "before-the-call":
                monkeypatch.setattr(centre, "send", until_redeploy(centre.send, stands))
            elif point == "after-the-call":
                monkeypatch.setattr(centre, "send", after_redeploy(centre.send, stands))
            else:
                monkeypatch.setattr(RedeploymentStore, "ended", lambda *_: reached.set())
            await it.visit(NEW)
            await until(reached.is_set)
        monkeypatch.undo()
        await goes_on_to_its_end(world)


def until_redeploy(send, deed):
    async def sends(method, path, body):
        if path.endswith("/redeploy"):
            await deed()
        await send(method, path, body)

    return sends


def after_redeploy(send, deed):
    async def sends(method, path, body):
        await send(method, path, body)
        if path.endswith("/redeploy"):
            await deed()

    return sends


async def test_where_nobody_knows_whether_it_was_done_it_is_never_done_again_and_people_are_asked(
    clone, opened, monkeypatch
):
    """A controller that dies at the call, and is started again two hours later: dcmanager's row shows the same as before."""
    async with opened(clone, racked) as world:
        await in_service(world)
        approve(world, (await offline_with(world, clone, "one")).id)
        reached = asyncio.Event()

        async def stands():
            reached.set()
            await asyncio.Event().wait()

        async with controlled(world) as it:
            centre = it._fleet.centre
            monkeypatch.setattr(centre, "send", until_redeploy(centre.send, stands))
            await it.visit(NEW)
            await until(reached.is_set)
        await world.clock.sleep(7_200.0)
        async with controlled(world) as it:
            await visited(it, NEW)
            assert redeployed(world) == []
        reasons = " ".join(blocked.reason for blocked in (await world.judged(NEW)).plan.blocked)
        assert "nobody knows whether it did: if it did not, say another word" in reasons
        says(clone, "two")
        approve(world, (await world.judged(NEW)).plan.id)
        await goes_on_to_its_end(world)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["installing", pytest.param("complete", marks=pytest.mark.full)])
async def test_a_controller_that_is_killed_in_a_phase_of_it_never_has_the_site_wiped_again(clone, opened, state):
    async with opened(clone, racked_for_real) as world:
        approve(world, (await world.judged(NEW)).plan.id)
        place = Place(world.root, world.endpoints, world.state)
        async with controller(place, asyncio.Event()) as first:
            await until(lambda: first.told and first.told.state is State.IN_SYNC and not first.told.is_under_way)
        approve(world, (await offline_with(world, clone, "one")).id)
        async with controller(place, asyncio.Event()) as first:
            entered(world, state, first.kill)
            await until(lambda: first.has_ended)
        async with controller(place, asyncio.Event()) as second:
            await until(lambda: row(world)["management-state"] == "managed" and second.told.state is State.IN_SYNC)
        assert len(redeployed(world)) == 1
