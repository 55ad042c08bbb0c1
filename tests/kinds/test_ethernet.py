"""Ethernet interfaces: known by port, renamed in an order that the platform takes, locked only where it must be."""

from __future__ import annotations

import pytest

from reconciler.model.rows import Rows
from reconciler.model.words import Action, Disruption, Needs
from tests.kinds.networks import (
    HOST,
    KINDS,
    LO,
    context,
    declared,
    differences,
    fields,
    host_row,
    interface,
    observed,
    planned,
    port,
    rows,
    sent,
    system_row,
    told,
    written,
)

KIND = KINDS["ethernet"]


def ethernet(entries: str) -> str:
    return f"hosts: {{controller-0: {{interfaces: {{ethernet: [{entries}]}}}}}}"


def on_ports(*names: str, **more):
    """Interfaces that are called as their ports."""
    return rows(iinterfaces=[LO, *map(interface, names)], ports=[port(n) for n in names], **more)


def test_a_port_s_interface_is_known_by_its_port():
    found = rows(iinterfaces=[interface("oam0", ifclass="platform")], ports=[port("enp0s3", of="oam0")])
    (read,) = KIND.read(found)
    assert (read.key.name, read.spec.name, read.ids) == ("enp0s3", "oam0", {"uuid": "if-oam0"})


def test_the_loopback_is_its_own_port_and_class_null_is_none():
    read = {r.key.name: r.spec for r in KIND.read(on_ports("enp0s3"))}
    assert read["lo"].iface_class == "platform"
    assert read["enp0s3"].iface_class == "none"


def test_interfaces_of_other_types_are_not_ethernet():
    over = interface("pxeboot0", ifclass="platform", uses=["sriov0"])
    found = rows(iinterfaces=[interface("bond0", "ae", uses=[]), interface("v1", "vlan"), over])
    assert list(KIND.read(found)) == []


def test_only_what_git_says_is_sent():
    change = differences(ethernet("{name: oam0, class: platform, port: {name: enp0s3}}"), on_ports("enp0s3"))
    (call,) = written("ethernet", change["ethernet/enp0s3"])
    assert told(call) == "PATCH iinterfaces/<enp0s3> ifclass=platform ifname=oam0"


def test_class_and_count_of_an_sriov_interface_go_in_one_patch():
    text = ethernet("{name: sriov0, class: pci-sriov, vfCount: 8, vfDriver: vfio, mtu: 9000, port: {name: enp0s3}}")
    (call,) = written("ethernet", differences(text, on_ports("enp0s3"))["ethernet/enp0s3"])
    assert told(call) == (
        "PATCH iinterfaces/<enp0s3> ifclass=pci-sriov imtu=9000 ifname=sriov0 sriov_numvfs=8 sriov_vf_driver=vfio"
    )


def test_an_interface_as_git_says_needs_nothing():
    found = rows(iinterfaces=[interface("oam0", ifclass="platform", imtu=9000)], ports=[port("enp0s3", of="oam0")])
    assert differences(ethernet("{name: oam0, class: platform, port: {name: enp0s3}}"), found) == {}


def test_a_port_that_the_host_lacks_is_said_to_be_impossible():
    text, found = ethernet("{name: oam0, class: platform, port: {name: enp9s9}}"), on_ports("enp0s3")
    change = differences(text, found)["ethernet/enp9s9"]
    assert "no port enp9s9" in KIND.impossible(change, context(text, found))


def test_an_interface_over_another_is_of_another_kind():
    text = ethernet("{name: pxeboot0, class: platform, lower: sriov0, port: {name: dummy}}")
    assert declared("ethernet", text) == []


# a bond's ports


BOND = """
hosts:
  controller-0:
    interfaces:
      bond: [{name: bond0, class: platform, mode: active_standby, members: [enp0s8, enp0s9]}]
      ethernet: [{name: spare0, class: none, port: {name: enp0s9}}]
"""


