"""Address pools, the networks that they serve, and second pools: what bootstrap made is adopted, not made again."""

from __future__ import annotations

import pytest

from reconciler.model.words import Action
from tests.kinds.networks import (
    KINDS,
    context,
    desired,
    differences,
    fields,
    host_row,
    network,
    observed,
    planned,
    pool,
    rows,
    sent,
    serving,
    system_row,
    told,
    written,
)

POOL = KINDS["address-pool"]
OAM = """
PlatformNetwork:
  oam: {type: oam, dynamic: false, associatedAddressPools: [oam4, oam6]}
AddressPool:
  oam4: {subnet: 10.10.10.1, prefix: 24, gateway: 10.10.10.1}
  oam6: {subnet: "FD00:10::", prefix: 64, allocation: {order: sequential, ranges: [{start: "fd00:10::2", end: "fd00:10::a"}]}}
"""
OAM4 = pool("oam4", "10.10.10.0", gateway_address="10.10.10.1")
OAM6 = pool("oam6", "fd00:10::", 64, order="sequential", ranges=[["fd00:10::2", "fd00:10::a"]])
DUAL = {"networks": [network("oam", "oam4", dynamic=False)], "addrpools": [OAM4, OAM6]}
DUAL["network_addresspools"] = [serving("oam", "oam4"), serving("oam", "oam6")]


def site(**lists):
    return rows(**{**DUAL, **lists})


def test_a_site_as_git_says_needs_nothing_though_a_subnet_is_given_by_a_host_in_it():
    assert sent(planned(OAM, site())) == []


def test_a_pool_is_made_with_its_subnet_and_its_ranges_as_pairs():
    change = differences(OAM, site(addrpools=[OAM4], network_addresspools=[serving("oam", "oam4")]))[
        "address-pool/oam6"
    ]
    (call,) = written("address-pool", change)
    assert call.body == {
        "name": "oam6",
        "network": "fd00:10::",
        "prefix": 64,
        "order": "sequential",
        "ranges": [["fd00:10::2", "fd00:10::a"]],
    }


def test_a_second_pool_joins_its_network_after_both_are_there():
    lines = sent(planned(OAM, rows()))
    assert lines == [
        "POST addrpools name=oam4 network=10.10.10.0 prefix=24 gateway_address=10.10.10.1",
        "POST addrpools name=oam6 network=fd00:10:: prefix=64 order=sequential ranges=fd00:10::2+fd00:10::a",
        "POST networks type=oam name=oam dynamic=False pool_uuid=<oam4>",
        "POST network_addresspools network_uuid=<oam> address_pool_uuid=<oam6>",
    ]


def test_only_what_differs_is_sent():
    change = differences(OAM, site(addrpools=[OAM4, {**OAM6, "ranges": [["fd00:10::2", "fd00:10::9"]]}]))
    (call,) = written("address-pool", change["address-pool/oam6"])
    assert call.body == [{"op": "replace", "path": "/ranges", "value": [["fd00:10::2", "fd00:10::a"]]}]


def test_ranges_in_another_order_or_spelling_are_the_same():
    split = [["FD00:10::6", "fd00:10:0::a"], ["fd00:10::2", "fd00:10::5"]]
    text = OAM.replace(
        '[{start: "fd00:10::2", end: "fd00:10::a"}]',
        '[{start: "fd00:10::2", end: "fd00:10::5"}, {start: "fd00:10::6", end: "fd00:10::a"}]',
    )
    assert "address-pool/oam6" not in differences(text, site(addrpools=[OAM4, {**OAM6, "ranges": split}]))


MGMT = """
PlatformNetwork: {management: {type: mgmt, dynamic: true, associatedAddressPools: [management-pool]}}
AddressPool: {management-pool: {subnet: 192.168.204.0, prefix: 24, floatingAddress: 192.168.204.2}}
"""
BOOTSTRAPPED = pool("management-ipv4", "192.168.204.0", floating_address="192.168.204.1")


def mgmt(*hosts, mode="duplex", **pool_facts):
    return rows(
        *hosts,
        system=system_row(mode),
        networks=[network("mgmt", "management-ipv4")],
        addrpools=[{**BOOTSTRAPPED, **pool_facts}],
        network_addresspools=[serving("mgmt", "management-ipv4")],
    )


def test_a_pool_is_spelled_as_the_one_that_serves_its_network():
    (said,) = (r for k, r in desired(MGMT).resources.items() if k.kind == "address-pool")
    assert POOL.spell(said, observed(mgmt())).key.name == "management-ipv4"


def test_a_second_pool_for_a_served_network_is_never_made():
    assert "POST" not in " ".join(sent(planned(MGMT, mgmt())))


@pytest.mark.parametrize(
    ("mode", "state", "reason"),
    [
        ("duplex", "unlocked", "the pool of network mgmt is fixed at bootstrap"),
        ("simplex", "unlocked", "the pool of network mgmt changes only while controller-0 is locked: lock it"),
        ("simplex", "locked", ""),
    ],
)
def test_a_pool_in_use_may_be_read_only(mode, state, reason):
    text = MGMT.replace("management-pool", "management-ipv4")
    found = mgmt(host_row(state=state), mode=mode)
    change = differences(text, found)["address-pool/management-ipv4"]
    assert fields(change) == {"floating_address": ("192.168.204.1", "192.168.204.2")}
    assert POOL.impossible(change, context(text, found)) == reason


