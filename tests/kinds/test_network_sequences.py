"""Whole sequences on real starting points: every call where the platform takes it."""

from __future__ import annotations

from reconciler.model.plan import Opening
from tests.kinds.networks import (
    LO,
    assigned,
    host_row,
    interface,
    network,
    planned,
    pool,
    port,
    rows,
    sent,
    system_row,
)

BOOTSTRAP = ("mgmt", "cluster-host", "oam", "pxeboot")
NETWORKS = {
    "networks": [network(kind, kind) for kind in BOOTSTRAP],
    "addrpools": [pool(kind, f"192.168.{n}.0") for n, kind in enumerate(BOOTSTRAP)],
}
ON_LO = [assigned("mgmt", "lo"), assigned("cluster-host", "lo")]


def test_the_first_controller_of_two_takes_its_networks_off_the_loopback():
    text = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: lo, class: none, platformNetworks: [], port: {name: lo}}
      - {name: mgmt0, class: platform, platformNetworks: [mgmt, cluster-host], port: {name: enp0s8}}
      - {name: oam0, class: platform, platformNetworks: [oam], port: {name: enp0s3}}
"""
    made = planned(
        text,
        rows(
            system=system_row("duplex"),
            iinterfaces=[LO, interface("enp0s3"), interface("enp0s8")],
            ports=[port("enp0s3"), port("enp0s8")],
            interface_networks=ON_LO,
            **NETWORKS,
        ),
    )
    assert sent(made) == [
        "DELETE interface_networks/<cluster-host>",
        "DELETE interface_networks/<mgmt>",
        "PATCH iinterfaces/<enp0s3> ifclass=platform ifname=oam0",
        "PATCH iinterfaces/<enp0s8> ifclass=platform ifname=mgmt0",
        "PATCH iinterfaces/<lo> ifclass=none",
        "POST interface_networks interface_uuid=<mgmt0> network_uuid=<cluster-host>",
        "POST interface_networks interface_uuid=<mgmt0> network_uuid=<mgmt>",
        "POST interface_networks interface_uuid=<oam0> network_uuid=<oam>",
    ]
    assert (made.blocked, [s.opening for s in made.stages]) == ((), [Opening.LOCKED])


def of_worker(*made):
    """Rows of compute-0."""
    return [{**row, "forihostid": 3, "ihost_uuid": "host-compute-0", "host_uuid": "host-compute-0"} for row in made]


def test_a_new_host_s_boot_port_gives_network_and_name_to_a_bond_over_it():
    text = """
hosts:
  compute-0:
    interfaces:
      bond:
      - name: mgmt0
        class: platform
        members: [enp0s8, enp0s9]
        mode: active_standby
        primaryReselect: failure
        platformNetworks: [mgmt, cluster-host]
"""
    made = planned(
        text,
        rows(
            host_row(state="unlocked"),
            host_row("compute-0", 3),
            system=system_row("duplex", "Standard"),
            # as conductor/manager.py iport_update_by_ihost makes them: named and assigned on the boot port alone
            iinterfaces={"compute-0": of_worker(interface("mgmt0", ifclass="platform"), interface("enp0s9"))},
            ports=of_worker(port("enp0s8", of="mgmt0"), port("enp0s9")),
            interface_networks=[assigned("mgmt", "mgmt0", 3)],
            **NETWORKS,
        ),
    )
    assert sent(made) == [
        "DELETE interface_networks/<mgmt>",
        "PATCH iinterfaces/<enp0s8> ifclass=none",
        "PATCH iinterfaces/<enp0s8> ifname=enp0s8",
        (
            "POST iinterfaces iftype=ae uses=enp0s8+enp0s9 ifclass=platform ifname=mgmt0 aemode=active_standby "
            "primary_reselect=failure"
        ),
        "POST interface_networks interface_uuid=<mgmt0> network_uuid=<cluster-host>",
        "POST interface_networks interface_uuid=<mgmt0> network_uuid=<mgmt>",
    ]


def test_a_new_host_on_a_tagged_management_network_is_adopted_as_it_is():
    text = """
