"""`stxr look`: the controller hears which sites to read now; a misspelt one is refused."""

from __future__ import annotations

import json

import pytest

from reconciler.store import Store, speaking
from tests.model.verdicts import verdict

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        store.save(verdict("ottawa-001"))
        yield tmp_path / "state"


def said(state):
    with speaking(state, "test") as store:
        return [(word.action, word.subject) for word in store.words.said()]


def test_the_controller_is_told_of_sites_and_groups(stxr, state):
    assert stxr("look", "ottawa-001", "--state", state).out.startswith("ottawa-001: is read as soon as a worker")
    ended = stxr("look", "ran", "--group", "--format", "json", "--state", state)
    assert json.loads(ended.out) == {"looks": ["ran"], "is_group": True}
    assert said(state) == [("look", "ottawa-001"), ("look", "ran")]


def test_a_misspelt_site_is_refused_with_the_one_that_is_meant(stxr, state):
    ended = stxr("look", "otawa-001", "--state", state)
    assert (ended.code, said(state)) == (1, [])
    assert "no site otawa-001 is known; did you mean ottawa-001?" in ended.err


def test_a_folder_without_a_store_is_told_as_such(stxr, tmp_path):
    ended = stxr("look", "ottawa-001", "--state", tmp_path / "elsewhere")
    assert (ended.code, (tmp_path / "elsewhere").exists()) == (1, False)
    assert "there is no store in" in ended.err
