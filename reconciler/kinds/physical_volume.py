"""Physical volume: a disk or a partition in a volume group. It is in use from the next unlock on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Needs, Scope

PATH = "/v1/ipvs"
NOVA_LOCAL = "nova-local"


class PhysicalVolume(Spec):
    """group and device together say which; the device is a disk's path or a partition's name."""

    group: Annotated[str, Attr(key=True, refers_to="volume-group")]
    device: Annotated[str, Attr(key=True)]
    partition: Annotated[str | None, Attr(send_only=True, refers_to="partition")] = None
    disk: Annotated[str | None, Attr(send_only=True, refers_to="disk")] = None


def declare(site: Site) -> Iterator[Resource[PhysicalVolume]]:
    for host, profile in site.hosts.items():
        names = {id(node): name for name, node in storage.said_partitions(profile)}
        for group, node in storage.physical_volumes(profile):
            name = names.get(id(node))
            if name:
                yield KIND.declared(node, host, group=Given(group), device=Given(name), partition=Given(name))
            elif node.text("type") == "disk":
                yield KIND.declared(node, host, group=Given(group), device="path", disk="path")


def read(rows: Rows) -> Iterator[Resource[PhysicalVolume]]:
    partitions = storage.seen_partitions(rows)
    disks = rows.index("idisks")
    for host, row in rows.by_host("ipvs"):
        place = row["disk_or_part_uuid"]
        device = partitions[place][1] if place in partitions else (disks.get(place) or {}).get("device_path")
        if device and row["pv_state"] != "removing":
            spec = PhysicalVolume(group=row["lvm_vg_name"], device=device)
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[PhysicalVolume]], context: Context) -> Iterable[Call]:
    for change in changes:
        host, spec = change.key.host, change.want
        path = storage.disk_path(spec.disk or "", host, context.observed)
        device = ResourceKey("partition", spec.partition, host) if spec.partition else ResourceKey("disk", path, host)
        body = {
            "ihost_uuid": storage.host_ref(host),
            "ilvg_uuid": Ref(ResourceKey("volume-group", spec.group, host)),
            "disk_or_part_uuid": Ref(device),
        }
        yield Call("POST", PATH, body, creates=change.key)


def needs(change: Change[PhysicalVolume], context: Context) -> Needs:
    """nova-local, and cgts-vg of a plain worker (sysinv pv.py); cgts-vg of a controller grows in service (recorded)."""
    host = context.system.hosts.get(change.key.host)
    is_worker = bool(host and host.personality == "worker")
    nova = change.want.group == NOVA_LOCAL and storage.is_locked_for_workers(change.key.host, context)
    return Needs.LOCKED if nova or is_worker else Needs.ANY


def disruption(change: Change[PhysicalVolume], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


KIND = ResourceKind(
    name="physical-volume",
    spec=PhysicalVolume,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("ipvs", "idisks", "partitions"),
    declare=declare,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    documents=("HostProfile.spec.storage.volumeGroups.physicalVolumes",),
)
