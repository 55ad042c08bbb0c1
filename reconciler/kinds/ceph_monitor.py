"""Ceph monitor of a worker: the third one of a standard system without storage hosts. Controllers have theirs by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Scope

PATH = "/v1/ceph_mon"


class CephMonitor(Spec):
    """Its size in GiB counts only for the first monitor of a system (sysinv ceph_mon.py)."""

    size_gib: Annotated[int | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[CephMonitor]]:
    for host, profile in site.hosts.items():
        if node := profile.at("storage", "monitor"):
            yield KIND.declared(node, host, size_gib="size")


def read(rows: Rows) -> Iterator[Resource[CephMonitor]]:
    for host, row in rows.by_host("ceph_mon"):
        spec = CephMonitor.of(size_gib=row.get("ceph_mon_gib"))
        yield Resource(ResourceKey(KIND.name, "", host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[CephMonitor]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        size = {} if change.want.size_gib is None else {"ceph_mon_gib": change.want.size_gib}
        yield Call("POST", PATH, {"ihost_uuid": storage.host_ref(change.key.host), **size})


KIND = ResourceKind(
    name="ceph-monitor",
    spec=CephMonitor,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("ceph_mon",),
    declare=declare,
    read=read,
    write=write,
    after=("storage-backend",),
    documents=("HostProfile.spec.storage.monitor",),
)
