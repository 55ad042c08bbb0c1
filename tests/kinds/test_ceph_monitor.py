"""The monitor of a worker: one more for a standard system, of the size of the others."""

from __future__ import annotations

import pytest

from tests.kinds.machines import AIO, backend, difference, differences, host, planned, resource, rows, sent, why_not
from tests.kinds.networks import system_row, told

STANDARD = system_row("duplex", "Standard")
TEXT = """
system: {storage: {backends: [{name: ceph-store, type: ceph}]}}
hosts: {compute-0: {storage: {monitor: {size: 20}}}}
"""
KEY = "compute-0/ceph-monitor"


def mon(name: str, gib: int = 20) -> dict[str, object]:
    return {"uuid": f"mon-{name}", "ceph_mon_gib": gib, "state": "configured", "ihost_uuid": f"host-{name}"}


def listed(*more_hosts, **more):
    hosts = (host(), host("controller-1", number=2), host("compute-0", number=3), *more_hosts)
    return rows(*hosts, **{"system": STANDARD, "storage_backend": [backend()], **more})


def test_it_is_made_without_a_lock():
    assert sent(TEXT, listed()) == ["POST ceph_mon ceph_mon_gib=20"]
    assert planned(TEXT, listed()).locked_hosts == ()


def test_a_monitor_without_a_size_takes_the_platform_s():
    assert sent(TEXT.replace("size: 20", ""), listed()) == ["POST ceph_mon"]


def test_those_of_controllers_are_the_platform_s_own():
    assert resource("ceph-monitor", listed(ceph_mon=[mon("controller-0")])).key.host == "controller-0"
    assert differences(TEXT, listed(ceph_mon=[mon("controller-0"), mon("compute-0")])) == {}


def test_all_have_one_size_and_it_only_grows():
    assert "size of the others, 30 GiB" in why_not(TEXT, listed(ceph_mon=[mon("controller-0", 30)]))[KEY]
    assert "only grows" in why_not(TEXT, listed(ceph_mon=[mon("compute-0", 30)]))[KEY]


def test_growing_sends_every_monitor_s_host_through_a_lock():
    found = listed(ceph_mon=[mon("controller-0"), mon("controller-1"), mon("compute-0")])
    others = (
        "hosts: {controller-0: {administrativeState: unlocked}, controller-1: {administrativeState: unlocked}, compute"
    )
    made = planned(TEXT.replace("size: 20", "size: 30").replace("hosts: {compute", others), found)
    assert [told(c) for step in made.stages[0].steps for c in step.calls] == ["PATCH ceph_mon/<> ceph_mon_gib=30"]
    assert made.locked_hosts == ("controller-1", "controller-0", "compute-0")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (listed(host("storage-0", number=4)), "the third monitor is on storage-0"),
        (listed(system=system_row("duplex")), "an all-in-one system"),
    ],
)
def test_why_it_cannot_be(found, why):
    assert why in why_not(TEXT, found)[KEY]


def test_it_waits_for_its_host_to_be_installed():
    found = rows(host(**AIO), host("compute-0", "new", 3, inv_state=None), system=STANDARD)
    assert "not installed yet" in why_not(TEXT, found)["host/compute-0"]


def test_without_a_backend_there_is_nothing_to_monitor():
    said = TEXT.split("\n")[2]
    assert "no Ceph backend" in why_not(said, listed(storage_backend=[]))[KEY]


SIZED = """
system: {storage: {backends: [{name: ceph-store, type: ceph, partitionSize: 30}]}}
hosts: {controller-0: {personality: controller}, controller-1: {personality: controller}, compute-0: {personality: worker}}
"""


def test_the_partition_size_of_the_backend_is_that_of_the_platform_s_own_monitors():
    found = listed(ceph_mon=[mon("controller-0"), mon("controller-1", 30), mon("compute-0")])
    assert difference(SIZED, found).key.host == "controller-0"
    made = planned(SIZED, found)
    assert [told(c) for step in made.stages[0].steps for c in step.calls] == ["PATCH ceph_mon/<> ceph_mon_gib=30"]


def test_a_controller_waits_for_the_one_that_it_gets():
    assert "waits for the platform" in why_not(SIZED, listed())["controller-0/ceph-monitor"]


def test_no_other_host_is_said_to_have_one():
    assert set(why_not(SIZED, listed())) == {"controller-0/ceph-monitor", "controller-1/ceph-monitor"}
