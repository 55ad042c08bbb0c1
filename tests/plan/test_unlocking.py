"""No host is locked that the platform would not unlock again, as the plan leaves it."""

from __future__ import annotations

import pytest

from tests.kinds.machines import AIO, DISKS, backend, host, planned, rows

OSD = {"uuid": "osd", "function": "osd", "ihost_uuid": "host-controller-0", "idisk_uuid": "disk-/dev/sdb"}
SETTLE = "hosts: {controller-0: {hwSettle: '30', location: rack 7}}"


def listed(state="unlocked", **more):
    return rows(host(state=state, **AIO), storage_backend=[backend()], idisks=DISKS, **more)


def test_what_wants_the_lock_is_refused_and_says_what_it_would_take():
    made = planned(SETTLE, listed())
    assert made.locked_hosts == ()
    assert [b.reason for b in made.blocked] == ["the host would not unlock with fewer than 1 OSD: say storage.osds"]


def test_a_host_that_would_unlock_is_locked():
    assert planned(SETTLE, listed(istors=[OSD])).locked_hosts == ("controller-0",)


def test_what_the_plan_itself_makes_counts():
    text = """
    system: {storage: {backends: [{name: ceph-store, type: ceph}]}}
    hosts: {controller-0: {hwSettle: '30', storage: {osds: [{path: /dev/sdb, function: osd}]}}}
    """
    tier = {"uuid": "tier", "name": "storage", "status": "in-use"}
    made = planned(text, listed(storage_tiers=[tier]))
    assert (made.blocked, made.locked_hosts) == ((), ("controller-0",))


@pytest.mark.parametrize("state", ["new", "locked"])
def test_a_host_that_is_not_in_service_is_not_kept_from_anything(state):
    assert all("would not unlock" not in b.reason for b in planned(SETTLE, listed(state)).blocked)
