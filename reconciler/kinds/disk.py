"""Disk of a host by its stable path: what partitions, physical volumes and OSDs refer to. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.words import Area, Scope


class Disk(Spec):
    path: Annotated[str, Attr(key=True)]  # /dev/disk/by-path/...
    node: str | None = None  # /dev/sda: may change between boots
    links: tuple[str, ...] = ()  # /dev/disk/by-id/...
    size_mib: int | None = None
    available_mib: int | None = None


def _links(row: Row) -> Iterator[str]:
    """The API has the last part of each (sysinv agent/disk.py get_device_id_wwn)."""
    names = (row.get("device_id"), row.get("device_wwn"))
    return (f"/dev/disk/by-id/{name}" for name in names if name)


def read(rows: Rows) -> Iterator[Resource[Disk]]:
    for host, row in rows.by_host("idisks"):
        spec = Disk.of(
            path=row["device_path"],
            node=row["device_node"],
            links=tuple(_links(row)),
            size_mib=row["size_mib"],
            available_mib=row["available_mib"],
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="disk",
    spec=Disk,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("idisks",),
    read=read,
    about=About(
        words={
            "path": "the stable path, /dev/disk/by-path/…",
            "node": "the device node, which may change between boots",
            "links": "its names by serial number and WWN, /dev/disk/by-id/…",
            "size_mib": "size, in MiB",
            "available_mib": "what no partition takes, in MiB",
        },
        sources=("sysinv api/controllers/v1/disk.py", "sysinv agent/disk.py", "recorded"),
    ),
)
