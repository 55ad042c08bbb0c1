"""Address modes, addresses and routes: one spelling of each address, and what has no PATCH is replaced."""

from __future__ import annotations

import pytest

from reconciler.model.words import Action, Disruption, Needs
from tests.kinds.networks import (
    KINDS,
    context,
    declared,
    differences,
    fields,
    interface,
    planned,
    pool,
    port,
    rows,
    sent,
    told,
    written,
)

TEXT = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: data0, class: data, platformNetworks: [data4, data6], port: {name: eth0}}
      - {name: data1, class: data, port: {name: eth1}}
    addresses:
    - {interface: data1, address: "FD00:0:0:B::2", prefix: 64}
    routes:
    - {interface: data1, subnet: "::", prefix: 0, gateway: "fd00:0:0:b:0::1"}
    - {interface: data0, subnet: 10.99.1.0, prefix: 16, gateway: 192.168.57.1, metric: 5}
PlatformNetwork:
  data4: {type: other, dynamic: true, associatedAddressPools: [pool4]}
  data6: {type: other, dynamic: true, associatedAddressPools: [pool6]}
AddressPool:
  pool4: {subnet: 192.168.57.0, prefix: 24}
  pool6: {subnet: "fd00:1::", prefix: 64}
"""
POOLS = [pool("pool4", "192.168.57.0"), pool("pool6", "fd00:1::", 64)]
ADDRESS = {
    "uuid": "a1",
    "ifname": "data1",
    "forihostid": 1,
    "address": "fd00:0:0:b::2",
    "prefix": 64,
    "pool_uuid": None,
}
ROUTE = {"uuid": "r1", "ifname": "data1", "forihostid": 1, "network": "::", "prefix": 0, "metric": 1}
ROUTE6 = {**ROUTE, "gateway": "fd00:0:0:b::1"}
ROUTE4 = {**ROUTE, "uuid": "r2", "ifname": "data0", "network": "10.99.0.0", "prefix": 16}
ROUTE4 |= {"gateway": "192.168.57.1", "metric": 5}
MODES0 = {"ipv4_mode": "pool", "ipv4_pool": "pool-pool4", "ipv6_mode": "pool", "ipv6_pool": "pool-pool6"}
MODES1 = {"ipv4_mode": "disabled", "ipv6_mode": "static"}


def found(modes0=MODES0, modes1=MODES1, addresses=(ADDRESS,), routes=(ROUTE4, ROUTE6)):
    return rows(
        iinterfaces=[interface("data0", ifclass="data", **modes0), interface("data1", ifclass="data", **modes1)],
        ports=[port("eth0", of="data0"), port("eth1", of="data1")],
        addrpools=POOLS,
        addresses=addresses,
        routes=routes,
    )


def test_a_site_as_git_says_needs_nothing_however_addresses_are_spelled():
    assert sent(planned(TEXT, found())) == []


def test_modes_come_before_addresses_and_addresses_before_routes():
    unset = {"ipv4_mode": "disabled", "ipv6_mode": "disabled"}
    assert sent(planned(TEXT, found(unset, unset, (), ()))) == [
        "PATCH iinterfaces/<data0> ipv4_mode=pool ipv4_pool=<pool4>",
        "PATCH iinterfaces/<data0> ipv6_mode=pool ipv6_pool=<pool6>",
        "PATCH iinterfaces/<data1> ipv6_mode=static",
        "POST addresses interface_uuid=<data1> address=fd00:0:0:b::2 prefix=64",
        "POST routes interface_uuid=<data0> network=10.99.0.0 prefix=16 gateway=192.168.57.1 metric=5",
        "POST routes interface_uuid=<data1> network=:: prefix=0 gateway=fd00:0:0:b::1 metric=1",
    ]


# modes


def test_a_mode_that_is_not_set_is_no_resource():
    unset = {"ipv4_mode": "disabled", "ipv6_mode": None}
    assert list(KINDS["interface-address-mode"].read(found(unset, {}))) == []


def test_another_pool_is_sent_with_its_mode():
    change = differences(TEXT, found({**MODES0, "ipv4_pool": "pool-pool6"}))["interface-address-mode/data0/ipv4"]
    assert fields(change) == {"pool": ("pool6", "pool4")}
    (call,) = written("interface-address-mode", change)
    assert told(call) == "PATCH iinterfaces/<data0> ipv4_mode=pool ipv4_pool=<pool4>"


def test_a_mode_on_another_carrier_of_the_name_is_switched_off_there_first():
    text = TEXT.replace("{name: eth0}", "{name: eth1}", 1).replace(
        "port: {name: eth1}}\n    addr", "port: {name: eth0}}\n    addr"
    )
    change = differences(text, found())["interface-address-mode/data0/ipv4"]
    assert change.action is Action.REPLACE
    assert [told(c) for c in written("interface-address-mode", change)] == [
        "PATCH iinterfaces/<data0> ipv4_mode=disabled",
        "PATCH iinterfaces/<data0> ipv4_mode=pool ipv4_pool=<pool4>",
    ]


# addresses


def test_addresses_that_a_pool_gave_are_not_read():
    from_pool = {**ADDRESS, "pool_uuid": "pool-pool6"}
    floating = {**ADDRESS, "ifname": None, "forihostid": None}
    assert list(KINDS["address"].read(found(addresses=(from_pool, floating)))) == []


@pytest.mark.parametrize("other", [{"prefix": 48}, {"ifname": "data0"}])
def test_another_prefix_or_interface_is_another_address_in_its_place(other):
    change = differences(TEXT, found(addresses=({**ADDRESS, **other},)))["address/fd00:0:0:b::2"]
    assert [told(c) for c in written("address", change)] == [
        "DELETE addresses/<fd00:0:0:b::2>",
        "POST addresses interface_uuid=<data1> address=fd00:0:0:b::2 prefix=64",
    ]


def test_addresses_need_the_lock_on_every_interface_and_routes_none():
    site = found(addresses=(), routes=())
    changes, around = differences(TEXT, site), context(TEXT, site)
    assert KINDS["address"].needs_of(changes["address/fd00:0:0:b::2"], around) is Needs.LOCKED
    assert KINDS["route"].needs_of(changes["route/data1/::/0"], around) is Needs.ANY


# routes


@pytest.mark.parametrize("other", [{"gateway": "192.168.57.9"}, {"metric": 1}])
def test_another_gateway_or_metric_is_another_route_in_its_place(other):
    site = found(routes=({**ROUTE4, **other}, ROUTE6))
    change = differences(TEXT, site)["route/data0/10.99.0.0/16"]
    assert change.action is Action.REPLACE
    assert KINDS["route"].disruption_of(change, context(TEXT, site)) is Disruption.SERVICE
    assert [told(c) for c in written("route", change)] == [
        "DELETE routes/<data0/10.99.0.0/16>",
        "POST routes interface_uuid=<data0> network=10.99.0.0 prefix=16 gateway=192.168.57.1 metric=5",
    ]


def test_a_metric_that_git_does_not_say_is_any():
    assert sent(planned(TEXT, found(routes=(ROUTE4, {**ROUTE6, "metric": 7})))) == []


PATHS = """
hosts:
  controller-0:
    interfaces:
      ethernet: [{name: data0, class: data, port: {name: eth0}}]
    routes:
    - {interface: data0, subnet: 10.99.0.0, prefix: 16, gateway: 192.168.57.1}
    - {interface: data0, subnet: 10.99.0.0, prefix: 16, gateway: 192.168.57.2}
"""
SECOND = {**ROUTE4, "uuid": "r3", "gateway": "192.168.57.2"}


def test_several_paths_to_one_destination_are_told_apart_by_their_gateways():
    names = [r.key.name for r in declared("route", PATHS)]
    assert names == ["data0/10.99.0.0/16 via 192.168.57.1", "data0/10.99.0.0/16 via 192.168.57.2"]
    assert [r.key.name for r in KINDS["route"].read(found(routes=(ROUTE4, SECOND)))] == names
    assert sent(planned(PATHS, found(routes=(ROUTE4, SECOND)))) == []


def test_a_second_path_is_added_to_the_only_one():
    assert sent(planned(PATHS, found(routes=(ROUTE4,)))) == [
        "POST routes interface_uuid=<data0> network=10.99.0.0 prefix=16 gateway=192.168.57.2 metric=1"
    ]


def test_one_of_several_paths_cannot_be_told_from_the_others():
    site = found(routes=(ROUTE4, SECOND, ROUTE6))
    change = differences(TEXT, site)["route/data0/10.99.0.0/16"]
    assert "via 192.168.57.1 and 192.168.57.2" in KINDS["route"].impossible(change, context(TEXT, site))
