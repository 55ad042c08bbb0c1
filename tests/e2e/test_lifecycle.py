"""A folder in Git becomes a managed subcloud that is in sync with its deployment-config."""

from __future__ import annotations

import pytest

from reconciler.model.words import Disruption, Result
from tests.e2e.lifecycle import NEW, asked_for, racked


@pytest.fixture
def new_site(git, opened, tmp_path):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets")
    return opened(clone, racked)


def row(world):
    return next(r for r in world.server.central.rows("subclouds", {}) if r["name"] == NEW)


async def test_the_plan_of_a_new_folder_says_every_phase_and_what_it_costs(new_site):
    async with new_site as world:
        judged = await world.judged(NEW)
    steps = [(step.kind, step.disruption) for stage in judged.plan.stages for step in stage.steps]
    assert steps == [
        ("subcloud", Disruption.NONE),
        ("subcloud-install", Disruption.REINSTALL),
        ("subcloud-bootstrap", Disruption.NONE),
        ("subcloud-completion", Disruption.NONE),
    ]
    assert [(str(b.key), b.reason) for b in judged.plan.blocked] == [
        ("subcloud-management", "it is managed once its deployment is complete and dcmanager finds it online")
    ]


async def test_once_approved_it_becomes_a_subcloud_that_is_managed_and_in_sync(new_site):
    async with new_site as world:
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert outcome.result is Result.DONE, outcome.message
        for _ in range(5):
            await world.applied(NEW, approved="*")
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed")
        assert await world.is_in_sync(NEW)
