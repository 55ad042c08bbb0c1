"""What the storage kinds share: how disks and partitions are called in Git and on a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.plan import Ref
from reconciler.model.resource import ResourceKey
from reconciler.model.rows import Row, Rows
from reconciler.model.snapshot import Snapshot

MIB_PER_GIB = 1024


def disk_path(path: str, host: str, observed: Snapshot) -> str:
    """A disk as the site calls it: Git may say /dev/sda, the site knows the stable path and both."""
    if ResourceKey("disk", path, host) in observed.resources:
        return path
    disks = (r.spec for k, r in observed.resources.items() if k.kind == "disk" and k.host == host)
    return next((d.path for d in disks if d.node == path), path)


def partition_name(disk: str, size_mib: int, number: int = 1) -> str:
    """A partition by its disk and size; the second of one size on one disk has a number."""
    return f"{disk}:{size_mib}MiB" + (f"#{number}" if number > 1 else "")


def physical_volumes(profile: Node) -> Iterator[tuple[str, Node]]:
    """(volume group, node) of every physical volume of a host."""
    for group in profile.listed("storage", "volumeGroups"):
        for volume in group.listed("physicalVolumes"):
            yield group.text("name"), volume


def said_partitions(profile: Node) -> Iterator[tuple[str, Node]]:
    """(partition name, node) of every physical volume that is a partition, in Git's order."""
    counts: dict[tuple[str, int], int] = {}
    for _, volume in physical_volumes(profile):
        if volume.text("type") == "partition" and (size := volume.get("size")):
            place = (volume.text("path"), int(size.plain()) * MIB_PER_GIB)
            counts[place] = counts.get(place, 0) + 1
            yield partition_name(*place, counts[place]), volume


def seen_partitions(rows: Rows) -> Mapping[str, tuple[str, str, Row]]:
    """Partition uuid -> (host, name, row), counted in the order of their devices."""
    disks = rows.index("idisks")
    found: dict[str, tuple[str, str, Row]] = {}
    counts: dict[tuple[str, str, int], int] = {}
    for host, row in sorted(rows.by_host("partitions"), key=lambda pair: (pair[0], _device(pair[1]))):
        disk = disks.get(row["idisk_uuid"])
        if disk is None:
            continue
        place = (host, str(disk["device_path"]), int(row["size_mib"]))
        counts[place] = counts.get(place, 0) + 1
        found[row["uuid"]] = (host, partition_name(place[1], place[2], counts[place]), row)
    return found


def _device(row: Row) -> tuple[int, str]:
    path = str(row.get("device_path") or "")
    return len(path), path


def host_ref(host: str) -> Ref:
    """The uuid of a host, as bodies name their parents."""
    return Ref(ResourceKey("host", host))


def is_locked_for_workers(host: str, context: Context) -> bool:
    """Whether a change of nova-local needs a lock: on every host with worker function (sysinv lvg.py, pv.py)."""
    state = context.system.hosts.get(host)
    return bool(state and "worker" in state.subfunctions)
