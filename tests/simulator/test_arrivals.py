"""Machines that boot from the network: announced, named, switched on by their controller, or waiting for a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.durations import REAL
from reconciler.simulator.sysinv import arrivals, discovery

from . import racks
from .conftest import Api, give_networks, patch, unlock

COMPUTE = racks.PLAIN.machines[2]
BOARD = {"bm_type": "redfish", "bm_ip": "10.10.10.77", "bm_username": "root", "bm_password": "secret"}
WORKER = {"hostname": "compute-0", "personality": "worker"}


@pytest.fixture
def dock() -> Api:
    """A standard system with one controller in service, and nothing in its rack."""
    api = Api(bootstrapped(replace(racks.PLAIN, machines=racks.PLAIN.machines[:1])))
    give_networks(api, "controller-0")
    unlock(api, "controller-0")
    return api


def rest(api: Api, seconds: float) -> None:
    api.system.advance(api.system.now + seconds)


def inventory(api: Api) -> dict[str | None, str]:
    return {row["hostname"]: row["availability"] for row in api.get("/ihosts")["ihosts"]}


def test_a_machine_that_nobody_named_waits_without_name_and_personality(dock):
    discovery.put_in_rack(dock.system, COMPUTE)
    arrivals.appears(dock.system, COMPUTE.boot_mac, serialid="SN-1")
    dock.system.settle()
    (row,) = (row for row in dock.get("/ihosts")["ihosts"] if row["hostname"] is None)
    assert (row["personality"], row["availability"], row["serialid"]) == (None, "offline", "SN-1")
    assert row["inv_state"] is None


def test_it_is_known_once_however_often_it_boots(dock):
    first, again = (arrivals.appears(dock.system, COMPUTE.boot_mac.upper()) for _ in range(2))
    assert first == again


def test_a_simplex_system_takes_no_notice_of_it():
    api = Api(bootstrapped(racks.SIMPLEX))
    assert arrivals.appears(api.system, COMPUTE.boot_mac) is None
    assert list(inventory(api)) == ["controller-0"]


def named(api: Api) -> str:
    discovery.put_in_rack(api.system, COMPUTE)
    row = arrivals.appears(api.system, COMPUTE.boot_mac)
    assert row is not None
    return str(row["uuid"])


def test_named_by_a_patch_it_is_installed_and_inventoried(dock):
    dock.patch(f"/ihosts/{named(dock)}", **WORKER)
    assert inventory(dock)["compute-0"] == "offline"
    rest(dock, REAL.discovery)
    found = dock.host("compute-0")
    assert (found["availability"], found["inv_state"], found["subfunctions"]) == ("online", "inventoried", "worker")
    assert dock.interface("compute-0", "mgmt0")["imac"] == COMPUTE.boot_mac


def test_added_by_its_mac_it_is_the_same_row(dock):
    uuid = named(dock)
    assert dock.ok("POST", "/ihosts", {**WORKER, "mgmt_mac": COMPUTE.boot_mac})["uuid"] == uuid


def test_a_worker_needs_a_name_and_has_one_once(dock):
    uuid = named(dock)
    assert (
        "must be provisioned with a hostname"
        in dock.refusal("PATCH", f"/ihosts/{uuid}", patch(personality="worker"))[1]
    )
    dock.patch(f"/ihosts/{uuid}", **WORKER)
    refusals = [
        dock.refusal("PATCH", f"/ihosts/{uuid}", patch(**change))[1]
        for change in ({"hostname": "compute-1"}, {"personality": "controller"}, {"subfunctions": "controller"})
    ]
    assert ["already been configured" in text or "after it has been set" in text for text in refusals] == [True] * 3


@pytest.mark.parametrize(
    ("name", "personality", "why"),
    [
        ("controller-1", "worker", "invalid hostname for personality worker"),
        ("storage-7", "worker", "invalid hostname for personality worker"),
        ("compute 0", "worker", "may only contain letters"),
        ("compute-0", "controller", "can only have a hostname from ['controller-0', 'controller-1']"),
        ("compute-0", "storage", "starting with storage-(number)"),
    ],
)
def test_a_name_tells_what_a_host_is(dock, name, personality, why):
    body = {"hostname": name, "personality": personality}
    assert why in dock.refusal("POST", "/ihosts", {**body, "mgmt_mac": COMPUTE.boot_mac})[1]
    assert why in dock.refusal("PATCH", f"/ihosts/{named(dock)}", patch(**body))[1]


def test_a_third_controller_is_refused(pair):
    third = {"hostname": "controller-1", "personality": "controller", "mgmt_mac": COMPUTE.boot_mac}
    assert "Two controller nodes have already been configured." in pair.refusal("POST", "/ihosts", third)[1]


@pytest.mark.parametrize("action", ["reinstall", "power-on"])
def test_a_machine_that_is_off_boots_when_its_controller_switches_it_on(dock, action):
    discovery.put_in_rack(dock.system, COMPUTE, is_on=False)
    dock.ok("POST", "/ihosts", {**WORKER, **BOARD, "mgmt_mac": COMPUTE.boot_mac})
    dock.system.settle()
    assert inventory(dock)["compute-0"] == "offline"
    dock.act("compute-0", action)
    dock.system.settle()
    assert dock.host("compute-0")["inv_state"] == "inventoried"
    assert len(dock.get("/ihosts/compute-0/idisks")["idisks"]) == len(COMPUTE.disks)


def test_switched_off_it_is_installed_no_further(dock):
    discovery.put_in_rack(dock.system, COMPUTE)
    dock.ok("POST", "/ihosts", {**WORKER, **BOARD, "mgmt_mac": COMPUTE.boot_mac})
    dock.act("compute-0", "power-off")
    dock.system.settle()
    assert (dock.host("compute-0")["availability"], dock.host("compute-0")["inv_state"]) == ("power-off", None)


def test_a_worker_that_was_in_service_goes_when_its_services_have_gone(dock):
    discovery.put_in_rack(dock.system, COMPUTE)
    dock.ok("POST", "/ihosts", {**WORKER, "mgmt_mac": COMPUTE.boot_mac})
    dock.system.settle()
    dock.system.update("ihosts", dock.host("compute-0")["uuid"], invprovision="provisioned")
    dock.ok("DELETE", "/ihosts/compute-0")
    assert "compute-0" in inventory(dock)
    rest(dock, REAL.vim_moves_services)
    assert list(inventory(dock)) == ["controller-0"]
