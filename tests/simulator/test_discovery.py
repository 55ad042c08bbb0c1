"""A host that is added boots, is installed and reports what it is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.sysinv import discovery

from . import racks
from .conftest import Api, give_networks, patch, unlock


@pytest.fixture
def dock() -> Api:
    """A standard system whose other machines stand in the rack, unknown to it."""
    first, *others = racks.PLAIN.machines
    api = Api(bootstrapped(replace(racks.PLAIN, machines=(first,))))
    for machine in others:
        discovery.put_in_rack(api.system, machine)
    give_networks(api, "controller-0")
    unlock(api, "controller-0")
    return api


def boot_mac(name: str) -> str:
    return next(machine.boot_mac for machine in racks.PLAIN.machines if machine.name == name)


def add(api: Api, name: str, personality: str, mac: str) -> dict:
    return api.ok("POST", "/ihosts", {"hostname": name, "personality": personality, "mgmt_mac": mac})


def test_at_first_it_is_a_name_only(dock):
    add(dock, "compute-0", "worker", boot_mac("compute-0"))
    found = dock.host("compute-0")
    assert (found["availability"], found["inv_state"]) == ("offline", None)
    assert dock.get("/ihosts/compute-0/iinterfaces")["iinterfaces"] == []
    dock.refusal("PATCH", "/ihosts/compute-0", patch(action="unlock"))


def test_then_it_is_the_machine_in_the_rack(dock):
    add(dock, "compute-0", "worker", boot_mac("compute-0"))
    dock.system.settle()
    found = dock.host("compute-0")
    assert (found["availability"], found["inv_state"]) == ("online", "inventoried")
    ports = dock.get("/ihosts/compute-0/ethernet_ports")["ethernet_ports"]
    assert {row["mac"] for row in ports if row["name"] == "enp0s8"} == {boot_mac("compute-0")}


def test_management_is_named_and_assigned_where_it_booted_and_nothing_else_is(dock):
    add(dock, "controller-1", "controller", boot_mac("controller-1"))
    dock.system.settle()
    rows = dock.get("/ihosts/controller-1/iinterfaces")["iinterfaces"]
    assert [row["ifname"] for row in rows if row["ifclass"]] == ["mgmt0"]
    assigned = dock.get("/ihosts/controller-1/interface_networks")["interface_networks"]
    assert [(row["ifname"], row["network_type"]) for row in assigned] == [("mgmt0", "mgmt")]


def test_a_machine_that_nobody_racked_has_the_usual_hardware(dock):
    add(dock, "compute-9", "worker", "02:bb:00:00:00:09")
    dock.system.settle()
    assert dock.interface("compute-9", "mgmt0")["imac"] == "02:bb:00:00:00:09"
    assert len(dock.get("/ihosts/compute-9/icpus")["icpus"]) == 32


def test_where_management_is_tagged_the_host_boots_beside_it():
    api = Api(bootstrapped(replace(racks.PLAIN, machines=racks.PLAIN.machines[:1])))
    uuid = api.host("controller-0")["uuid"]
    for row in api.get("/ihosts/controller-0/interface_networks")["interface_networks"]:
        api.ok("DELETE", f"/interface_networks/{row['uuid']}")
    trunk = {"interface_uuid": api.interface("controller-0", "enp0s8")["uuid"]}
    api.ok("POST", "/interface_networks", {**trunk, "network_uuid": api.network("pxeboot")["uuid"]})
    tagged = {"ifname": "tagged0", "iftype": "vlan", "ifclass": "platform", "vlan_id": 12, "uses": ["enp0s8"]}
    made = api.ok("POST", "/iinterfaces", {"ihost_uuid": uuid, **tagged})
    body = {"interface_uuid": made["uuid"], "network_uuid": api.network("mgmt")["uuid"]}
    api.ok("POST", "/interface_networks", body)
    add(api, "compute-0", "worker", boot_mac("compute-0"))
    api.system.settle()
    assert api.interface("compute-0", "pxeboot0")["iftype"] == "ethernet"
    assert api.interface("compute-0", "mgmt0")["vlan_id"] == 12
