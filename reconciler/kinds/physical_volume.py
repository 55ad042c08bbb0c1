"""Physical volume: a disk, or a partition that is made for it, in a volume group. Used from the next unlock on.

Git says a partition by its disk and size alone. On a site it is the partition of that size in that group; where there
is none, a free one of that size serves, and where there is none either, one is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Needs, Scope

PATH = "/v1/ipvs"
PARTITIONS = "/v1/partitions"
LVM_TYPE = "ba5eba11-0000-1111-2222-000000000001"  # sysinv constants.USER_PARTITION_PHYSICAL_VOLUME
READY, CREATING, CREATING_ON_UNLOCK = 0, 2, 3  # sysinv constants PARTITION_*_STATUS
MAKING_LIMIT_S = 600.0  # a runtime manifest of the host makes a partition


ROUNDED = Rule("whole-gib", "An agent may report a partition some MiB smaller than asked for: whole GiB are compared.")


class PhysicalVolume(Spec):
    """size_gib: of a partition; a whole disk has none. number: among equal partitions of one disk and group."""

    group: Annotated[str, Attr(key=True, refers_to="volume-group")]
    device: Annotated[str, Attr(key=True, spelled=storage.DEVICE)]
    disk: Annotated[str | None, Attr(send_only=True)] = None
    size_gib: Annotated[int | None, Attr(send_only=True)] = None
    number: Annotated[int | None, Attr(send_only=True)] = None


def device(disk: str, size_gib: int | None = None, number: int = 1) -> str:
    """/dev/disk/by-path/x, /dev/disk/by-path/x:4GiB, and for the second of that size ...:4GiB#2."""
    part = f":{size_gib}GiB" if size_gib else ""
    return disk + part + (f"#{number}" if number > 1 else "")


def declare(site: Site) -> Iterator[Resource[PhysicalVolume]]:
    for host, profile in site.hosts.items():
        for group in profile.listed("storage", "volumeGroups"):
            yield from _declared(group, host)


def _declared(group: Node, host: str) -> Iterator[Resource[PhysicalVolume]]:
    counts: Counter[str] = Counter()
    for node in group.listed("physicalVolumes"):
        disk, size = node.text("path"), node.get("size") if node.text("type") == "partition" else None
        gib = int(str(size.value)) if size else None
        counts[device(disk, gib)] += 1
        number = counts[device(disk, gib)]
        yield KIND.declared(
            node,
            host,
            group=group.get("name"),
            device=Given(device(disk, gib, number)),
            disk="path",
            size_gib=size,
            number=Given(number),
        )


