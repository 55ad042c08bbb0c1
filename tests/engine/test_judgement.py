"""What was found and what became of it, in one word, and attribute by attribute."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from reconciler.engine.judgement import accepted, differences, state_of, strangers, unseen
from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.origin import Origin
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.verdict import Difference
from reconciler.model.words import Action, Area, Cause, Disruption, Result, Severity, State
from tests.engine.judging import judged
from tests.worlds import Iface, Link, Net, Tag, host, snap, system

GIT, LIVE = Net(name="a", mtu=9000), Net(name="a", mtu=1500)
PENDING = judged(snap(GIT), snap(LIVE), base=snap(LIVE))
DRIFTED = judged(snap(GIT), snap(LIVE), base=snap(GIT))
BOTH = judged(snap(GIT, Tag(name="t", value="new")), snap(LIVE), base=snap(GIT))
SAME = judged(snap(GIT), snap(GIT))


def state(found, result, *steps):
    entries = tuple(Entry("net", "", (), step) for step in steps)
    return state_of(found.found, found.plan, Outcome("p", result, entries))


@pytest.mark.parametrize(
    ("found", "result", "expected"),
    [
        (SAME, Result.IN_SYNC, State.IN_SYNC),
        (PENDING, Result.PLANNED, State.PENDING),
        (DRIFTED, Result.PLANNED, State.DRIFTED),
        (BOTH, Result.PLANNED, State.DRIFTED),
        (PENDING, Result.HELD, State.HELD),
        (DRIFTED, Result.HELD, State.HELD),
        (PENDING, Result.FAILED, State.FAILED),
        (PENDING, Result.UNREACHABLE, State.UNREACHABLE),
        (PENDING, Result.CONFLICT, State.PENDING),
        (DRIFTED, Result.CONFLICT, State.DRIFTED),
        (PENDING, Result.DONE, State.PENDING),
    ],
)
def test_the_state_of_a_site_after_each_end(found, result, expected):
    """DONE too: whether the site followed is seen at the next look, which comes at once."""
    assert state(found, result) is expected


def test_what_was_stored_and_is_not_known_to_be_applied_is_unverified():
    assert state(PENDING, Result.DONE, StepResult.DONE, StepResult.UNVERIFIED) is State.UNVERIFIED


def test_a_site_that_lacks_nothing_but_that_its_hosts_are_told_is_unverified():
    [change] = PENDING.found.changes
    again = replace(PENDING, found=replace(PENDING.found, changes=(replace(change, by_way_of=change.observed),)))
    assert state(again, Result.PLANNED) is State.UNVERIFIED


def test_a_window_that_is_still_owed_keeps_a_site_pending():
    locked = system(host("controller-0", "locked"))
    found = judged(snap(GIT, state=locked), snap(GIT, state=locked), ours=("controller-0",))
    assert state(found, Result.PLANNED) is State.PENDING


def test_a_member_too_many_in_a_list_that_git_owns_is_drift():
    owned = frozenset({("link", "controller-0", "e")})
    found = judged(snap(Iface(name="e"), owned=owned), snap(Iface(name="e"), Link(iface="e", net="n")))
    assert state(found, Result.IN_SYNC) is State.DRIFTED
    [extra] = differences(found.found, found.plan)
    assert (extra.resource, extra.attribute, extra.action) == ("controller-0/link/e/n", "", "delete")
    assert (extra.observed, extra.desired) == ("iface=e, net=n", "")


def test_a_site_whose_lists_were_not_all_read_is_not_judged_by_the_rest():
    """Git has not moved and nothing drifted: nobody knows."""
    found = judged(snap(GIT), replace(snap(), complete=frozenset()))
    assert found.found.unjudged == (ResourceKey("net", "a"),)
    assert state(found, Result.IN_SYNC) is State.UNKNOWN


def test_what_differs_counts_though_another_list_was_not_read():
    have = replace(snap(LIVE), complete=frozenset())
    found = judged(snap(GIT, Tag(name="t")), have, base=snap(GIT))
    assert state(found, Result.PLANNED) is State.DRIFTED


def test_each_attribute_is_a_difference_with_its_place_cause_and_price():
    found = judged(
        snap(Iface(name="e", mtu=9000)), snap(Iface(name="e", mtu=1500)), base=snap(Iface(name="e", mtu=9000))
    )
    assert differences(found.found, found.plan) == (
        Difference(
            "controller-0/iface/e",
            "mtu",
            "update",
            "1500",
            "9000",
            Cause.DRIFTED,
            Area.NETWORK,
            Severity.SERVICE,
            Disruption.LOCK,
            kind="iface",
            host="controller-0",
        ),
    )


def test_a_missing_resource_is_one_difference_with_all_that_it_should_be():
    found = judged(snap(GIT), snap())
    [missing] = differences(found.found, found.plan)
    assert (missing.attribute, missing.action, missing.observed, missing.desired) == (
        "",
        "create",
        "",
        "name=a, mtu=9000",
    )


def test_what_a_plan_leaves_out_has_no_price():
    found = judged(snap(Iface(name="e", mtu=9000)), snap(Iface(name="e", mtu=1500)))
    [unplanned] = differences(found.found, Plan("p", "sc-1"))
    assert unplanned.disruption is Disruption.NONE


def shown(observed, desired, name="servers"):
    field = FieldChange(name, observed, desired, Origin("a.yaml", 3, 5))
    key = ResourceKey("clock", "")
    resource = Resource(key, GIT)
    change = Change(key, Action.UPDATE, resource, resource, (field,))
    [one] = differences(Comparison((change,)), Plan("p", "sc-1"))
    return one.observed, one.desired, one.origin


@pytest.mark.parametrize(
    ("observed", "desired", "expected"),
    [
        (("a", "b"), ["b"], ("a,b", "b")),
        (frozenset({"b", "a"}), (), ("a,b", "")),
        (None, 0, ("", "0")),
        (False, True, ("False", "True")),
        (SecretStr("hunter2"), SecretStr("hunter3"), ("**********", "**********")),
        ([SecretStr("hunter2")], None, ("**********", "")),
    ],
)
def test_values_are_told_as_text_and_secrets_masked(observed, desired, expected):
    assert shown(observed, desired) == (*expected, "a.yaml:3")


BEFORE = differences(DRIFTED.found, DRIFTED.plan)


def test_drift_that_git_took_up_is_accepted_and_what_was_set_back_is_not():
    [drifted] = BEFORE
    taken, back = judged(snap(LIVE), snap(LIVE)), judged(snap(GIT), snap(GIT))
    assert list(accepted(BEFORE, taken.desired, taken.found)) == [drifted.place]
    assert list(accepted(BEFORE, back.desired, back.found)) == []
    assert list(accepted([replace(drifted, cause=Cause.PENDING)], taken.desired, taken.found)) == []


def test_a_stranger_that_git_names_now_is_accepted():
    before = judged(snap(), snap(LIVE))
    [stranger] = strangers(before.found)
    assert (stranger.resource, stranger.cause, stranger.severity) == (str(ResourceKey("net", "a")), "unmanaged", "info")
    now = judged(snap(LIVE), snap(LIVE))
    assert list(accepted([stranger], now.desired, now.found)) == [stranger.place]


def test_what_differed_in_a_list_that_was_not_read_now_is_unseen():
    assert unseen(BEFORE, snap(LIVE)) == ()
    assert unseen(BEFORE, replace(snap(), complete=frozenset())) == ("net",)
