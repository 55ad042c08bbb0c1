"""Every phase of every way by which a site comes under its centre: it fails once, and its controller ends in it once."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.words import Result, State
from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.interference import Rule, Trouble
from reconciler.store import sendings_of, verdicts_of
from tests.e2e.lifecycle import (
    NEW,
    SITE,
    approve,
    asked,
    asked_for,
    gone_on_with,
    racked,
    racked_for_real,
    row,
)
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller

pytestmark = pytest.mark.xdist_group("dbos")
WAYS = {
    "deploy-direct": ("", ["phased-subcloud-deploy", "install", "bootstrap", "complete", NEW]),
    "deploy-manager": (
        "  via: deployment-manager\n",
        ["phased-subcloud-deploy", "install", "bootstrap", "configure", NEW],
    ),
    "enroll-direct": ("  onboarding: enroll\n", ["phased-subcloud-deploy", "enroll", "complete", NEW]),
    "enroll-manager": (
        "  onboarding: enroll\n  via: deployment-manager\n",
        ["phased-subcloud-deploy", "enroll", "configure", NEW],
    ),
}
"""How site.yaml says each, and what dcmanager is asked for on the way."""

CONFIGURING = [("pre-config", "subcloud-completion"), ("configuring", "subcloud-completion")]
STATES = {
    "deploy-direct": [
        ("pre-install", "subcloud-install"),
        ("installing", "subcloud-install"),
        ("pre-bootstrap", "subcloud-bootstrap"),
        ("bootstrapping", "subcloud-bootstrap"),
    ],
    "deploy-manager": CONFIGURING,
    "enroll-direct": [
        ("pre-init-enroll", "subcloud-enrolment"),
        ("initiating-enroll", "subcloud-enrolment"),
        ("pre-enroll", "subcloud-enrolment"),
        ("enrolling", "subcloud-enrolment"),
    ],
    "enroll-manager": CONFIGURING,
}
"""The states that pass by themselves, and who asked for the phase; what two ways have in common stands at the first."""

RESTS = {
    "deploy-direct": ["create-complete", "install-complete", "bootstrap-complete", "complete"],
    "enroll-direct": ["enroll-complete"],
}
"""The states between two phases."""

PLAYBOOKS = frozenset({"installing", "bootstrapping", "configuring", "initiating-enroll", "enrolling"})
ADDS, MANAGES = "POST .*/phased-subcloud-deploy", f"PATCH /v1.0/subclouds/{NEW} "


@pytest.fixture
def clone_of(git, tmp_path):
    """A folder that asks for one of the ways."""

    def clone_of(way):
        clone = git(NEW)
        asked_for(clone, tmp_path / "secrets", more="apply: auto\n")
        site = (clone.folder / SITE).read_text()
        said = WAYS[way][0]
        if "via:" in said:
            site = site.replace("  via: direct\n", "")
        clone.commit({SITE: site.replace("subcloud:\n", f"subcloud:\n{said}")})
        return clone

    return clone_of


def calls(world):
    return [path.rpartition("/")[2] for path in asked(world)]


async def brought_to_an_end(world):
    """Visits until nothing more is to do, each with no word from anybody."""
    for _ in range(4):
        outcome = await world.applied(NEW, approved="")
        if outcome.result is Result.IN_SYNC:
            break
    return outcome


@pytest.mark.parametrize(
    ("way", "state", "kind"),
    [pytest.param(way, *each, id=f"{way}-{each[0]}") for way, states in STATES.items() for each in states],
)
async def test_a_phase_that_fails_is_told_in_dcmanagers_words_and_the_next_plan_goes_on_with_it(
    clone_of, opened, way, state, kind
):
    async with opened(clone_of(way), racked) as world:
        world.server.central.system.marks.add(f"{state}-fails:{NEW}:no route to the registry")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        failed = row(world)["deploy-status"]
        assert (outcome.result, failed.endswith("-failed")) == (Result.FAILED, True)
        assert outcome.message.startswith(f"{NEW}: deploy-status is {failed}")
        assert ("no route to the registry" in outcome.message) is (state in PLAYBOOKS)  # told by playbooks alone

        again = (await world.judged(NEW)).plan
        assert again.stages[0].steps[0].kind == kind
        assert (await world.applied(NEW, approved=again.id)).result is Result.DONE
        assert (await brought_to_an_end(world)).result is Result.IN_SYNC
        begun = [*WAYS[way][1]]
        phase = again.stages[0].steps[0].calls[0].path.rpartition("/")[2]
        begun.insert(begun.index(phase), phase)
        assert calls(world) == begun


@pytest.mark.parametrize(
    ("way", "path"),
    [
        pytest.param("deploy-direct", ".*/complete", id="deploy-direct-complete"),
        pytest.param("enroll-direct", ".*/complete", id="enroll-direct-complete"),
        pytest.param("deploy-manager", ".*/configure", id="deploy-manager-configure"),
        pytest.param("deploy-direct", f".*/subclouds/{NEW}", id="management"),
    ],
)
async def test_a_call_that_is_refused_once_is_told_with_its_words_and_asked_for_again(clone_of, opened, way, path):
    async with opened(clone_of(way), racked) as world:
        world.server.central.interference.rules.append(
            Rule(Trouble.REFUSE, "PATCH", path, status=422, text="the message bus is away")
        )
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        if outcome.result is Result.DONE:
            outcome = await world.applied(NEW, approved="")
        assert (outcome.result, "the message bus is away" in outcome.message) == (Result.FAILED, True), outcome.message
        assert (await brought_to_an_end(world)).result is Result.IN_SYNC
        assert calls(world) == WAYS[way][1]


@pytest.mark.parametrize(
    ("way", "state"),
    [
        *(pytest.param(way, each[0], id=f"{way}-{each[0]}") for way, states in STATES.items() for each in states),
        *(pytest.param(way, state, id=f"{way}-{state}") for way, states in RESTS.items() for state in states),
    ],
)
async def test_a_controller_that_ends_in_a_state_goes_on_from_there_and_asks_for_nothing_twice(
    clone_of, opened, way, state
):
    async with opened(clone_of(way), racked) as world:
        approve(world, (await world.judged(NEW)).plan.id)
        await gone_on_with(world, state)
        assert calls(world) == WAYS[way][1]


def verdict(world):
    return next(iter(verdicts_of(world.state)), None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "path"),
    [
        pytest.param("deploy-manager", ADDS, id="create"),
        pytest.param("deploy-manager", f"PATCH .*/{NEW}/install", id="install"),
        pytest.param("deploy-manager", f"PATCH .*/{NEW}/bootstrap", id="bootstrap", marks=pytest.mark.full),
        pytest.param("deploy-manager", f"PATCH .*/{NEW}/configure", id="configure", marks=pytest.mark.full),
        pytest.param("enroll-direct", f"PATCH .*/{NEW}/enroll", id="enroll"),
        pytest.param("enroll-direct", f"PATCH .*/{NEW}/complete", id="complete", marks=pytest.mark.full),
        pytest.param("enroll-direct", MANAGES, id="manage"),
    ],
)
async def test_a_controller_that_is_killed_before_an_answer_loses_nothing_and_asks_for_nothing_twice(
    clone_of, opened, way, path
):
    async with opened(clone_of(way), racked_for_real) as world:
        approve(world, (await world.judged(NEW)).plan.id)
        place = Place(world.root, world.endpoints, world.state)
        async with controller(place, asyncio.Event()) as first:
            world.at(CENTRAL, path, first.kill)
            await until(lambda: first.has_ended)
        async with controller(place, asyncio.Event()):
            await until(lambda: row(world)["management-state"] == "managed")
            await until(lambda: verdict(world).state is State.IN_SYNC)
        assert calls(world) == WAYS[way][1]
        assert all(sending.end for sending in sendings_of(world.state, NEW))