def express(resource: Resource[PhysicalVolume], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    spec = resource.spec
    kind = "disk" if spec.size_gib is None else "partition"
    element = Element.by({"type": kind, "path": spec.disk, "size": spec.size_gib}, spec.number or 1)
    group = Element.by({"name": spec.group})
    yield Said("Host", resource.key.host, ("storage", "volumeGroups", group, "physicalVolumes", element))


def read(rows: Rows) -> Iterator[Resource[PhysicalVolume]]:
    """A volume that is being removed is not there."""
    partitions, disks = rows.index("partitions"), rows.index("idisks")
    counts: Counter[tuple[str, str, str]] = Counter()
    there = [(host, row) for host, row in rows.by_host("ipvs") if row["pv_state"] != "removing"]
    for host, row in sorted(there, key=lambda pair: (pair[0], storage.part_number(_path(pair[1])))):
        part = partitions.get(row["disk_or_part_uuid"])
        disk = disks.get(part["idisk_uuid"] if part else row["disk_or_part_uuid"])
        if disk is None:
            continue
        path, size = disk["device_path"], storage.gib(part) if part else None
        counts[host, row["lvm_vg_name"], device(path, size)] += 1
        number = counts[host, row["lvm_vg_name"], device(path, size)]
        name = device(path, size, number)
        spec = PhysicalVolume.of(group=row["lvm_vg_name"], device=name, disk=path, size_gib=size, number=number)
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def _path(row: Any) -> dict[str, Any]:
    return {"device_path": row["disk_or_part_device_path"]}


def spell(resource: Resource[PhysicalVolume], observed: Snapshot) -> Resource[PhysicalVolume]:
    spec, host = resource.spec, resource.key.host
    disk = storage.disk_path(spec.disk or "", host, observed)
    name = device(disk, spec.size_gib, spec.number or 1)
    found = resource.respelled(disk=disk, device=name)
    return replace(found, key=KIND.key(found.spec, host))


def built_in(resource: Resource[PhysicalVolume], snapshot: Snapshot) -> bool:
    """The platform's own group, where it was installed: on the disk of the root filesystem."""
    host = snapshot.resources.get(ResourceKey("host", resource.key.host))
    is_root = host is not None and host.spec.root_device == resource.spec.disk
    return is_root and resource.spec.group == storage.PLATFORM_GROUP


def write(changes: Sequence[Change[PhysicalVolume]], context: Context) -> Iterable[Call]:
    taken: set[ResourceKey] = set()
    yield from (Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(c.key)}) for c in changes if not c.desired)
    for change in (c for c in changes if c.desired):
        place = ResourceKey("disk", change.want.disk or "", change.key.host)
        if change.want.size_gib:
            free = next(_free(change, context, taken), None)
            place = free or ResourceKey("partition", change.want.device, change.key.host)
            taken.add(place)
            if free is None:
                yield _partition(change, place)
        body = {
            "ihost_uuid": hosts.ref(change.key.host),
            "ilvg_uuid": Ref(ResourceKey("volume-group", change.want.group, change.key.host)),
            "disk_or_part_uuid": Ref(place),
        }
        yield Call("POST", PATH, body, {"uuid": Ref(change.key)}, creates=change.key, until=_used(change, context))


def _used(change: Change[PhysicalVolume], context: Context) -> Until | None:
    """In service cgts-vg grows at once (conductor update_lvm_config), and nothing in it may grow before (recorded)."""
    if change.want.group != storage.PLATFORM_GROUP or storage.grows_at_unlock(change.key.host, context):
        return None
    return Until(f"{PATH}/{{uuid}}", "pv_state", ("provisioned",), MAKING_LIMIT_S)


def _free(change: Change[PhysicalVolume], context: Context, taken: set[ResourceKey]) -> Iterator[ResourceKey]:
    """Partitions that serve as they are: one that an attempt before this one made, or somebody by hand."""
    want = (change.want.disk, change.want.size_gib, change.key.host)
    for key, resource in sorted(context.observed.resources.items()):
        if key.kind == "partition" and key not in taken:
            spec = resource.spec
            is_usable = not spec.is_used and spec.status in {READY, CREATING, CREATING_ON_UNLOCK}
            if is_usable and (spec.disk, spec.size_gib, key.host) == want:
                yield key


def _partition(change: Change[PhysicalVolume], place: ResourceKey) -> Call:
    """One request at a time on a host (recorded): it is waited for, whether made now or waiting for the unlock."""
    body = {
        "ihost_uuid": hosts.ref(place.host),
        "idisk_uuid": Ref(ResourceKey("disk", change.want.disk or "", place.host)),
        "size_mib": (change.want.size_gib or 0) * storage.MIB_PER_GIB,
        "type_guid": LVM_TYPE,
    }
    until = Until(f"{PARTITIONS}/{{uuid}}", "status", (READY, CREATING_ON_UNLOCK), MAKING_LIMIT_S)
    return Call("POST", PARTITIONS, body, refs={"uuid": Ref(place)}, creates=place, until=until)


