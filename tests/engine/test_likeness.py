"""Which sites are one case for a change: whatever the platform could look at is told apart, and names are not."""

from __future__ import annotations

import copy

import pytest

from reconciler.engine.likeness import likeness
from reconciler.engine.preview import exact
from tests.desired.writing import document
from tests.engine.twins import KINDS, OTTAWA, YARD, case, inventory

OTHER = "ottawa-002"
WIDER = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    ethernet:\n    - {name: data0, class: data, mtu: 9000, port: {name: ens1f0}}",
)
DESCRIBED = document("DataNetwork", "midhaul", "  type: vlan\n  description: To the core")
RESOLVER = document("System", "common", "  dnsServers: [10.0.0.99]").replace("name: common", "name: ${site}")
CHANGES = [WIDER, DESCRIBED, RESOLVER]


def alike(name: str, own: str, shown=None) -> str:
    """The likeness of a site for documents that are added to what Git says of it; shown: another inventory of it."""
    one = case(name, own)
    shown = shown or one.inventory
    return likeness(exact(one.after, shown, KINDS, one.edit), shown, KINDS)


def changed(path: str, **values):
    """The inventory of ottawa-001 with values of the first row of a list."""
    shown = copy.deepcopy(dict(inventory(OTTAWA)))
    [rows] = [body for body in shown[path].values() if isinstance(body, list)]
    assert values.keys() <= rows[0].keys()
    rows[0] |= values
    return shown


@pytest.mark.parametrize("own", CHANGES)
def test_two_sites_of_one_profile_are_one_case_whatever_their_names_addresses_and_macs(own):
    assert alike(OTTAWA, own) == alike(OTHER, own)


@pytest.mark.parametrize("own", CHANGES)
def test_an_inventory_that_is_read_again_is_the_same_case(own):
    later = changed("/v1/ihosts", uptime=99, updated_at="2026-05-05T05:05:05.000000")
    assert alike(OTTAWA, own, later) == alike(OTTAWA, own)


def test_a_site_with_two_controllers_is_another_case():
    own = document("DataNetwork", "extra", "  type: vlan")
    assert alike(OTTAWA, own) != alike(YARD, own)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/v1/idisks", {"available_mib": 12}),
        ("/v1/datanetworks", {"mtu": 1499}),
        ("/v1/imemorys", {"memtotal_mib": 1}),
        ("/v1/isystems", {"system_mode": "duplex"}),
        ("/v1/ihosts", {"availability": "degraded"}),
        ("/v1/ports", {"sriov_totalvfs": 1}),
    ],
)
def test_a_site_that_differs_in_anything_an_unlock_could_be_refused_for_is_another_case(path, value):
    assert alike(OTTAWA, WIDER, changed(path, **value)) != alike(OTTAWA, WIDER)


def test_for_a_change_without_a_lock_only_what_it_could_meet_counts():
    assert alike(OTTAWA, DESCRIBED, changed("/v1/idisks", available_mib=12)) == alike(OTTAWA, DESCRIBED)
    assert alike(OTTAWA, DESCRIBED, changed("/v1/datanetworks", mtu=1499)) != alike(OTTAWA, DESCRIBED)


@pytest.mark.parametrize(
    ("address", "is_equal"),
    [("172.16.0.1", True), ("10.0.0.99", False), ("fd00::1", False)],
    ids=["apart from it as before", "the very address", "of the other family"],
)
def test_an_address_counts_by_how_it_stands_to_those_of_the_change(address, is_equal):
    moved = changed("/v1/ihosts", mgmt_ip=address)
    assert (alike(OTTAWA, RESOLVER, moved) == alike(OTTAWA, RESOLVER)) is is_equal
