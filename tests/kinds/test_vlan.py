"""VLAN interfaces: the id and the parent change in place, a parent's new name changes nothing."""

from __future__ import annotations

from reconciler.model.words import Action, Needs
from tests.kinds.networks import KINDS, context, declared, differences, interface, port, rows, told, written

KIND = KINDS["vlan"]
TEXT = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: data0, class: data, port: {name: eth0}}
      - {name: data1, class: data, port: {name: eth1}}
      vlan:
      - {name: vlan11, class: data, lower: data0, vid: 11, mtu: 1400}
"""


def found(*more, first="data0"):
    return rows(
        iinterfaces=[interface(first, ifclass="data"), interface("data1", ifclass="data"), *more],
        ports=[port("eth0", of=first), port("eth1", of="data1")],
    )


def vlan11(**more):
    return interface("vlan11", "vlan", "data", **{"vlan_id": 11, "imtu": 1400, "uses": ["data0"], **more})


def test_a_vlan_is_made_over_the_name_that_its_parent_will_have():
    (call,) = written("vlan", differences(TEXT, found(first="eth0"))["vlan/vlan11"])
    assert told(call) == "POST iinterfaces iftype=vlan uses=data0 ifclass=data imtu=1400 ifname=vlan11 vlan_id=11"


def test_a_parent_that_is_only_renamed_changes_no_vlan():
    assert "vlan/vlan11" not in differences(TEXT, found(vlan11(uses=["eth0"]), first="eth0"))


def test_id_and_parent_change_in_place():
    change = differences(TEXT, found(vlan11(uses=["data1"], vlan_id=12)))["vlan/vlan11"]
    assert change.action is Action.UPDATE
    (call,) = written("vlan", change)
    assert told(call) == "PATCH iinterfaces/<vlan11> vlan_id=11 usesmodify=data0"


def test_it_needs_the_lock():
    change = differences(TEXT, found())["vlan/vlan11"]
    assert KIND.needs_of(change, context(TEXT, found())) is Needs.LOCKED


def test_what_it_stands_on_is_where_git_says_so():
    (said,) = declared("vlan", TEXT)
    assert (said.spec.lower, said.spec.over) == ("data0", "port eth0")
