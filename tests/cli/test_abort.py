"""`stxr abort`: the controller hears whose deployment is to end; where nothing is being sent that is told."""

from __future__ import annotations

import json

import pytest

from reconciler.model.words import State
from reconciler.store import Store, speaking
from tests.model.verdicts import sending, verdict

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        store.save(verdict("ottawa-001", State.APPLYING, plan=sending("dcmanager", "/v1.0/phased-subcloud-deploy/x")))
        store.save(verdict("plant-1", State.APPLYING, plan=sending("platform", "/v1/ihosts/6bd5")))
        store.save(verdict("yard-001"))
        yield tmp_path / "state"


def said(state):
    with speaking(state, "test") as store:
        return [(word.action, word.subject, word.detail) for word in store.words.said()]


def test_the_controller_is_told_whose_deployment_is_to_end(stxr, state):
    ended = stxr("abort", "ottawa-001", "--reason", "wrong rack", "--state", state)
    assert ended.out.startswith("ottawa-001: ends where dcmanager lets go of it")
    ended = stxr("abort", "ottawa-001", "--reason", "wrong rack", "--format", "json", "--state", state)
    assert json.loads(ended.out) == {"aborts": "ottawa-001", "reason": "wrong rack"}
    assert said(state) == [("abort", "ottawa-001", "wrong rack")] * 2


def test_where_nothing_is_being_sent_there_is_nothing_to_abort(stxr, state):
    ended = stxr("abort", "yard-001", "--reason", "wrong rack", "--state", state)
    assert (ended.code, said(state)) == (1, [])
    assert "yard-001: nothing is being sent to it" in ended.err


def test_what_dcmanager_does_not_do_is_not_aborted_and_told_with_what_stops_it(stxr, state):
    ended = stxr("abort", "plant-1", "--reason", "wrong rack", "--state", state)
    assert (ended.code, said(state)) == (1, [])
    assert "plant-1: what is being sent to it is no deployment" in ended.err
    assert "stxr suspend plant-1" in ended.err


def test_a_misspelt_site_is_refused_with_the_one_that_is_meant(stxr, state):
    ended = stxr("abort", "otawa-001", "--reason", "wrong rack", "--state", state)
    assert (ended.code, "did you mean ottawa-001?" in ended.err) == (1, True)
