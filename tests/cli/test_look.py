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
    assert "no site otawa-001: is it ottawa-001?" in ended.err
