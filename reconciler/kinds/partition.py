"""Partition of a disk, made to hold a physical volume. By key: partitions that Git does not need are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call, Ref, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Scope

PATH = "/v1/partitions"
LVM_PHYSICAL_VOLUME = "ba5eba11-0000-1111-2222-000000000001"  # sysinv constants.USER_PARTITION_PHYSICAL_VOLUME
READY, IN_USE, CREATING_ON_UNLOCK = 0, 1, 3


class Partition(Spec):
    """Known by its disk and its size; it can only grow, and not while it is used, so another size is another one."""

    name: Annotated[str, Attr(key=True)]
    disk: Annotated[str | None, Attr(send_only=True, refers_to="disk")] = None
    size_mib: Annotated[int | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Partition]]:
    for host, profile in site.hosts.items():
        for name, node in storage.said_partitions(profile):
            size = Given(int(node.text("size")) * storage.MIB_PER_GIB)
            yield KIND.declared(node, host, name=Given(name), disk="path", size_mib=size)


def read(rows: Rows) -> Iterator[Resource[Partition]]:
    for uuid, (host, name, row) in storage.seen_partitions(rows).items():
        yield Resource(
            ResourceKey(KIND.name, name, host), Partition(name=name, size_mib=row["size_mib"]), {"uuid": uuid}
        )


def write(changes: Sequence[Change[Partition]], context: Context) -> Iterable[Call]:
    for change in changes:
        host = change.key.host
        disk = storage.disk_path(change.want.disk or "", host, context.observed)
        yield Call(
            "POST",
            PATH,
            {
                "ihost_uuid": storage.host_ref(host),
                "idisk_uuid": Ref(ResourceKey("disk", disk, host)),
                "size_mib": change.want.size_mib,
                "type_guid": LVM_PHYSICAL_VOLUME,
            },
            refs={"uuid": Ref(change.key)},
            creates=change.key,
            # one request at a time on a host (recorded), and a volume needs it ready or waiting for the unlock
            until=Until(f"{PATH}/{{uuid}}", "status", (READY, IN_USE, CREATING_ON_UNLOCK)),
        )


def impossible(change: Change[Partition], context: Context) -> str:
    host = change.key.host
    path = storage.disk_path(change.want.disk or "", host, context.observed)
    disk = context.observed.resources.get(ResourceKey("disk", path, host))
    if disk is None:
        return f"the host has no disk {path}: correct the path, or add the disk"
    free, wanted = disk.spec.available_mib, change.want.size_mib or 0
    if free is not None and free < wanted:
        return f"disk {path} has {free} MiB free, and {wanted} are wanted"
    return ""


KIND = ResourceKind(
    name="partition",
    spec=Partition,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("idisks", "partitions"),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    documents=("HostProfile.spec.storage.volumeGroups.physicalVolumes",),
)
