"""Stored, and not in effect: told only where Git moved the value, and a host that has to take it up owes a reboot."""

from __future__ import annotations

import pytest

from reconciler.diff import compare
from reconciler.model.words import Action, Cause
from tests.worlds import KINDS, Clock, Net, host, snap, system

OWING = {"config_target": "f5", "config_applied": "a1"}


def found(said, before, **facts):
    """What differs where the site has what Git says."""
    have = snap(said, state=system(host("controller-0", **facts)))
    return compare(snap(said), have, KINDS, before).changes


def test_a_value_that_git_moved_is_pending_until_the_hosts_took_it_up():
    [change] = found(Clock(servers=("new",)), snap(Clock(servers=("old",))), **OWING)
    assert (change.action, change.cause, change.is_stored) == (Action.UPDATE, Cause.PENDING, True)
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [("servers", ("old",), ("new",))]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"config_target": "f5", "config_applied": "f5"}, id="it-is-current"),
        pytest.param({"config_target": "75", "config_applied": "a1"}, id="a-runtime-manifest-is-on-its-way"),
        pytest.param({**OWING, "administrative": "locked"}, id="it-is-locked-already"),
    ],
)
def test_a_host_that_owes_no_reboot_in_service_proves_nothing(facts):
    assert found(Clock(servers=("new",)), snap(Clock(servers=("old",))), **facts) == ()


def test_what_git_did_not_move_was_stored_by_somebody_else():
    """Their lock is theirs to make: the platform's own alarm says that it is owed."""
    same = Clock(servers=("same",))
    assert found(same, snap(same), **OWING) == ()
    assert found(same, None, **OWING) == ()


def test_what_takes_effect_by_itself_is_done_when_it_is_stored():
    assert found(Net(name="a", mtu=2), snap(Net(name="a", mtu=1)), **OWING) == ()


def test_a_value_that_is_new_in_git_was_moved_by_it():
    [change] = found(Clock(servers=("new",)), snap(), **OWING)
    assert [f.observed for f in change.fields] == [None]


def test_what_differs_is_sent_and_not_told_twice():
    have = snap(Clock(servers=("site",)), state=system(host("controller-0", **OWING)))
    [change] = compare(snap(Clock(servers=("new",))), have, KINDS, snap(Clock(servers=("old",)))).changes
    assert not change.is_stored
