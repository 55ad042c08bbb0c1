"""Files say, the site shows: what is a difference, and whose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import compare
from reconciler.model.words import Action, Cause
from tests.worlds import KINDS, Iface, Link, Net, Tag, key, snap


def found(desired, observed, base=None):
    return compare(desired, observed, KINDS, base)


def test_what_git_does_not_say_is_no_difference():
    assert found(snap(Net(name="a")), snap(Net(name="a", mtu=9000, type="vlan"))).is_empty


def test_a_missing_resource_is_created():
    [change] = found(snap(Net(name="a", mtu=1500)), snap()).changes
    assert (change.key, change.action, change.cause) == (key("net", "a"), Action.CREATE, Cause.PENDING)


def test_only_the_attributes_that_differ_are_named():
    [change] = found(snap(Net(name="a", mtu=1500, type="vlan")), snap(Net(name="a", mtu=9000, type="vlan"))).changes
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [("mtu", 9000, 1500)]


def test_what_cannot_change_in_place_is_replaced():
    [change] = found(snap(Net(name="a", type="vlan")), snap(Net(name="a", type="flat"))).changes
    assert change.action is Action.REPLACE


def test_case_of_a_mac_and_order_of_members_are_no_difference():
    want = Iface(name="bond0", mac="AA:BB:CC:00:11:22", members=("eth0", "eth1"))
    have = Iface(name="bond0", mac="aa:bb:cc:00:11:22", members=("eth1", "eth0"))
    assert found(snap(want), snap(have)).is_empty


def test_a_list_that_was_not_read_proves_nothing():
    blind = snap()
    blind = type(blind)(**{n: getattr(blind, n) for n in blind.__slots__} | {"complete": frozenset()})
    result = found(snap(Net(name="a")), blind)
    assert result.changes == ()
    assert result.unjudged == (key("net", "a"),)


def test_the_side_that_moved_is_the_cause():
    base = snap(Net(name="a", mtu=1500, type="vlan"))
    drifted = found(snap(Net(name="a", mtu=1500, type="vlan")), snap(Net(name="a", mtu=9000, type="vlan")), base)
    pending = found(snap(Net(name="a", mtu=2000, type="vlan")), snap(Net(name="a", mtu=1500, type="vlan")), base)
    assert [c.cause for c in drifted.changes] == [Cause.DRIFTED]
    assert [c.cause for c in pending.changes] == [Cause.PENDING]


def test_a_resource_removed_by_hand_is_drift():
    base = snap(Net(name="a"))
    assert [c.cause for c in found(snap(Net(name="a")), snap(), base).changes] == [Cause.DRIFTED]


def test_an_extra_member_is_drift_only_in_a_list_that_git_owns():
    observed = snap(Link(iface="eth0", net="a"), Link(iface="eth1", net="a"), Tag(name="x", value="1"))
    desired = snap(owned=frozenset({("link", "controller-0", "eth0")}))
    result = found(desired, observed)
    assert [r.key.name for r in result.extra] == ["eth0/a"]
    assert sorted(r.key.name for r in result.unmanaged) == ["eth1/a", "x"]


specs = st.builds(
    Net, name=st.sampled_from("abc"), mtu=st.sampled_from([1500, 9000]), type=st.sampled_from(["vlan", "flat"])
)


@given(st.lists(specs, unique_by=lambda s: s.name), st.lists(specs, unique_by=lambda s: s.name))
def test_equal_sides_never_differ_and_differences_are_exactly_the_unequal(want, have):
    assert found(snap(*want), snap(*want)).is_empty
    present = {s.name: s for s in have}
    unequal = {s.name for s in want if s != present.get(s.name)}
    assert {c.key.name for c in found(snap(*want), snap(*have)).changes} == unequal
