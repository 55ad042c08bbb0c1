"""Stored and not applied: set back and set again, while the site has it and no host was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.diff import Present, compare, with_unapplied
from reconciler.model.stored import Stored, targets_of
from tests.worlds import KINDS, Clock, host, key, snap, system

OLD, NEW = snap(Clock(servers=("old",))), snap(Clock(servers=("new",)))
CLOCK = key("clock", "")
NOTE = Stored(OLD.resources[CLOCK], NEW.resources[CLOCK], targets_of(NEW))


def found(want=NEW, have=NEW, note=NOTE):
    return with_unapplied(compare(want, have, KINDS), Present(want, have), [note], KINDS).changes


def test_what_no_host_was_told_of_is_set_back_to_what_they_run_and_set_again():
    [change] = found()
    assert change.by_way_of.spec.servers == ("old",)
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [("servers", ("old",), ("new",))]


def test_another_configuration_for_a_host_says_that_it_was_applied():
    told = snap(Clock(servers=("new",)), state=system(host("controller-0", config_target="next")))
    assert found(have=told) == ()
    assert len(found(have=told, note=replace(NOTE, is_missed=True))) == 1  # that came later, for something else


@pytest.mark.parametrize("have", [OLD, snap(Clock(servers=("theirs",)))])
def test_what_differs_is_sent_anyway(have):
    assert [change.by_way_of for change in found(have=have)] == [None]


def test_what_git_does_not_say_any_more_is_left_alone():
    assert found(want=snap()) == ()
