"""`stxr rollout` and `stxr approve --rollout`: what is told, what is recorded, and how it ends. No site is asked."""

from __future__ import annotations

import json

import pytest

from reconciler.model.gate import GateName, Hold
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.rollout_look import Saw
from reconciler.model.waves import Strategy
from reconciler.model.words import State
from reconciler.store import Rendered, Store, rollouts_of, speaking
from tests.model.verdicts import difference, verdict

pytestmark = pytest.mark.usefixtures("offline")

MEMBERS = {
    "ottawa": Member("ottawa", 0, "d", MemberState.DONE, "p1", 1_000.0, 1_100.0),
    "hull": Member("hull", 0, "d", MemberState.FAILED, "p2", 1_000.0, 1_050.0, "mtu too large"),
    "gatineau": Member("gatineau", 1, "d"),
}
STOPPED = Rollout("7c1f00aa", "c0ffee" * 6, Strategy(), MEMBERS, 1_000.0, wave_began=1_000.0)
WHY = "stopped: 1 failed, and 0 may; `stxr rollout resume 7c1f00aa` tries them again"


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        store.rollouts.save(STOPPED)
        heavy = Rollout("beef0000", "beef" * 10, Strategy(), {"a": Member("a", 0)}, 900.0, mass="changes 1 of 1 sites")
        store.rollouts.save(heavy)
        yield tmp_path / "state"


def words(state):
    return {one.id: one.words for one in rollouts_of(state)}


def test_it_tells_how_far_each_is_and_why_it_stands(stxr, state):
    ended = stxr("rollout", "list", "--state", state)
    assert (ended.code, ended.err) == (0, "")
    first, second = ended.out.splitlines()
    assert first == f"7c1f00aa  commit c0ffeec0ffee  wave 1 of 2  1 waiting, 1 done, 1 failed  {WHY}"
    assert second.endswith("it waits for `stxr approve --rollout beef0000`")


def test_it_tells_what_each_site_waits_for(stxr, state):
    ended = stxr("rollout", "show", "7c1f00aa", "--state", state)
    assert ended.out.splitlines()[1:] == [
        "  wave 1: 2 of 2 sites (1 done, 1 failed)",
        "  wave 2: 0 of 1 sites (1 waiting)",
        f"    gatineau: waiting: rollout 7c1f00aa: {WHY}",
        "    hull: failed: mtu too large",
        "    ottawa: done",
    ]
    said = json.loads(stxr("rollout", "show", "7c1f00aa", "--state", state, "--format", "json").out)
    assert (said["counts"], said["waves"]) == ({"waiting": 1, "done": 1, "failed": 1}, 2)
    assert said["by_wave"][0] == {
        "wave": 1,
        "sites": 2,
        "settled": 2,
        "counts": {"done": 1, "failed": 1},
        "soaks_until": None,
    }
    assert [site["message"] for site in said["sites"] if site["site"] == "hull"] == ["mtu too large"]


def test_it_tells_what_else_keeps_a_site_back(stxr, state):
    held = Member("hull", 1, "d", told="outside its window until 22:00Z", saw=Saw.HELD)
    late = Member("gatineau", 0, "d", MemberState.LATE, told="no route to host", was_late=True, saw=Saw.DARK)
    going = Member("ottawa", 0, "d", MemberState.GOING, began=1_000.0, told="plan p1 is being sent, locks controller-0")
    members = {m.site: m for m in (held, late, going)}
    with Store.open(state.parent / "other", "run") as store:
        store.rollouts.save(Rollout("7c1f00aa", "c0ffee" * 6, Strategy(), members, 1_000.0, wave_began=1_000.0))
    ended = stxr("rollout", "show", "7c1f00aa", "--state", state.parent / "other")
    assert ended.out.splitlines()[3:] == [
        "    gatineau: late: no route to host",
        "    hull: waiting: wave 2 of rollout 7c1f00aa: waits for 1 site of wave 1; outside its window until 22:00Z",
        "    ottawa: going: plan p1 is being sent, locks controller-0",
    ]