hosts:
  compute-0:
    interfaces:
      ethernet: [{name: pxeboot0, class: platform, platformNetworks: [pxeboot], port: {name: enp0s8}}]
      vlan: [{name: mgmt0, class: platform, lower: pxeboot0, vid: 157, platformNetworks: [mgmt, cluster-host]}]
"""
    made = planned(
        text,
        rows(
            host_row(state="unlocked"),
            host_row("compute-0", 3),
            system=system_row("duplex", "Standard"),
            iinterfaces={
                "compute-0": of_worker(
                    interface("pxeboot0", ifclass="platform", used_by=["mgmt0"]),
                    interface("mgmt0", "vlan", "platform", vlan_id=157, uses=["pxeboot0"]),
                )
            },
            ports=of_worker(port("enp0s8", of="pxeboot0")),
            interface_networks=[assigned("mgmt", "mgmt0", 3), assigned("pxeboot", "pxeboot0", 3)],
            **NETWORKS,
        ),
    )
    assert sent(made) == ["POST interface_networks interface_uuid=<mgmt0> network_uuid=<cluster-host>"]


def test_one_port_carries_a_vlan_an_ethernet_interface_and_two_pools_of_vfs():
    text = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: lo, class: platform, platformNetworks: [mgmt, cluster-host], port: {name: lo}}
      - name: sriov0
        class: pci-sriov
        dataNetworks: []
        platformNetworks: []
        port: {name: eno1}
        ptpRole: none
        vfCount: 12
        vfDriver: netdevice
      - {name: pxeboot0, class: platform, lower: sriov0, platformNetworks: [pxeboot], port: {name: dummy}}
      vf:
      - {name: sriov00, class: pci-sriov, lower: sriov0, dataNetworks: [physnet0], vfCount: 6, vfDriver: vfio}
      - {name: sriov01, class: pci-sriov, lower: sriov0, dataNetworks: [physnet1], vfCount: 5, vfDriver: netdevice}
      vlan:
      - {name: oam0, class: platform, lower: sriov0, vid: 200, platformNetworks: [oam], dataNetworks: []}
DataNetwork: {physnet0: {type: vlan}, physnet1: {type: vlan}}
"""
    made = planned(
        text, rows(iinterfaces=[LO, interface("eno1")], ports=[port("eno1")], interface_networks=ON_LO, **NETWORKS)
    )
    assert sent(made) == [
        "POST datanetworks name=physnet0 network_type=vlan",
        "POST datanetworks name=physnet1 network_type=vlan",
        "PATCH iinterfaces/<eno1> ifclass=pci-sriov ifname=sriov0 sriov_numvfs=12 sriov_vf_driver=netdevice",
        "POST iinterfaces iftype=ethernet uses=sriov0 ifclass=platform ifname=pxeboot0",
        "POST iinterfaces iftype=vf uses=sriov0 ifclass=pci-sriov ifname=sriov00 sriov_numvfs=6 sriov_vf_driver=vfio",
        (
            "POST iinterfaces iftype=vf uses=sriov0 ifclass=pci-sriov ifname=sriov01 sriov_numvfs=5 "
            "sriov_vf_driver=netdevice"
        ),
        "POST iinterfaces iftype=vlan uses=sriov0 ifclass=platform ifname=oam0 vlan_id=200",
        "POST interface_datanetworks interface_uuid=<sriov00> datanetwork_uuid=<physnet0>",
        "POST interface_datanetworks interface_uuid=<sriov01> datanetwork_uuid=<physnet1>",
        "POST interface_networks interface_uuid=<oam0> network_uuid=<oam>",
        "POST interface_networks interface_uuid=<pxeboot0> network_uuid=<pxeboot>",
    ]
    assert made.blocked == ()


