"""What the storage kinds share: how disks are called in Git and on a site, and which Ceph there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot

MIB_PER_GIB = 1024
NOVA_LOCAL = "nova-local"
PLATFORM_GROUP = "cgts-vg"
CEPH, ROOK = "ceph", "ceph-rook"

DEVICE = Rule(
    "device-path",
    "A disk is known by its stable path: /dev/sda, sda, /dev/mapper/mpatha and /dev/disk/by-id/… are looked up on the site.",
)
ONE_DISK = Rule("one-disk", "Entries that come to one disk by different names are one entry, the last of them.")


def disk_path(path: str, host: str, observed: Snapshot) -> str:
    """A disk as the site calls it: Git may say /dev/sda, sda or /dev/disk/by-id/…, the site knows the stable path."""
    if ResourceKey("disk", path, host) in observed.resources:
        return path
    disks = (r.spec for k, r in observed.resources.items() if k.kind == "disk" and k.host == host)
    return next((d.path for d in disks if d.node in {path, f"/dev/{path}"} or path in d.links), path)


def missing_disk(path: str, host: str, context: Context) -> str:
    """Why a disk cannot be used: it is not there. "" if it is."""
    if ResourceKey("disk", path, host) in context.observed.resources:
        return ""
    return f"the host has no disk {path}: correct the path, or add the disk"


def paths_by_node(rows: Rows) -> Mapping[tuple[str, str], str]:
    """(host, /dev/sda) -> the stable path of that disk."""
    return {(host, row["device_node"]): row["device_path"] for host, row in rows.by_host("idisks")}


def gib(row: Row) -> int:
    """The size of a partition as Git says it: an agent may report some MiB less than were asked for."""
    return round(int(row["size_mib"]) / MIB_PER_GIB)


def part_number(row: Row) -> tuple[int, str]:
    """The order of partitions on their disk: -part2 before -part10."""
    path = str(row.get("device_path") or "")
    return len(path), path


def grows_at_unlock(host: str, context: Context) -> bool:
    """Whether a volume that is added to cgts-vg is used from the next unlock on only: not on a controller in service."""
    found = context.system.hosts.get(host)
    return found is None or found.personality != "controller" or not found.is_unlocked


def ceph_backend(site: Site) -> Node | None:
    """The name of the Ceph backend, bare-metal or Rook, that Git says; there is one at most."""
    backends = site.system.listed("storage", "backends") if site.system else ()
    return next((b.get("name") for b in backends if b.text("type") in {CEPH, ROOK}), None)


def backends(context: Context) -> Iterator[Resource[Any]]:
    """Storage backends of the site and, where it has none of a name, those that Git says."""
    found = {k: r for side in (context.desired, context.observed) for k, r in side.resources.items()}
    return (r for k, r in found.items() if k.kind == "storage-backend")


def is_bare_metal(context: Context) -> bool:
    """Whether Ceph runs, or will run, on the hosts themselves: monitors and OSDs are then the platform's to place."""
    return any(r.spec.type == CEPH for r in backends(context))
