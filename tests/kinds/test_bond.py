"""Bonds: members are ports, whatever their interfaces are called; they change in place."""

from __future__ import annotations

from reconciler.model.words import Action
from tests.kinds.networks import (
    KINDS,
    context,
    declared,
    differences,
    interface,
    planned,
    port,
    rows,
    sent,
    told,
    written,
)

KIND = KINDS["bond"]
TEXT = """
hosts:
  controller-0:
    interfaces:
      bond:
      - {name: bond0, class: platform, mode: 802.3ad, transmitHashPolicy: layer2, members: [enp0s8, member1]}
      ethernet:
      - {name: member1, class: none, port: {name: enp0s9}}
"""
BOND0 = interface(
    "bond0", "ae", "platform", aemode="802.3ad", txhashpolicy="layer2", uses=["member1", "enp0s8"], imtu=9000
)


def ports(first: str = "enp0s8", second: str = "member1"):
    return [port("enp0s8", of=first), port("enp0s9", of=second), port("enp0s10")]


def found(*more, first="enp0s8", second="member1"):
    return rows(
        iinterfaces=[interface(first), interface(second), interface("enp0s10"), *more], ports=ports(first, second)
    )


def test_members_are_ports_on_both_sides():
    (said,) = declared("bond", TEXT)
    (read,) = KIND.read(found(BOND0))
    assert said.spec.members == ("enp0s8", "enp0s9")
    assert read.spec.members == ("enp0s8", "enp0s9")


def test_a_bond_as_git_says_needs_nothing_whatever_its_members_are_called():
    renamed = {**BOND0, "uses": ["left", "member1"]}
    assert "bond/bond0" not in differences(TEXT, found(renamed, first="left"))


def test_a_bond_is_made_of_its_members_names():
    change = differences(TEXT, found())["bond/bond0"]
    (call,) = written("bond", change, context(TEXT, found()))
    assert (
        told(call)
        == "POST iinterfaces iftype=ae uses=enp0s8+member1 ifclass=platform ifname=bond0 aemode=802.3ad txhashpolicy=layer2"
    )
    assert call.creates == change.key


def test_members_change_as_one_text_and_go_with_what_else_differs():
    before = {**BOND0, "uses": ["member1", "enp0s10"], "aemode": "balanced"}
    change = differences(TEXT, found(before))["bond/bond0"]
    (call,) = written("bond", change, context(TEXT, found(before)))
    assert change.action is Action.UPDATE
    assert told(call) == "PATCH iinterfaces/<bond0> aemode=802.3ad usesmodify=enp0s8,member1"


def test_a_member_that_git_does_not_name_is_drift():
    before = {**BOND0, "uses": ["member1", "enp0s8", "enp0s10"]}
    assert differences(TEXT, found(before))["bond/bond0"].names == {"members"}


def test_the_boot_port_s_interface_gives_the_bond_its_name():
    text = TEXT.replace("bond0", "mgmt0")
    lines = sent(planned(text, found(first="mgmt0")))
    assert lines[-2:] == [
        "PATCH iinterfaces/<enp0s8> ifname=enp0s8",
        "POST iinterfaces iftype=ae uses=enp0s8+member1 ifclass=platform ifname=mgmt0 aemode=802.3ad txhashpolicy=layer2",
    ]


def test_a_member_without_a_port_on_the_host_is_impossible():
    text = TEXT.replace("enp0s8", "enp7s7")
    change = differences(text, found())["bond/bond0"]
    assert "no port enp7s7" in KIND.impossible(change, context(text, found()))


def test_attributes_that_git_does_not_say_are_not_compared():
    assert "mtu" not in {f.name for f in differences(TEXT, found({**BOND0, "aemode": "balanced"}))["bond/bond0"].fields}
