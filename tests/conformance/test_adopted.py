"""Every system that is recorded, and every example that was applied, written down by `adopt`: nothing is left to do.

And `stxr simulate --inventory` makes a twin of each, which shows the same.
"""

from __future__ import annotations

import shutil

import pytest

from reconciler.model.words import Result
from tests.adopt.left_out import unexplained
from tests.adopt.living import SITES, inventory
from tests.adopt.proving import assert_adopted, assert_twin
from tests.conformance.recordings import SCENARIOS, WHOLE, recording
from tests.conformance.test_examples_apply import EXAMPLES, SITE, bootstrapped, mended
from tests.conformance.test_examples_load import example
from tests.e2e.world import playing

pytestmark = pytest.mark.conformance

NAMES = sorted(folder.name for folder in (SITES / "subclouds").iterdir())


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_that_was_applied_is_what_its_adopted_files_say(shared, tmp_path, name):
    async with bootstrapped(mended(example(shared, name), name), name, tmp_path) as play:
        await play.world.applied(SITE)  # that all of it was done is test_examples_apply's to say
        found = inventory(play.world.site(SITE).system)
    assert_adopted(found)
    assert unexplained(found) == []
    assert_twin(found)


@pytest.mark.parametrize("name", NAMES)
async def test_a_site_of_the_example_fleet_that_was_applied_is_what_its_adopted_files_say(tmp_path, name):
    shutil.copytree(SITES, tmp_path / "sites")
    async with playing(tmp_path / "sites", tmp_path) as world:
        assert (await world.applied(name)).result is Result.DONE
        found = inventory(world.site(name).system)
    assert_adopted(found, name)
    assert_twin(found, name)


@pytest.mark.parametrize("name", [WHOLE, *SCENARIOS])
def test_a_recorded_system_is_what_its_adopted_files_say(shared, name):
    one = recording(shared, name)
    for found in filter(None, (one.initial, one.final)):
        assert_adopted(found)
        assert unexplained(found) == []


@pytest.mark.parametrize("name", [WHOLE, *SCENARIOS])
def test_a_recorded_system_has_a_twin(shared, name):
    one = recording(shared, name)
    for found in filter(None, (one.initial, one.final)):
        assert_twin(found)
