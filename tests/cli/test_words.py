"""`stxr suspend`, `resume`, `approve`, `reject`: what is recorded, what it says, and how it ends. No site is asked."""

from __future__ import annotations

import json

import pytest

from reconciler.model.breaker import Breaker, Failure
from reconciler.model.gate import GateName, Hold
from reconciler.model.words import Disruption, State
from reconciler.store import Store, speaking
from tests.model.verdicts import difference, verdict

pytestmark = pytest.mark.usefixtures("offline")

PLAN = {"version": 1, "disruption": "lock", "stages": [], "blocked": []}
WAITING = Hold(GateName.WINDOW, "outside the maintenance windows", until=9_000.0, since=1_000.0)
FOUND = [
    verdict("gatineau", differences=(difference(),), plan_id="p1", change="c1", plan=PLAN, holds=(WAITING,)),
    verdict("ottawa", differences=(difference(),), plan_id="p2", change="c1", plan=PLAN),
    verdict("hull", State.IN_SYNC),
]


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        for one in FOUND:
            store.save(one)
        yield tmp_path / "state"


@pytest.fixture
def kept(state):
    """What the controller reads of a site's approvals."""

    def kept(site):
        with speaking(state, "look") as store:
            return store.words.approvals(site)

    return kept


def test_plans_are_approved_by_their_ids_and_what_else_holds_them_is_told(stxr, state, kept):
    ended = stxr("approve", "p1", "p2", "--reason", "seen", "--state", state)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "  gatineau: plan p1 approved; it waits still: outside the maintenance windows",
        "  ottawa: plan p2 approved",
    ]
    [approval] = kept("ottawa")
    assert (approval.name, approval.ceiling, approval.reason) == ("p2", Disruption.LOCK, "seen")
    assert approval.differences == {"controller-0/ethernet/data0:mtu": ("1500", "9000")}


def test_a_change_is_approved_for_all_up_to_what_it_costs_now(stxr, state, kept):
    ended = stxr("approve", "--change", "c1", "--state", state)
    assert ended.out.splitlines()[0] == "change c1 approved up to lock: 2 sites have it now"
    assert [a.name for a in kept("hull")] == ["c1"]


def test_a_change_is_approved_no_further_than_is_said(stxr, state, kept):
    stxr("approve", "--change", "c1", "--up-to", "service", "--state", state)
    assert [a.ceiling for a in kept("hull")] == [Disruption.SERVICE]


def test_a_plan_is_rejected_with_its_reason(stxr, state, kept):
    ended = stxr("reject", "p1", "--reason", "not this year", "--state", state, "--format", "json")
    assert json.loads(ended.out) == {
        "answer": "rejected",
        "names": ["p1"],
        "sites": ["gatineau"],
        "waits": {"gatineau": ["outside the maintenance windows"]},
    }
    assert [a.reason for a in kept("gatineau")] == ["not this year"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("p9",), "no site has the plan p9 now; there are p1, p2"),
        (("--change", "c9"), "no site has the change c9 now; there are c1"),
        ((), "name plans, one change, or one rollout"),
        (("p1", "--change", "c1"), "name plans, one change, or one rollout"),
        (
            ("p1", "--up-to", "lock"),
            "only a change or a rollout has a ceiling: a plan that is approved costs what it says",
        ),
    ],
)
def test_what_nobody_has_is_refused_with_what_there_is(stxr, state, words, said):
    ended = stxr("approve", *words, "--state", state)
    assert (ended.code, ended.err) == (1, f"stxr: {said}\n")


def test_a_site_and_a_group_are_suspended_and_resumed(stxr, state):
    assert stxr("suspend", "ottawa", "--reason", "storm", "--state", state).out == "ottawa: suspended: storm\n"
    assert stxr("suspend", "ran", "--group", "--reason", "flood", "--state", state).code == 0
    ended = stxr("resume", "hull", "--state", state)
    assert (ended.code, ended.err) == (
        1,
        "stxr: not suspended, and no host stuck: hull; suspended are group ran, ottawa\n",
    )
    assert stxr("resume", "ottawa", "--state", state).out == "ottawa: resumed\n"


def test_status_tells_the_gate_since_when_and_until_when(stxr, state):
    told = stxr("status", "gatineau", "--state", state).out
    assert "window: outside the maintenance windows (since " in told


def test_plans_are_approved_in_the_database_that_the_controller_uses(stxr, tmp_path):
    database = f"sqlite:///{tmp_path}/elsewhere.db"
    with Store.open(tmp_path / "controllers", "run", url=database) as store:
        for one in FOUND:
            store.save(one)
        assert stxr("approve", "p2", "--database", database).code == 0
        assert stxr("suspend", "hull", "--reason", "storm", "--database", database).code == 0
        assert [a.name for a in store.words.approvals("ottawa")] == ["p2"]
        assert [s.site for s in store.words.suspensions()] == ["hull"]


def test_a_breaker_is_closed_by_a_person(stxr, state):
    with speaking(state, "look") as store:
        for scope in ("", "ran"):
            store.bounds.change(scope, lambda _: Breaker((Failure("hull", 1.0),), opened=1.0))
    assert stxr("resume", "yard", "--breaker", "--state", state).err == (
        "stxr: the breaker of group yard is not open; open is that of the fleet, group ran\n"
    )
    assert stxr("resume", "ran", "--breaker", "--state", state).out == "group ran: breaker closed\n"
    assert stxr("resume", "--breaker", "--reason", "mended", "--state", state).out == "the fleet: breaker closed\n"
    again = stxr("resume", "--breaker", "--state", state)
    assert (again.code, again.err) == (1, "stxr: a breaker is not open: none is\n")
    assert "name the sites to resume" in stxr("resume", "--state", state).err
