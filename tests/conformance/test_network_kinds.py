"""The network kinds on recorded systems: the simulated platform takes every call, and then nothing differs."""

from __future__ import annotations

import json

import pytest

from reconciler.apply.resolve import body_of, path_of
from reconciler.diff import compare, spelled
from reconciler.model.kind import Context
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import COLLECTIONS, Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Scope
from reconciler.plan import plan
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.loading import load
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System
from tests.conformance.recordings import SCENARIOS, recording
from tests.conformance.test_examples_load import HOSTS, example, site
from tests.kinds.networks import KINDS, calls, desired, observed, told

pytestmark = pytest.mark.conformance
HEADERS = {"Accept": "application/json", "User-Agent": "tests", "Content-Type": "application/json"}


def request(system: System, method: str, path: str, body=None) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return system.handle(Request(method, path, {}, HEADERS, content))


def read(system: System) -> Rows:
    """The lists that the network kinds need."""
    hosts = request(system, "GET", "/v1/ihosts").body["ihosts"]
    needed = {name for kind in KINDS.values() for name in kind.collections} | {"ihosts", "isystems"}
    listed = {}
    for c in (COLLECTIONS[name] for name in needed):
        of = [(h["hostname"], h["uuid"]) for h in hosts] if c.scope is Scope.HOST else [("", "")]
        listed |= {(c.name, name): request(system, "GET", c.path.format(host=u)).body[c.items] for name, u in of}
    return Rows(listed)


def look(system: System) -> Snapshot:
    """As applying sees it: hosts have their ids too."""
    seen = observed(read(system))
    hosts = {ResourceKey("host", h.name): {"uuid": h.uuid} for h in seen.system.hosts.values()}
    with_hosts = {**seen.resources, **{key: Resource(key, Spec(), ids) for key, ids in hosts.items()}}
    return Snapshot("ottawa", with_hosts, complete=seen.complete, system=seen.system)


def send(system: System, call: Call, made: dict) -> str:
    """One call as it is sent; the refusal, if it is refused."""
    seen = look(system)
    body = None if call.body is None else body_of(call.body, seen, made)
    answer = request(system, call.method, path_of(call.path, call.refs, seen, made), body)
    if call.creates and answer.status == 200:
        made[call.creates] = {"uuid": answer.body["uuid"]} | ({"id": answer.body["id"]} if "id" in answer.body else {})
    return "" if answer.status < 300 else f"{told(call)}: {answer.status} {answer.body}"


def bring(system: System, text: str) -> list[str]:
    """What was sent to make the system what Git says; asserts that all was taken, and that nothing is left."""
    have = observed(read(system))
    want = spelled(desired(text), have, KINDS)
    made = plan(compare(want, have, KINDS), Context(want, have), KINDS, ours=set(have.system.hosts))
    ids: dict = {}
    refused = [r for r in (send(system, call, ids) for call in calls(made)) if r]
    assert (refused, made.blocked) == ([], ())
    seen = observed(read(system))
    assert compare(spelled(desired(text), seen, KINDS), seen, KINDS).changes == ()
    return [told(c) for c in calls(made)]


def start(shared, scenario: str) -> System:
    recorded = recording(shared, scenario)
    return load(System(recorded.name, sysinv()), recorded.initial)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_recorded_system_is_read_whole(shared, scenario):
    found = read(start(shared, scenario))
    seen = observed(found)
    interfaces = sum(len(list(found.listed["iinterfaces", host])) for host in found.system.hosts)
    assert sum(key.kind == "interface" for key in seen.resources) == interfaces
    by_type = ("ethernet", "ethernet-over", "bond", "vlan", "vf")
    assert sum(key.kind in by_type for key in seen.resources) == interfaces


@pytest.mark.parametrize("name", HOSTS)
def test_every_example_is_declared_whole(shared, name):
    said = site(example(shared, name))
    declared = {r.key for kind in KINDS.values() for r in kind.declare(said)}
    for host, profile in said.hosts.items():
        names = {i.text("name") for s in ("ethernet", "bond", "vlan", "vf") for i in profile.listed("interfaces", s)}
        ours = {
            r.spec.name
            for k in KINDS.values()
            for r in k.declare(said)
            if r.key.host == host and k.known_as(r).kind == "interface"
        }
        assert names <= ours
        assert sum(k.kind == "route" and k.host == host for k in declared) == len(list(profile.listed("routes")))
        assert sum(k.kind == "address" and k.host == host for k in declared) == len(list(profile.listed("addresses")))


SINGLE_NIC = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: lo, class: platform, platformNetworks: [mgmt, cluster-host], port: {name: lo}}
      - {name: sriov0, class: pci-sriov, platformNetworks: [], port: {name: enp9s0f0}, vfCount: 12, vfDriver: netdevice}
      - {name: pxeboot0, class: platform, lower: sriov0, platformNetworks: [pxeboot], port: {name: dummy}}
      vf:
      - {name: sriov00, class: pci-sriov, lower: sriov0, dataNetworks: [physnet0], vfCount: 6, vfDriver: vfio}
      - {name: sriov01, class: pci-sriov, lower: sriov0, dataNetworks: [physnet1], vfCount: 5, vfDriver: netdevice}
      vlan:
      - {name: oam0, class: platform, lower: sriov0, vid: 200, platformNetworks: [oam], dataNetworks: []}
