"""A change on the twin of one site: what it costs there, and what the platform would refuse, in its own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.trial import tried
from reconciler.model.proof import HostToll, ProofResult
from tests.desired.writing import document
from tests.engine.twins import DISK, KINDS, OTTAWA, PLANT, WIDER, YARD, case

RAN = "  interfaces:\n"


def ran(text: str) -> str:
    return document("HostProfile", "ran-server", text)


def tried_on(name: str, own: str):
    return tried(case(name, own), KINDS)


def test_a_change_that_needs_no_lock_is_proved_without_one():
    proof = tried_on(OTTAWA, document("System", OTTAWA, "  dnsServers: [10.0.0.99]"))
    assert (proof.result, proof.reason, proof.tolls, proof.left) == (ProofResult.PROVED, "", (), ())
    assert (proof.calls, proof.refusal) == (1, None)


def test_a_change_of_one_server_that_needs_a_lock_costs_one_lock_and_one_reboot():
    own = ran(f"{RAN}    ethernet:\n    - {{name: data0, class: data, mtu: 9000, port: {{name: ens1f0}}}}")
    proof = tried_on(OTTAWA, own)
    assert (proof.result, proof.tolls) == (ProofResult.PROVED, (HostToll("controller-0", 1, 1, 0),))
    assert 900 < proof.simulated_s < 3600


def test_a_change_of_two_servers_locks_each_once_and_moves_activity_once():
    proof = tried_on(YARD, WIDER)
    assert (proof.result, proof.reason) == (ProofResult.PROVED, "")
    assert proof.tolls == (HostToll("controller-0", 1, 1, 1), HostToll("controller-1", 1, 1, 0))


def test_workers_are_locked_and_controllers_left_alone():
    proof = tried_on(PLANT, WIDER.replace("yard-server", "plant-worker"))
    assert proof.tolls == (HostToll("worker-0", 1, 1, 0), HostToll("worker-1", 1, 1, 0))


def test_nothing_to_do_is_proved_and_sends_nothing():
    proof = tried_on(OTTAWA, "")
    assert (proof.result, proof.calls, proof.plan_id) == (ProofResult.PROVED, 0, "")


def test_a_vlan_id_that_is_used_twice_is_refused_by_the_platform_alone():
    """The planner does not know it: sysinv does (interface.py _check_interface_data)."""
    vlans = "".join(
        f"    - {{name: {name}, class: platform, lower: oam0, vid: 30, mtu: 1500}}\n" for name in ("a0", "b0")
    )
    proof = tried_on(OTTAWA, ran(f"{RAN}    vlan:\n{vlans}"))
    assert (proof.result, proof.objections) == (ProofResult.REFUSED, ())
    assert proof.refusal.fault == "VLAN id 30 already in use on another platform interface"
    assert (proof.refusal.method, proof.refusal.path, proof.refusal.status) == ("POST", "/v1/iinterfaces", 400)
    assert proof.tolls == (HostToll("controller-0", 1, 1, 0),)  # what it would have cost to learn that on the site


def objection(proof):
    [one] = proof.objections
    assert proof.result is ProofResult.REFUSED
    assert proof.refusal == one.refusal
    return one


def test_the_mtu_of_a_data_network_above_that_of_its_interface_is_refused_by_planner_and_platform():
    proof = tried_on(OTTAWA, document("DataNetwork", "midhaul", "  type: vlan\n  mtu: 9000"))
    one = objection(proof)
    assert one.resource == "data-network/midhaul"
    assert one.reason == "controller-0 data0 has MTU 1500: the interfaces on it are raised first"
    assert one.refusal.fault == ("The datanetwork MTU '9000' must be smaller than assigned interface MTU '1500'.")


def test_a_partition_on_a_full_disk_is_refused_by_planner_and_platform():
    volume = f"{{type: partition, path: {DISK}, size: 90000}}"
    proof = tried_on(OTTAWA, ran(f"  storage: {{volumeGroups: [{{name: cgts-vg, physicalVolumes: [{volume}]}}]}}"))
    one = objection(proof)
    assert "MiB free, and 92160000 are wanted" in one.reason
    assert "Requested size 90000 GiB is larger than" in one.refusal.fault
    assert one.refusal.path == "/v1/partitions"


def test_an_osd_without_a_backend_is_refused_by_planner_and_platform():
    osd = "  storage: {osds: [{path: /dev/disk/by-path/pci-0000:00:17.0-ata-1.0, function: osd}]}"
    one = objection(tried_on(OTTAWA, ran(osd)))
    assert one.reason == "there is no Ceph backend: System.spec.storage.backends says one"
    assert one.refusal.fault == "System must have either a ceph or a ceph-rook backend"


def test_what_the_platform_finds_at_a_lock_is_told_with_what_it_would_have_cost():
    """Nobody foresees how many cores there are; the platform says it once the host is locked."""
    proof = tried_on(OTTAWA, ran("  processors: [{node: 0, functions: [{function: platform, count: 200}]}]"))
    assert proof.refusal.fault == "More total logical cores requested than present on Processor 0 (16 cores)."
    assert proof.tolls == (HostToll("controller-0", 1, 1, 0),)
    assert proof.left == ("controller-0/cpu-function/0/platform",)


def test_a_host_that_git_wants_locked_is_not_said_to_stay_locked():
    proof = tried_on(OTTAWA, ran("  administrativeState: locked"))
    assert (proof.result, proof.reason) == (ProofResult.PROVED, "")
    assert proof.tolls == (HostToll("controller-0", 1, 0, 0),)


def test_a_host_that_is_not_there_yet_is_not_proved_and_nothing_is_said_to_be_refused():
    own = document("Host", "worker-2", "  profile: plant-worker\n  overrides: {bootMAC: '52:54:00:0d:07:b0'}")
    proof = tried_on(PLANT, own)
    assert (proof.result, proof.objections) == (ProofResult.NOT_PROVED, ())
    assert proof.reason == "worker-2: not installed, so what is done there once it is was not tried"


def test_what_waits_for_a_person_is_not_proved_and_does_not_count_as_failed():
    """Somebody locked the host: the plan leaves out what needs a lock, and the platform has nothing to say to it."""
    whole = case(
        OTTAWA, ran(f"{RAN}    ethernet:\n    - {{name: data0, class: data, mtu: 9000, port: {{name: ens1f0}}}}")
    )
    rows = whole.inventory["/v1/ihosts"]["ihosts"]
    locked = [{**row, "administrative": "locked", "operational": "disabled", "availability": "online"} for row in rows]
    proof = tried(replace(whole, inventory={**whole.inventory, "/v1/ihosts": {"ihosts": locked}}), KINDS)
    assert (proof.result, proof.is_failed) == (ProofResult.NOT_PROVED, False)
    assert proof.reason.startswith("as the site is, it is not planned: ")
    assert "locked-by-operator" in proof.reason


def test_what_differed_before_the_change_does_not_fail_it():
    """Somebody made the interface smaller than its data network, which Git had said before."""
    whole = case(OTTAWA, document("System", OTTAWA, "  location: Hull"))
    shown = {**whole.inventory}
    rows = [{**row, "mtu": 1400} for row in shown["/v1/datanetworks"]["datanetworks"]]
    proof = tried(replace(whole, inventory={**shown, "/v1/datanetworks": {"datanetworks": rows}}), KINDS)
    assert proof.result is ProofResult.PROVED
    assert proof.calls == 3


def test_a_certificate_is_left_out_and_said():
    own = document("System", "ottawa", "  certificates:\n  - {type: ssl_ca, secret: yard-ca, signature: ''}")
    proof = tried_on(OTTAWA, own)
    assert proof.result is ProofResult.PROVED
    assert all("certificate" in name for name in proof.untried)


@pytest.mark.parametrize("path", ["/v1/datanetworks", "/v1/idns"])
def test_an_inventory_that_lacks_a_list_proves_nothing(path):
    whole = case(OTTAWA, "")
    rest = {place: body for place, body in whole.inventory.items() if place != path}
    proof = tried(replace(whole, inventory=rest), KINDS)
    assert proof.result is ProofResult.NOT_PROVED
    assert "the inventory lacks the lists of" in proof.reason
    assert proof.calls == 0
