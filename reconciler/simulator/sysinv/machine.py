"""The families of what is inside machines: disks and what lies on them, Ceph, processors, memory, devices."""

from __future__ import annotations

from reconciler.simulator.family import Family
from reconciler.simulator.sysinv import (
    controller_filesystems,
    cpus,
    discovery,
    disks,
    grub,
    host_filesystems,
    kernel,
    memory,
    monitors,
    osd_unlock,
    osds,
    partitions,
    pci_devices,
    physical_volumes,
    storage_backends,
    storage_ceph,
    storage_others,
    storage_rook,
    tiers,
    volume_groups,
)

FAMILIES: tuple[Family, ...] = (
    discovery.family,
    disks.family,
    partitions.family,
    physical_volumes.family,
    volume_groups.family,
    host_filesystems.family,
    controller_filesystems.family,
    tiers.family,
    storage_backends.family,
    monitors.family,
    storage_ceph.family,
    storage_rook.family,
    storage_others.family,
    osds.family,
    osd_unlock.family,
    cpus.family,
    memory.family,
    kernel.family,
    grub.family,
    pci_devices.family,
)