def test_a_person_pauses_goes_on_and_aborts_and_the_last_word_counts(stxr, state):
    assert stxr("rollout", "pause", "7c1f00aa", "--reason", "storm", "--state", state).code == 0
    assert words(state)["7c1f00aa"].paused.reason == "storm"
    assert stxr("rollout", "resume", "7c1f00aa", "--state", state).code == 0
    assert words(state)["7c1f00aa"].paused is None
    assert stxr("rollout", "abort", "7c1f00aa", "--reason", "wrong", "--state", state).code == 0
    refused = stxr("rollout", "resume", "7c1f00aa", "--state", state)
    assert (refused.code, "a new commit makes another" in refused.err) == (1, True)


def test_a_commit_that_does_much_is_approved_as_a_whole(stxr, state):
    ended = stxr("approve", "--rollout", "beef0000", "--reason", "seen", "--state", state)
    assert (ended.code, ended.out.splitlines()) == (
        0,
        [
            "rollout beef0000 approved as a whole, with what it does to the fleet",
            "  a: waits: it was not planned for yet: approve again when it was",
        ],
    )
    assert words(state)["beef0000"].approved.reason == "seen"
    refused = stxr("approve", "--rollout", "7c1f00aa", "--state", state)
    assert (refused.code, "no site of rollout 7c1f00aa waits for an approval" in refused.err) == (1, True)


@pytest.fixture
def asking(state):
    """Sites of a rollout that are planned for, and wait for somebody's word."""
    plan = {"version": 1, "disruption": "lock", "stages": [], "blocked": []}
    waits = {"holds": (Hold(GateName.APPROVAL, "waits for approval: apply is approved"),), "input_key": "k"}
    with speaking(state, "look") as store:
        for name, cost in (("hull", "lock"), ("gatineau", "destructive")):
            store.rollouts.rendered({name: Rendered("k", "d")})
            told = {"differences": (difference(),), "plan_id": f"p-{name}", "plan": {**plan, "disruption": cost}}
            store.save(verdict(name, State.HELD, **told, **waits))
    return state


def test_the_plans_of_a_rollout_are_approved_with_one_word_and_who_is_left_out_is_told(stxr, asking):
    ended = stxr("approve", "--rollout", "7c1f00aa", "--reason", "seen", "--state", asking)
    assert (ended.code, ended.out.splitlines()) == (
        0,
        [
            "rollout 7c1f00aa approved up to reboot: 1 plan",
            "  hull: plan p-hull approved",
            (
                "  gatineau: waits: its plan p-gatineau costs destructive, more than reboot: approve that plan, "
                "or give --up-to destructive"
            ),
        ],
    )
    with speaking(asking, "look") as store:
        [approval] = store.words.approvals("hull")
    assert (approval.plans["hull"].plan, approval.reason) == ("p-hull", "seen")


def test_the_same_in_json(stxr, asking):
    ended = stxr("approve", "--rollout", "7c1f00aa", "--up-to", "destructive", "--state", asking, "--format", "json")
    assert json.loads(ended.out) == {
        "answer": "approved",
        "names": ["7c1f00aa"],
        "sites": ["gatineau", "hull"],
        "waits": {},
    }


def test_a_rollout_is_rejected_with_its_reason(stxr, asking):
    ended = stxr("reject", "--rollout", "7c1f00aa", "--reason", "not this year", "--state", asking)
    assert ended.out.splitlines()[0] == "rollout 7c1f00aa rejected: whatever its sites' plans are"
    with speaking(asking, "look") as store:
        [word] = store.words.approvals("gatineau")
    assert word.in_words.endswith(": not this year")


def test_a_rollout_that_is_not_there_is_refused_with_those_that_are(stxr, state):
    refused = stxr("rollout", "show", "nope", "--state", state)
    assert (refused.code, refused.err.strip()) == (1, "stxr: there is no rollout nope; there are 7c1f00aa, beef0000")