def needs(change: Change[PhysicalVolume], context: Context) -> Needs:
    """nova-local, and cgts-vg of a plain worker (sysinv pv.py); cgts-vg of a controller grows in service (recorded)."""
    host, group = hosts.state(change.key.host, context), change.spec.group
    is_local = group == storage.NOVA_LOCAL and hosts.has_worker(change.key.host, context)
    is_worker_s = group == storage.PLATFORM_GROUP and host is not None and host.personality == "worker"
    return Needs.LOCKED if is_local or is_worker_s else Needs.ANY


def disruption(change: Change[PhysicalVolume], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


def undeletable(change: Change[PhysicalVolume], context: Context) -> str:  # noqa: ARG001
    """Sysinv pv.py _check_delete (recorded)."""
    if change.have.group != storage.PLATFORM_GROUP:
        return ""
    return f"{storage.PLATFORM_GROUP} does not give back what it has: say it in Git, or decline"


def impossible(change: Change[PhysicalVolume], context: Context) -> str:
    host, want = change.key.host, change.want
    missing = hosts.not_inventoried(host, context) or storage.missing_disk(want.disk or "", host, context)
    if missing or not want.size_gib:
        return missing
    return _other_size(change, context) or _no_room(change, context)


def _other_size(change: Change[PhysicalVolume], context: Context) -> str:
    """A partition of another size in the group, which Git does not say: it was said, and is to grow or to shrink.

    sysinv partition.py: a partition that a volume uses does neither. cgts-vg has the installer's, which Git never says.
    """
    if change.want.group == storage.PLATFORM_GROUP:
        return ""
    others = [r.spec for k, r in context.observed.resources.items() if _is_beside(k, r, change, context)]
    if not others:
        return ""
    there = ", ".join(f"{o.size_gib} GiB" for o in others)
    return (
        f"the group has a partition of {there} on this disk, which cannot change: say it too, and what is to be added"
    )


def _is_beside(key: ResourceKey, there: Resource[Any], change: Change[PhysicalVolume], context: Context) -> bool:
    if key.kind != KIND.name or key.host != change.key.host or key in context.desired.resources:
        return False
    return (there.spec.group, there.spec.disk) == (change.want.group, change.want.disk) and bool(there.spec.size_gib)


def _no_room(change: Change[PhysicalVolume], context: Context) -> str:
    disk = context.observed.resources[ResourceKey("disk", change.want.disk or "", change.key.host)].spec
    wanted = (change.want.size_gib or 0) * storage.MIB_PER_GIB
    if disk.available_mib is None or disk.available_mib >= wanted or next(_free(change, context, set()), None):
        return ""
    return f"disk {disk.path} has {disk.available_mib} MiB free, and {wanted} are wanted"


KIND = ResourceKind(
    name="physical-volume",
    spec=PhysicalVolume,
    area=Area.STORAGE,
    scope=Scope.HOST,
    transient_s=MAKING_LIMIT_S,
    collections=("ipvs", "idisks", "partitions"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    spell=spell,
    rules=(storage.ONE_DISK, ROUNDED),
    write=write,
    needs=needs,
    disruption=disruption,
    impossible=impossible,
    deletion=Deletion(
        is_destructive=True,
        refused=undeletable,
        effect="what it holds is lost; its partition stays, and is free after the unlock",
    ),
    documents=("HostProfile.spec.storage.volumeGroups.physicalVolumes",),
    about=About(
        places={
            "group": "HostProfile.spec.storage.volumeGroups.name",
            "device": "type path",
            "disk": "path",
            "size_gib": "size",
        },
        words={
            "device": "the disk, or the partition of that disk and size, by its stable path",
            "disk": "the disk of a partition",
            "number": "which one of equal partitions on one disk in one group",
        },
        calls=(f"POST {PATH}", f"POST {PARTITIONS}"),
        costs="`nova-local`, and `cgts-vg` of a plain worker, want the host locked; every other group takes a volume in service, and uses it from the next unlock on.",
        sources=("sysinv api/controllers/v1/pv.py", "sysinv api/controllers/v1/partition.py", "recorded"),
    ),
)