DataNetwork: {physnet0: {type: vlan}, physnet1: {type: vlan}}
"""
TWO_FAMILIES = """
hosts:
  controller-0:
    ptpInstances: [ptp1]
    interfaces:
      ethernet:
      - {name: lo, class: platform, platformNetworks: [mgmt, cluster-host], port: {name: lo}}
      - {name: oam0, class: platform, platformNetworks: [oam], ptpInterfaces: [ptp1if0], port: {name: enp2s0f0}}
      - {name: data0, class: data, dataNetworks: [vx0], platformNetworks: [data4, data6], port: {name: enp2s0f2}}
      vlan:
      - {name: vlan11, class: data, dataNetworks: [vx1], lower: data0, vid: 11}
    addresses:
    - {interface: vlan11, address: 192.168.59.2, prefix: 24}
    - {interface: vlan11, address: "FD00:0:0:b::2", prefix: 64}
    routes:
    - {interface: data0, subnet: 0.0.0.0, prefix: 0, gateway: 192.168.57.1}
    - {interface: vlan11, subnet: 0.0.0.0, prefix: 0, gateway: 192.168.59.1}
    - {interface: vlan11, subnet: "::", prefix: 0, gateway: "fd00:0:0:b::1"}
DataNetwork:
  vx0: {type: vxlan, mtu: 1400, vxlan: {endpointMode: static, ttl: 10, udpPortNumber: 4789}}
  vx1: {type: vxlan, mtu: 1400, vxlan: {endpointMode: dynamic, multicastGroup: 239.0.2.1, ttl: 10, udpPortNumber: 8472}}
PlatformNetwork:
  data4: {type: other, dynamic: true, associatedAddressPools: [pool4]}
  data6: {type: other, dynamic: true, associatedAddressPools: [pool6]}
  oam: {type: oam, dynamic: false, associatedAddressPools: [oam, oam6]}
  admin: {type: admin, dynamic: false, associatedAddressPools: [admin4]}
AddressPool:
  oam: {subnet: 10.10.10.1, prefix: 24}
  oam6: {subnet: "fcff:10::1", prefix: 64, floatingAddress: "fcff:10::2", gateway: "fcff:10::1"}
  admin4: {subnet: 10.77.0.0, prefix: 24, floatingAddress: 10.77.0.2}
  pool4: {subnet: 192.168.57.0, prefix: 24, allocation: {ranges: [{start: 192.168.57.2, end: 192.168.57.10}]}}
  pool6: {subnet: "fd00:0:0:1::", prefix: 64, allocation: {order: sequential}}
PtpInstance:
  ptp1: {service: ptp4l, parameters: {global: [domainNumber=24], unicast_master_table_1: [table_id=1]}}
PtpInterface:
  ptp1if0: {ptpinstance: ptp1, parameters: [masterOnly=1]}
"""
OFF_THE_LOOPBACK = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: lo, class: none, platformNetworks: [], port: {name: lo}}
      - {name: mgmt0, class: platform, platformNetworks: [mgmt, cluster-host], port: {name: enp2s0f1}}
      - {name: oam0, class: platform, platformNetworks: [oam], port: {name: enp2s0f0}}
"""


@pytest.mark.parametrize("text", [SINGLE_NIC, TWO_FAMILIES, OFF_THE_LOOPBACK])
def test_a_bootstrapped_controller_takes_all_that_git_says_in_one_go(shared, text):
    system = start(shared, "aio-sx-day1")
    assert bring(system, text)
    assert bring(system, text) == []


BONDED = """
hosts:
  worker-0:
    interfaces:
      bond:
      - {name: mgmt0, class: platform, members: [enp2s0f0, enp2s0f1], mode: active_standby, platformNetworks: [mgmt]}
      - {name: data0, class: data, members: [enp2s0f2], mode: balanced, transmitHashPolicy: layer2, dataNetworks: [dn]}
      vlan:
      - {name: cluster0, class: platform, lower: mgmt0, vid: 158, platformNetworks: [cluster-host]}
DataNetwork: {dn: {type: flat}}
"""


def discovered(shared) -> System:
    """A worker as the platform makes it: mgmt on its boot port's interface, which is called mgmt0."""
    system = start(shared, "bonds-vlans-addresses")
    found = read(system)
    by_name = {row["ifname"]: row["uuid"] for row in found.listed["iinterfaces", "worker-0"]}
    assigned = {row["ifname"]: row["uuid"] for row in found.all("interface_networks") if row["forihostid"] == 3}
    mgmt = next(row["uuid"] for row in found.all("networks") if row["type"] == "mgmt")
    for path in (by_name["mgmt0"], by_name["cluster0"]):
        assert request(system, "DELETE", f"/v1/iinterfaces/{path}").status == 204
    assert request(system, "DELETE", f"/v1/interface_networks/{assigned['pxeboot0']}").status == 204
    rename = [{"op": "replace", "path": "/ifname", "value": "mgmt0"}]
    assert request(system, "PATCH", f"/v1/iinterfaces/{by_name['pxeboot0']}", rename).status == 200
    boot = {"interface_uuid": by_name["pxeboot0"], "network_uuid": mgmt}
    assert request(system, "POST", "/v1/interface_networks", boot).status == 200
    return system


def test_a_discovered_worker_takes_a_bond_of_its_boot_interface_s_name(shared):
    assert bring(discovered(shared), BONDED)


@pytest.mark.parametrize(
    ("old", "new", "sent"),
    [
        (
            "enp2s0f0, enp2s0f1]",
            "enp2s0f0, enp2s0f3]",
            ["PATCH iinterfaces/<mgmt0> usesmodify=enp2s0f0,enp2s0f3"],
        ),
        ("vid: 158", "vid: 159", ["PATCH iinterfaces/<cluster0> vlan_id=159"]),
        ("mode: balanced", "mode: 802.3ad", ["PATCH iinterfaces/<data0> aemode=802.3ad"]),
    ],
)
def test_bonds_and_vlans_change_in_place(shared, old, new, sent):
    system = discovered(shared)
    bring(system, BONDED)
    assert bring(system, BONDED.replace(old, new)) == sent