def test_a_missing_controller_address_may_be_filled_in_on_a_system_with_two():
    text = MGMT.replace("management-pool", "management-ipv4").replace("floatingAddress", "controller1Address")
    found = mgmt()
    change = differences(text, found)["address-pool/management-ipv4"]
    assert POOL.impossible(change, context(text, found)) == ""


@pytest.mark.parametrize(("mode", "settled"), [("duplex", ["controller-0"]), ("simplex", [])])
def test_an_oam_pool_sends_two_controllers_through_a_lock_and_one_through_none(mode, settled):
    found = rows(host_row(state="unlocked"), host_row("worker-0", 2, "unlocked"), system=system_row(mode), **DUAL)
    text = OAM.replace("gateway: 10.10.10.1", "gateway: 10.10.10.9")
    change = differences(text, found)["address-pool/oam4"]
    assert POOL.impossible(change, context(text, found)) == ""
    assert list(POOL.settles(change, context(text, found))) == settled


# networks


def test_a_network_that_bootstrap_made_is_adopted_under_its_type():
    found = mgmt()
    assert "platform-network/mgmt" not in differences(MGMT, found)


def test_what_bootstrap_fixed_cannot_change_and_says_what_it_would_take():
    found = mgmt()
    text = MGMT.replace("dynamic: true", "dynamic: false")
    change = differences(text, found)["platform-network/mgmt"]
    assert change.action is Action.REPLACE
    assert "install it anew" in KINDS["platform-network"].impossible(change, context(text, found))


def test_an_admin_network_is_replaced_with_what_refers_to_it():
    text = """
PlatformNetwork: {admin: {type: admin, dynamic: false, associatedAddressPools: [a4, a6]}}
AddressPool: {a4: {subnet: 10.5.0.0, prefix: 24}, a6: {subnet: "fd05::", prefix: 64}}
"""
    found = rows(
        networks=[network("admin", "a4", dynamic=True)],
        addrpools=[pool("a4", "10.5.0.0"), pool("a6", "fd05::", 64)],
        network_addresspools=[serving("admin", "a4"), serving("admin", "a6")],
    )
    assert sent(planned(text, found)) == [
        "DELETE network_addresspools/<admin/ipv6>",
        "DELETE networks/<admin>",
        "POST networks type=admin name=admin dynamic=False pool_uuid=<a4>",
        "POST network_addresspools network_uuid=<admin> address_pool_uuid=<a6>",
    ]


def test_a_network_is_made_with_a_pool_or_not_at_all():
    text = "PlatformNetwork: {storage: {type: storage, dynamic: false, associatedAddressPools: []}}"
    change = differences(text, rows())["platform-network/storage"]
    assert "associatedAddressPools" in KINDS["platform-network"].impossible(change, context(text, rows()))


# second pools


SECOND = KINDS["network-address-pool"]


def second(kind: str, found):
    text = OAM.replace("type: oam", f"type: {kind}")
    change = differences(text, found)[f"network-address-pool/{kind}/ipv6"]
    return change, context(text, found)


def test_the_first_pool_comes_with_its_network():
    assert [k.name for k in desired(OAM).resources if k.kind == "network-address-pool"] == ["oam/ipv6"]


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("pxeboot", "new", "one pool, of IPv4"),
        ("mgmt", "unlocked", "only while controller-0 is locked"),
        ("mgmt", "locked", ""),
        ("cluster-pod", "new", "only after oam has one"),
        ("cluster-host", "unlocked", ""),
    ],
)
def test_some_networks_take_no_second_pool_as_they_are(kind, state, reason):
    change, around = second(kind, rows(host_row(state=state)))
    said = SECOND.impossible(change, around)
    assert reason in said
    assert bool(reason) is bool(said)


@pytest.mark.parametrize(
    ("kind", "settled"),
    [("oam", ["controller-0"]), ("mgmt", ["controller-0", "worker-0"]), ("cluster-host", [])],
)
def test_a_second_pool_sends_those_through_a_lock_who_are_out_of_date_by_it(kind, settled):
    found = rows(host_row(state="unlocked"), host_row("worker-0", 2, "unlocked"), system=system_row("duplex"))
    assert list(SECOND.settles(*second(kind, found))) == settled


def test_a_second_pool_is_named_by_network_and_family():
    (read,) = (r for r in SECOND.read(site()) if r.spec.family == "ipv6")
    assert (read.key.name, read.spec.pool) == ("oam/ipv6", "oam6")
    change, _ = second("oam", site(network_addresspools=[serving("oam", "oam4")]))
    (call,) = written("network-address-pool", change)
    assert told(call) == "POST network_addresspools network_uuid=<oam> address_pool_uuid=<oam6>"
