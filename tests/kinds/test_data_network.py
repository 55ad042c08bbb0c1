"""Data networks: MTU and description change in service, everything else is for good."""

from __future__ import annotations

import pytest

from reconciler.model.words import Action
from tests.kinds.networks import KINDS, context, differences, interface, port, rows, told, written

KIND = KINDS["data-network"]
TEXT = """
DataNetwork:
  vx0: {type: vxlan, mtu: 1400, vxlan: {endpointMode: dynamic, multicastGroup: "FF0E::1", ttl: 10, udpPortNumber: 8472}}
"""
VX0 = {"id": 1, "uuid": "dn-vx0", "name": "vx0", "network_type": "vxlan", "mtu": 1400, "description": "by hand"}
VX0 |= {"multicast_group": "ff0e::1", "port_num": 8472, "ttl": 10, "mode": "dynamic"}


def test_a_network_as_git_says_needs_nothing_whatever_else_it_has():
    assert differences(TEXT, rows(datanetworks=[VX0])) == {}


def test_only_what_git_says_is_sent():
    (call,) = written("data-network", differences(TEXT, rows())["data-network/vx0"])
    assert told(call) == (
        "POST datanetworks name=vx0 network_type=vxlan mtu=1400 multicast_group=FF0E::1 port_num=8472 ttl=10 mode=dynamic"
    )


def test_what_can_change_changes_in_place_by_uuid():
    (call,) = written("data-network", differences(TEXT, rows(datanetworks=[{**VX0, "mtu": 1000}]))["data-network/vx0"])
    assert told(call) == "PATCH datanetworks/<vx0> mtu=1400"


@pytest.mark.parametrize(
    "other",
    [{"network_type": "flat"}, {"ttl": 1}, {"port_num": 4789}, {"multicast_group": None}, {"mode": "static"}],
    ids=str,
)
def test_anything_but_mtu_and_description_is_another_network(other):
    """Recorded: `attributes … may not be modified`."""
    change = differences(TEXT, rows(datanetworks=[{**VX0, **other}]))["data-network/vx0"]
    assert change.action is Action.REPLACE
    assert [c.method for c in written("data-network", change)] == ["DELETE", "POST"]


def test_an_mtu_above_that_of_an_interface_waits_for_the_interface():
    text = TEXT.replace("1400", "9000")
    found = rows(
        datanetworks=[VX0],
        iinterfaces=[interface("data0", ifclass="data")],
        ports=[port("eth0", of="data0")],
        interface_datanetworks=[{"uuid": "x", "forihostid": 1, "ifname": "data0", "datanetwork_name": "vx0"}],
    )
    change = differences(text, found)["data-network/vx0"]
    assert KIND.impossible(change, context(text, found)) == (
        "controller-0 data0 has MTU 1500: the interfaces on it are raised first"
    )
