"""Partition of a disk that LVM may use. Only read: it is made with the physical volume that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area, Scope


class Partition(Spec):
    """`status` as sysinv's constants PARTITION_*_STATUS count it; `is_used`: by a physical volume."""

    path: Annotated[str, Attr(key=True)]  # /dev/disk/by-path/...-part5
    disk: str | None = None
    size_gib: int | None = None
    status: int | None = None
    is_used: bool = False


def read(rows: Rows) -> Iterator[Resource[Partition]]:
    disks = rows.index("idisks")
    for host, row in rows.by_host("partitions"):
        spec = Partition.of(
            path=row["device_path"],
            disk=(disks.get(row["idisk_uuid"]) or {}).get("device_path"),
            size_gib=storage.gib(row),
            status=row["status"],
            is_used=bool(row.get("ipv_uuid")),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="partition",
    spec=Partition,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("idisks", "partitions"),
    read=read,
    about=About(
        words={
            "path": "the stable path, /dev/disk/by-path/…-part5",
            "disk": "the disk that it is on, by its stable path",
            "size_gib": "size, in GiB",
            "status": "the platform's number of its state (sysinv constants.PARTITION_*_STATUS)",
            "is_used": "whether a physical volume is on it",
        },
        sources=("sysinv api/controllers/v1/partition.py", "recorded"),
    ),
)
