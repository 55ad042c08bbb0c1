"""A site that says much, and a commit that takes the most of it out again."""

from __future__ import annotations

from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA

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
OSD = f"controller-0/osd{DISK}"
HARMLESS = GONE - {OSD, "controller-0/host-filesystem/image-conversion"}


def deletes(world, since=0):
    """The deletes that the site was sent, in order; a PTP instance leaves its host by a PATCH, and is not among them."""
    return [f"DELETE {w.path}" for w in world.writes(OTTAWA, since) if w.method == "DELETE"]


def had(judged):
    """What of all that was removed the site has still."""
    return {str(key) for key in judged.observed.resources} & GONE