def test_a_port_that_only_a_bond_names_has_no_class_and_keeps_its_name():
    said = {r.key.name: r.spec.model_dump(exclude_unset=True) for r in declared("ethernet", BOND)}
    assert said["enp0s8"] == {"port": "enp0s8", "iface_class": "none"}
    assert said["enp0s9"] == {"port": "enp0s9", "name": "spare0", "iface_class": "none"}


@pytest.mark.parametrize(("ifclass", "differs"), [("platform", True), ("pci-sriov", False), (None, False)])
def test_a_bond_s_port_may_be_of_any_class_that_a_bond_takes(ifclass, differs):
    found = rows(
        iinterfaces=[interface("anything", ifclass=ifclass), interface("spare0")],
        ports=[port("enp0s8", of="anything"), port("enp0s9", of="spare0")],
    )
    assert ("ethernet/enp0s8" in differences(BOND, found)) is differs


MEMBER = rows(
    iinterfaces=[interface("enp0s8", used_by=["bond0"]), interface("bond0", "ae", "platform", uses=["enp0s8"])],
    ports=[port("enp0s8"), port("enp0s9")],
)


def test_the_class_of_a_member_cannot_change_while_git_does_not_take_it_out_of_the_bond():
    text = ethernet("{name: data0, class: data, port: {name: enp0s8}}")
    change = differences(text, MEMBER)["ethernet/enp0s8"]
    assert "member of bond0" in KIND.impossible(change, context(text, MEMBER))


def test_the_class_of_a_port_that_leaves_its_bond_follows_the_bond():
    data0 = "{name: data0, class: data, port: {name: enp0s8}}"
    bond = "bond: [{name: bond0, members: [enp0s9], class: platform, mode: balanced}]"
    text = f"hosts: {{controller-0: {{interfaces: {{ethernet: [{data0}], {bond}}}}}}}"
    change, around = differences(text, MEMBER)["ethernet/enp0s8"], context(text, MEMBER)
    assert (KIND.impossible(change, around), KIND.comes_late(change, around)) == ("", True)


# names


def renamed(text: str, found) -> list[str]:
    return [line for line in sent(planned(text, found)) if "ifname" in line]


def test_a_name_is_given_up_before_it_is_taken():
    text = ethernet("{name: mgmt0, class: none, port: {name: enp0s3}}, {name: oam0, class: none, port: {name: enp0s8}}")
    found = rows(
        iinterfaces=[interface("enp0s3"), interface("mgmt0")], ports=[port("enp0s3"), port("enp0s8", of="mgmt0")]
    )
    assert renamed(text, found) == ["PATCH iinterfaces/<enp0s8> ifname=oam0", "PATCH iinterfaces/<enp0s3> ifname=mgmt0"]


def test_two_interfaces_that_exchange_names_do_so_by_way_of_a_port_s_name():
    text = ethernet("{name: a0, class: none, port: {name: enp0s3}}, {name: b0, class: none, port: {name: enp0s8}}")
    found = rows(
        iinterfaces=[interface("b0"), interface("a0")], ports=[port("enp0s3", of="b0"), port("enp0s8", of="a0")]
    )
    assert renamed(text, found) == [
        "PATCH iinterfaces/<enp0s8> ifname=enp0s8",
        "PATCH iinterfaces/<enp0s3> ifname=a0",
        "PATCH iinterfaces/<enp0s8> ifname=b0",
    ]


def test_an_interface_that_git_does_not_describe_gives_way():
    text = ethernet("{name: mgmt0, class: none, port: {name: enp0s3}}")
    found = rows(
        iinterfaces=[interface("enp0s3"), interface("mgmt0")], ports=[port("enp0s3"), port("enp0s8", of="mgmt0")]
    )
    assert renamed(text, found) == [
        "PATCH iinterfaces/<enp0s8> ifname=enp0s8",
        "PATCH iinterfaces/<enp0s3> ifname=mgmt0",
    ]


def test_a_name_that_a_vlan_holds_cannot_be_had():
    text = ethernet("{name: mgmt0, class: none, port: {name: enp0s3}}")
    found = rows(iinterfaces=[interface("enp0s3"), interface("mgmt0", "vlan")], ports=[port("enp0s3")])
    change = differences(text, found)["ethernet/enp0s3"]
    assert "held by vlan mgmt0" in KIND.impossible(change, context(text, found))


