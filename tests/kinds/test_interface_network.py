"""Platform and data networks on interfaces: moved with what carries them, not with a name."""

from __future__ import annotations

import pytest

from reconciler.diff import compare
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action, Needs
from tests.kinds.networks import (
    HOST,
    KINDS,
    LO,
    assigned,
    context,
    declared,
    desired,
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

MGMT = """
hosts:
  controller-0:
    interfaces:
      ethernet: [{name: mgmt0, class: platform, platformNetworks: [mgmt], port: {name: enp0s8}}]
"""
BOND = """
hosts:
  controller-0:
    interfaces:
      bond: [{name: mgmt0, class: platform, mode: active_standby, members: [enp0s8], platformNetworks: [mgmt]}]
"""


def found(name: str, on: str):
    """mgmt on one interface; the host has port enp0s8, whose interface has the given name."""
    return rows(
        iinterfaces=[LO, interface(name, ifclass="platform")],
        ports=[port("enp0s8", of=name)],
        interface_networks=[assigned("mgmt", on)],
    )


def test_a_network_that_moves_is_taken_away_and_given_again():
    change = differences(MGMT, found("enp0s8", on="lo"))["interface-network/mgmt"]
    assert fields(change) == {"on": ("port lo", "port enp0s8")}
    assert [told(c) for c in written("interface-network", change)] == [
        "DELETE interface_networks/<mgmt>",
        "POST interface_networks interface_uuid=<mgmt0> network_uuid=<mgmt>",
    ]


def test_an_interface_that_is_renamed_keeps_its_network():
    changes = differences(MGMT, found("enp0s8", on="enp0s8"))
    assert list(changes) == ["ethernet/enp0s8"]


def test_a_bond_of_the_same_name_is_another_carrier():
    changes = differences(BOND, found("mgmt0", on="mgmt0"))
    assert fields(changes["interface-network/mgmt"]) == {"on": ("port enp0s8", "bond mgmt0")}


def test_a_network_is_known_by_its_type_whatever_its_document_is_called():
    text = MGMT.replace("[mgmt]", "[management]") + "PlatformNetwork: {management: {type: mgmt, dynamic: true}}"
    (said,) = declared("interface-network", text)
    assert said.key == ResourceKey("interface-network", "mgmt", HOST)


def test_a_network_that_is_only_a_pool_is_not_assigned():
    text = MGMT.replace("[mgmt]", "[data4]") + "PlatformNetwork: {data4: {type: other, dynamic: true}}"
    assert declared("interface-network", text) == []


def test_git_owns_the_networks_of_an_interface_for_which_it_says_any_even_none():
    text = MGMT.replace("[mgmt]", "[]")
    found_there = found("mgmt0", on="mgmt0")
    extra = compare(desired(text), observed(found_there), KINDS).extra
    assert [str(r.key) for r in extra] == ["controller-0/interface-network/mgmt"]
    silent = MGMT.replace("platformNetworks: [mgmt], ", "")
    comparison = compare(desired(silent), observed(found_there), KINDS)
    assert (comparison.extra, [r.key.name for r in comparison.unmanaged][-1:]) == ((), ["mgmt"])


# data networks


DATA = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: data0, class: data, dataNetworks: [physnet0, physnet1], port: {name: eth0}}
      - {name: sriov0, class: pci-sriov, vfCount: 8, dataNetworks: [physnet0], port: {name: eth1}}
DataNetwork:
  physnet0: {type: vlan}
  physnet1: {type: vlan}
"""
PHYSNETS = [{"id": n, "uuid": f"dn-physnet{n}", "name": f"physnet{n}", "network_type": "vlan"} for n in (0, 1)]


def on(ifname: str, network: str):
    """A row of /interface_datanetworks."""
    return {"uuid": f"ifdn-{ifname}-{network}", "id": 1, "forihostid": 1, "ifname": ifname, "datanetwork_name": network}


def data(*assignments, **more):
    return rows(
        iinterfaces=[
            interface("data0", ifclass="data"),
            interface("sriov0", ifclass="pci-sriov", sriov_numvfs=8),
        ],
        ports=[port("eth0", of="data0"), port("eth1", of="sriov0")],
        datanetworks=PHYSNETS,
        interface_datanetworks=assignments,
        **more,
    )


def test_an_interface_may_have_several_data_networks():
    assert sent(planned(DATA, data(on("data0", "physnet0"), on("sriov0", "physnet0")))) == [
        "POST interface_datanetworks interface_uuid=<data0> datanetwork_uuid=<physnet1>"
    ]


def test_a_bond_in_the_place_of_an_interface_takes_its_data_networks_over():
    text = """
hosts:
  controller-0:
    interfaces:
      bond:
      - {name: data0, class: data, mode: balanced, transmitHashPolicy: layer2, members: [eth0], dataNetworks: [physnet0]}
DataNetwork: {physnet0: {type: vlan}}
"""
    lines = sent(planned(text, data(on("data0", "physnet0"))))
    assert lines == [
        "DELETE interface_datanetworks/<data0/physnet0>",
        "PATCH iinterfaces/<eth0> ifclass=none",
        "PATCH iinterfaces/<eth0> ifname=eth0",
        "POST iinterfaces iftype=ae uses=eth0 ifclass=data ifname=data0 aemode=balanced txhashpolicy=layer2",
        "POST interface_datanetworks interface_uuid=<data0> datanetwork_uuid=<physnet0>",
    ]


@pytest.mark.parametrize(
    ("mode", "name", "needs"),
    [
        ("simplex", "sriov0/physnet0", Needs.ANY),
        ("simplex", "data0/physnet0", Needs.LOCKED),
        ("duplex", "sriov0/physnet0", Needs.LOCKED),
    ],
)
def test_only_sriov_of_an_aio_sx_takes_a_data_network_in_service(mode, name, needs):
    site = data(system=system_row(mode))
    change = differences(DATA, site)[f"interface-data-network/{name}"]
    assert change.action is Action.CREATE
    assert KINDS["interface-data-network"].needs_of(change, context(DATA, site)) is needs


def test_in_service_nothing_of_the_host_is_locked():
    site = rows(
        host_row(state="unlocked"),
        iinterfaces=[interface("data0", ifclass="data"), interface("eth1")],
        ports=[port("eth0", of="data0"), port("eth1")],
        datanetworks=PHYSNETS,
        interface_datanetworks=[on("data0", "physnet0"), on("data0", "physnet1")],
    )
    made = planned(DATA, site)
    assert made.locked_hosts == ()
    assert sent(made) == [
        "PATCH iinterfaces/<eth1> ifclass=pci-sriov ifname=sriov0 sriov_numvfs=8",
        "POST interface_datanetworks interface_uuid=<sriov0> datanetwork_uuid=<physnet0>",
    ]