def test_data_interfaces_get_networks_pools_addresses_and_routes_of_both_families():
    text = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: data0, class: data, dataNetworks: [vx0], platformNetworks: [data4, data6], port: {name: eth1000}}
      vlan:
      - {name: vlan11, class: data, dataNetworks: [ext0], lower: data0, vid: 11}
    addresses:
    - {interface: vlan11, address: 192.168.59.2, prefix: 24}
    - {interface: vlan11, address: "fd00:0:0:b::2", prefix: 64}
    routes:
    - {interface: data0, subnet: 0.0.0.0, prefix: 0, gateway: 192.168.57.1}
    - {interface: vlan11, subnet: 0.0.0.0, prefix: 0, gateway: 192.168.59.1}
    - {interface: data0, subnet: "::", prefix: 0, gateway: "fd00:0:0:1::1"}
    - {interface: vlan11, subnet: "::", prefix: 0, gateway: "fd00:0:0:b::1"}
DataNetwork:
  vx0: {type: vxlan, mtu: 1400, vxlan: {endpointMode: static, ttl: 10, udpPortNumber: 4789}}
  ext0: {type: vxlan, mtu: 1400, vxlan: {endpointMode: dynamic, multicastGroup: 239.0.2.1, ttl: 10, udpPortNumber: 8472}}
PlatformNetwork:
  data4: {type: other, dynamic: true, associatedAddressPools: [pool4]}
  data6: {type: other, dynamic: true, associatedAddressPools: [pool6]}
AddressPool:
  pool4: {subnet: 192.168.57.0, prefix: 24, allocation: {order: random}}
  pool6: {subnet: "fd00:0:0:1::", prefix: 64, allocation: {order: sequential}}
"""
    made = planned(
        text,
        rows(iinterfaces=[LO, interface("eth1000")], ports=[port("eth1000")], interface_networks=ON_LO, **NETWORKS),
    )
    assert sent(made) == [
        "POST addrpools name=pool4 network=192.168.57.0 prefix=24 order=random",
        "POST addrpools name=pool6 network=fd00:0:0:1:: prefix=64 order=sequential",
        (
            "POST datanetworks name=ext0 network_type=vxlan mtu=1400 multicast_group=239.0.2.1 port_num=8472 ttl=10 "
            "mode=dynamic"
        ),
        "POST datanetworks name=vx0 network_type=vxlan mtu=1400 port_num=4789 ttl=10 mode=static",
        "PATCH iinterfaces/<eth1000> ifclass=data ifname=data0",
        "POST iinterfaces iftype=vlan uses=data0 ifclass=data ifname=vlan11 vlan_id=11",
        "POST interface_datanetworks interface_uuid=<data0> datanetwork_uuid=<vx0>",
        "POST interface_datanetworks interface_uuid=<vlan11> datanetwork_uuid=<ext0>",
        "PATCH iinterfaces/<data0> ipv4_mode=pool ipv4_pool=<pool4>",
        "PATCH iinterfaces/<data0> ipv6_mode=pool ipv6_pool=<pool6>",
        "PATCH iinterfaces/<vlan11> ipv4_mode=static",
        "PATCH iinterfaces/<vlan11> ipv6_mode=static",
        "POST addresses interface_uuid=<vlan11> address=192.168.59.2 prefix=24",
        "POST addresses interface_uuid=<vlan11> address=fd00:0:0:b::2 prefix=64",
        "POST routes interface_uuid=<data0> network=0.0.0.0 prefix=0 gateway=192.168.57.1 metric=1",
        "POST routes interface_uuid=<data0> network=:: prefix=0 gateway=fd00:0:0:1::1 metric=1",
        "POST routes interface_uuid=<vlan11> network=0.0.0.0 prefix=0 gateway=192.168.59.1 metric=1",
        "POST routes interface_uuid=<vlan11> network=:: prefix=0 gateway=fd00:0:0:b::1 metric=1",
    ]