# what it takes


SRIOV = ethernet("{name: sriov0, class: pci-sriov, vfCount: 8, port: {name: enp0s3}}")


@pytest.mark.parametrize(
    ("system", "before", "needs"),
    [
        (system_row("simplex"), {"ifclass": None}, Needs.ANY),
        (system_row("simplex"), {"ifclass": "pci-sriov", "sriov_numvfs": 4}, Needs.LOCKED),
        (system_row("simplex"), {"ifclass": "platform"}, Needs.LOCKED),
        (system_row("duplex"), {"ifclass": None}, Needs.LOCKED),
    ],
)
def test_only_an_idle_port_of_an_aio_sx_becomes_sriov_in_service(system, before, needs):
    found = rows(
        host_row(state="unlocked"), system=system, iinterfaces=[interface("enp0s3", **before)], ports=[port("enp0s3")]
    )
    around = context(SRIOV, found)
    assert KIND.needs_of(differences(SRIOV, found)["ethernet/enp0s3"], around) is needs


def test_rates_of_a_platform_interface_change_in_service_on_every_system():
    text = ethernet("{name: oam0, class: platform, maxTxRate: 500, port: {name: enp0s3}}")
    found = rows(
        system=system_row("duplex", "Standard"),
        iinterfaces=[interface("oam0", ifclass="platform")],
        ports=[port("enp0s3", of="oam0")],
    )
    change, around = differences(text, found)["ethernet/enp0s3"], context(text, found)
    assert fields(change) == {"max_tx_rate": (None, 500)}
    assert KIND.needs_of(change, around) is Needs.ANY
    assert KIND.disruption_of(change, around) is Disruption.SERVICE


def test_anything_else_needs_the_lock():
    text, found = ethernet("{name: oam0, class: platform, port: {name: enp0s3}}"), on_ports("enp0s3")
    change, around = differences(text, found)["ethernet/enp0s3"], context(text, found)
    assert (KIND.needs_of(change, around), KIND.disruption_of(change, around)) == (Needs.LOCKED, Disruption.LOCK)


def test_more_vfs_than_the_port_can_make_are_impossible():
    found = rows(iinterfaces=[interface("enp0s3")], ports=[port("enp0s3", sriov_totalvfs=7)])
    reason = KIND.impossible(differences(SRIOV, found)["ethernet/enp0s3"], context(SRIOV, found))
    assert reason == "port enp0s3 can make 7 VFs, not 8"


def test_an_mtu_below_that_of_an_upper_interface_waits_for_it():
    text = ethernet("{name: enp0s3, class: none, mtu: 1500, port: {name: enp0s3}}")
    vlan = interface("vlan10", "vlan", "platform", imtu=9000, uses=["enp0s3"])
    found = rows(iinterfaces=[interface("enp0s3", imtu=9000, used_by=["vlan10"]), vlan], ports=[port("enp0s3")])
    reason = KIND.impossible(differences(text, found)["ethernet/enp0s3"], context(text, found))
    assert reason == "vlan10 is over it and has MTU 9000: that one is lowered first"


def test_other_kinds_know_it_by_its_name():
    (read,) = KIND.read(rows(iinterfaces=[interface("oam0")], ports=[port("enp0s3", of="oam0")]))
    assert KIND.known_as(read) == ("interface", "oam0", HOST)


def test_a_list_that_was_not_read_leaves_the_kind_incomplete():
    whole = on_ports("enp0s3")
    without_ports = Rows({where: found for where, found in whole.listed.items() if where != ("ports", "")})
    assert observed(whole).is_complete("ethernet", HOST)
    assert not observed(without_ports).is_complete("ethernet", HOST)


def test_an_interface_is_never_made():
    text, found = ethernet("{name: oam0, class: platform, port: {name: enp9s9}}"), on_ports("enp0s3")
    assert differences(text, found)["ethernet/enp9s9"].action is Action.CREATE
    assert sent(planned(text, found)) == []
