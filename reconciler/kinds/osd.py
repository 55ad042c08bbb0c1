"""Ceph OSD: a disk given to the storage cluster. By key: OSDs that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/istors"
TIER = "storage"  # the tier of the first cluster (sysinv constants.SB_TIER_DEFAULT_NAMES)


class Osd(Spec):
    path: Annotated[str, Attr(key=True)]
    function: Annotated[Literal["osd", "journal"] | None, Attr(replaces=True)] = None


def declare(site: Site) -> Iterator[Resource[Osd]]:
    for host, profile in site.hosts.items():
        for node in profile.listed("storage", "osds"):
            yield KIND.declared(node, host, path="path", function="function")


def read(rows: Rows) -> Iterator[Resource[Osd]]:
    disks = rows.index("idisks")
    for host, row in rows.by_host("istors"):
        if disk := disks.get(row["idisk_uuid"]):
            spec = Osd(path=disk["device_path"], function=row["function"])
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Osd]], context: Context) -> Iterable[Call]:
    for change in changes:
        host = change.key.host
        disk = storage.disk_path(change.want.path, host, context.observed)
        body = {
            "ihost_uuid": storage.host_ref(host),
            "idisk_uuid": Ref(ResourceKey("disk", disk, host)),
            "function": change.want.function or "osd",
            "tier_uuid": Ref(ResourceKey("storage-tier", TIER)),
        }
        yield Call("POST", PATH, body, creates=change.key)


def needs(change: Change[Osd], context: Context) -> Needs:
    """Storage hosts must be locked; controllers take an OSD locked or in service (sysinv storage.py _check_host)."""
    host = context.system.hosts.get(change.key.host)
    return Needs.LOCKED if host and host.personality == "storage" else Needs.ANY


def disruption(change: Change[Osd], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


def waits_for(change: Change[Osd], context: Context) -> Iterator[str]:
    """A controller of a standard system takes no OSD before the third monitor is up (sysinv storage.py)."""
    host = context.system.hosts.get(change.key.host)
    if host and host.personality == "controller" and not context.system.is_all_in_one:
        yield from (key.host for key in context.desired.resources if key.kind == "ceph-monitor")


def impossible(change: Change[Osd], context: Context) -> str:
    if change.action is not Action.CREATE:
        return "the function of an OSD cannot change: it takes removing it, with its data"
    path = storage.disk_path(change.want.path, change.key.host, context.observed)
    if ResourceKey("disk", path, change.key.host) not in context.observed.resources:
        return f"the host has no disk {path}: correct the path, or add the disk"
    return ""


KIND = ResourceKind(
    name="osd",
    spec=Osd,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("istors", "idisks"),
    declare=declare,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    waits_for=waits_for,
    impossible=impossible,
    after=("storage-backend", "storage-tier", "ceph-monitor", "disk"),
    documents=("HostProfile.spec.storage.osds",),
)
