"""Equal changes on many sites are one group; what costs another site more is another one."""

from __future__ import annotations

import pytest

from reconciler.engine.review_groups import Groups, cost_of, edit_of
from reconciler.kinds import registry
from reconciler.model.words import Disruption
from tests.engine.test_preview import ONE, PLANT, hosts, network, previewed, said

KINDS = registry()


def grouped(*previews, read_at=None):
    groups = Groups(KINDS)
    for one in previews:
        groups.add(one, read_at=read_at)
    return [group for group, _ in groups.made()]


def console(names, site, mode=""):
    """A console that moves, which takes a lock."""
    text = hosts(names)
    return previewed(said(text, site, mode), said(text.replace("tty0", "ttyS0", 1), site, mode))


def test_equal_changes_are_told_once_with_all_their_sites_the_widest_first():
    wide = [previewed(network(1500, name=n), network(9000, name=n)) for n in ("b", "c", "a")]
    other = previewed(network(1500, name="d"), network(1400, name="d"))
    assert [group.sites for group in grouped(other, *wide)] == [("a", "b", "c"), ("d",)]


def test_another_value_of_the_same_field_is_the_same_edit_and_another_change():
    one = previewed(network(1500, name="a"), network(9000, name="a"))
    other = previewed(network(1500, name="b"), network(1400, name="b"))
    first, second = grouped(one, other)
    assert first.edit == second.edit
    assert first.fingerprint != second.fingerprint


def test_another_field_is_another_edit():
    assert edit_of(console(ONE, "a").found) != edit_of(previewed(network(1500), network(9000)).found)


def test_a_change_that_costs_other_sites_more_is_told_apart():
    """The same console, but where there are two controllers activity moves first."""
    both = hosts(ONE) + hosts({"controller-1": "controller"}).replace("p0", "p1").replace(":00'", ":01'")
    two = previewed(said(both, "b"), said(both.replace("tty0", "ttyS0", 1), "b"))
    one = console(ONE, "a")
    assert one.fingerprint == two.fingerprint
    assert [group.sites for group in grouped(one, two)] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("names", "mode", "told"),
    [
        (ONE, "simplex", {"hosts": 1, "locks": 1, "reboots": 1, "swacts": 0, "outages": 1}),
        (PLANT, "duplex", {"hosts": 1, "locks": 1, "reboots": 1, "swacts": 1, "outages": 0}),
    ],
)
def test_a_lock_of_the_only_controller_is_an_outage_of_its_site(names, mode, told):
    one = console(names, "a", mode)
    cost = cost_of(one.plan, one.context.system, KINDS)
    assert {name: getattr(cost, name) for name in told} == told
    assert cost.disruption is Disruption.LOCK


def test_the_example_of_a_group_has_its_values_its_stages_and_what_is_felt():
    [group] = grouped(console(ONE, "a", "simplex"))
    example = group.example
    assert [(d.attribute, d.observed, d.desired) for d in example.differences] == [("console", "tty0", "ttyS0")]
    assert example.stages[0].startswith("1. window on controller-0: lock, then unlock [lock]: the whole site is out")
    assert example.felt == ("controller-0: locked",)
    assert example.plan["site"] == "a"


def test_a_group_is_as_old_as_its_oldest_reading():
    groups = Groups(KINDS)
    for name, read_at in (("a", 20.0), ("b", 10.0), ("c", 30.0)):
        groups.add(previewed(network(1500, name=name), network(9000, name=name)), read_at=read_at)
    assert groups.made()[0][0].read_at == 10.0
