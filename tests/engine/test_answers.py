"""What a word on a rollout is about: the plans of its sites that wait for one now, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.answers import Named, Rolling, rollout_answers
from reconciler.model.approval import Answer, Pinned, Saying, Subject
from reconciler.model.errors import ConfigError
from reconciler.model.gate import GateName, Hold
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption, State
from tests.model.verdicts import difference, verdict

YES, NO = (Saying(answer, "night-shift", 1_000.0, "seen") for answer in (Answer.APPROVED, Answer.REJECTED))
ASKS = Hold(GateName.APPROVAL, "waits for approval: apply is approved")
NEVER = Hold(GateName.POLICY, "apply is never")
WINDOW = Hold(GateName.WINDOW, "outside the maintenance windows")
MASS = Hold(GateName.MASS, "commit c2 changes 3 of 3 sites")


def site(name, *holds, cost=Disruption.SERVICE, state=State.HELD, key="now"):
    plan = {"version": 1, "disruption": cost, "stages": [], "blocked": []}
    told = {"differences": (difference(),), "plan_id": f"p-{name}", "plan": plan}
    return verdict(name, state, input_key=key, holds=holds, **told)


def rolling(*verdicts, gone=(), unseen=(), **facts):
    names = [*(v.site for v in verdicts), *gone, *unseen]
    members = {n: Member(n, 0, "d", MemberState.GONE if n in gone else MemberState.WAITING) for n in names}
    one = Rollout("7c1f00aa", "c2", Strategy(), members, 900.0, **facts)
    return Rolling(one, verdicts, dict.fromkeys(names, "now"))


def test_a_yes_pins_the_plans_that_wait_for_one_and_what_each_was_to_change():
    found = rollout_answers(YES, rolling(site("a", ASKS), site("b", NEVER, WINDOW), site("c", WINDOW), site("d")))
    [approval] = found.approvals
    assert (approval.subject, approval.name, approval.by) == (Subject.ROLLOUT, "7c1f00aa", "night-shift")
    differences = {"controller-0/ethernet/data0:mtu": ("1500", "9000")}
    assert approval.plans == {"a": Pinned("p-a", differences), "b": Pinned("p-b", differences)}
    assert (found.names, found.sites) == (["7c1f00aa"], ["a", "b"])
    assert found.waits == {"b": ["outside the maintenance windows"]}


@pytest.mark.parametrize(
    "old", [site("b", ASKS, key="before"), site("b", ASKS, state=State.UNREACHABLE), site("b", ASKS, state=State.STALE)]
)
def test_a_plan_of_another_day_is_not_pinned_and_its_site_is_told(old):
    found = rollout_answers(YES, rolling(site("a", ASKS), old, unseen=["c"]))
    assert list(found.approvals[0].plans) == ["a"]
    assert found.left == dict.fromkeys(["b", "c"], "it was not planned for yet: approve again when it was")


def test_a_site_that_a_newer_commit_took_out_is_not_asked():
    found = rollout_answers(YES, rolling(site("a", ASKS), gone=["b"]))
    assert (found.sites, found.left) == (["a"], {})


@pytest.mark.parametrize("cost", [Disruption.REINSTALL, Disruption.DESTRUCTIVE])
def test_nobody_loses_a_host_or_data_by_a_yes_that_does_not_say_so(cost):
    found = rollout_answers(YES, rolling(site("a", ASKS, cost=Disruption.LOCK), site("b", ASKS, cost=cost)))
    assert (found.sites, found.approvals[0].ceiling) == (["a"], Disruption.REBOOT)
    assert found.left["b"] == (
        f"its plan p-b costs {cost}, more than reboot: approve that plan, or give --up-to {cost}"
    )
    said_so = rollout_answers(YES, rolling(site("b", ASKS, cost=cost)), cost)
    assert said_so.sites == ["b"]


def test_a_ceiling_leaves_out_what_costs_more():
    found = rollout_answers(YES, rolling(site("a", ASKS), site("b", ASKS, cost=Disruption.LOCK)), Disruption.SERVICE)
    assert (found.sites, list(found.left)) == (["a"], ["b"])


def test_a_commit_that_does_much_is_approved_as_a_whole_by_the_same_word():
    found = rollout_answers(YES, rolling(site("a", ASKS, MASS), site("b", MASS), mass="changes 2 of 2 sites"))
    assert (found.whole, found.sites, found.waits) == ("7c1f00aa", ["a"], {})
    only = rollout_answers(YES, rolling(site("b", MASS), mass="changes 2 of 2 sites"))
    assert (only.whole, only.approvals, only.names) == ("7c1f00aa", (), ["7c1f00aa"])


def test_where_nobody_asks_a_yes_is_refused_and_who_is_not_planned_for_is_named():
    with pytest.raises(ConfigError, match=r"^no site of rollout 7c1f00aa waits for an approval$"):
        rollout_answers(YES, rolling(site("a", WINDOW)))
    approved = Words(approved=Said("day-shift", 950.0))
    with pytest.raises(ConfigError, match="approval; b: it was not planned for yet"):
        rollout_answers(YES, rolling(site("a"), unseen=["b"], mass="changes all", words=approved))


def test_a_no_is_for_whatever_its_sites_have():
    found = rollout_answers(NO, rolling(site("a"), site("b", ASKS, cost=Disruption.DESTRUCTIVE), unseen=["c"]))
    [approval] = found.approvals
    assert (approval.answer, approval.name, found.sites) == (Answer.REJECTED, "7c1f00aa", ["a", "b"])
    assert found.whole == ""


@pytest.mark.parametrize(
    "named", [{}, {"plans": ["p"], "change": "c"}, {"change": "c", "rollout": "r"}, {"plans": ["p"], "rollout": "r"}]
)
def test_one_kind_of_thing_is_answered_at_a_time(named):
    with pytest.raises(ConfigError, match="name plans, one change, or one rollout"):
        Named(**named)


def test_an_aborted_rollouts_sites_are_still_its_own():
    """Its sites wait for a commit that changes them again; the gate says so, whatever is approved."""
    aborted = rolling(site("a", ASKS))
    words = Words(aborted=Said("night-shift", 950.0))
    assert rollout_answers(NO, replace(aborted, rollout=replace(aborted.rollout, words=words))).sites == ["a"]
