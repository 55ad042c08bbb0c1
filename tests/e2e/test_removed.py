"""Removed from Git: proposed, approved, deleted in order with one window; then nothing is left to do."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from reconciler.model.words import Action, Result
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN

DISK = "/dev/disk/by-path/pci-0000:00:17.0-ata-1.0"
ONCE = (
    document("DataNetwork", "backhaul", "  type: vlan\n  mtu: 1500")
    + document("PtpInstance", "clock", "  service: ptp4l\n  parameters:\n    global: [domainNumber=24]")
    + document(
        "System",
        "ottawa",
        """\
  storage:
    backends:
    - name: ceph-rook-store
      type: ceph-rook
      deployment: open
      replicationFactor: 1
      services: [block, filesystem]""",
    )
    + document(
        "HostProfile",
        "ran-server",
        f"""\
  labels:
    openvswitch: enabled
    rack: r12
  ptpInstances: [clock]
  interfaces:
    vlan:
    - name: field0
      class: platform
      lower: oam0
      vid: 30
      mtu: 1500
  addresses:
  - interface: field0
    address: 10.40.0.2
    prefix: 24
  routes:
  - interface: field0
    subnet: 10.41.0.0
    prefix: 16
    gateway: 10.40.0.1
    metric: 1
  storage:
    filesystems:
    - name: image-conversion
      size: 10
    osds:
    - path: {DISK}
      function: osd
      cluster: ceph_rook_cluster""",
    )
)
# the backend stays: it is the site's storage
LESS = document(
    "System",
    "ottawa",
    """\
  storage:
    backends:
    - name: ceph-rook-store
      type: ceph-rook
      deployment: open
      replicationFactor: 1
      services: [block, filesystem]""",
)
GONE = {
    "data-network/backhaul",
    "ptp-instance/clock",
    "controller-0/host-ptp-instance/clock",
    "controller-0/label/openvswitch",
    "controller-0/label/rack",
    "controller-0/vlan/field0",
    "controller-0/address/10.40.0.2",
    "controller-0/route/field0/10.41.0.0/16",
    "controller-0/host-filesystem/image-conversion",
    f"controller-0/osd{DISK}",
}


@pytest.fixture
def removed(in_service):
    """A world whose site had everything, and whose Git does not say the most of it any more."""

    @asynccontextmanager
    async def removed():
        async with in_service(OTTAWA) as (world, clone):
            clone.commit({OWN: ONCE})
            assert (await world.applied(OTTAWA)).result is Result.DONE
            assert await world.is_in_sync(OTTAWA)
            clone.commit({OWN: LESS})
            yield world, clone

    return removed


async def test_what_a_commit_removed_is_deleted_in_order_with_one_window(removed):
    async with removed() as (world, _clone):
        locks = world.count(OTTAWA, "lock")
        judged = await world.judged(OTTAWA)
        assert {str(c.key) for c in judged.found.changes if c.action is Action.DELETE} == GONE
        ended = await world.applied(OTTAWA, approved=judged.plan.id)
        assert ended.is_done
        assert world.count(OTTAWA, "lock") == locks + 1
        assert await world.is_in_sync(OTTAWA)
