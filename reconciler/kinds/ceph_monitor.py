"""Ceph monitor of a worker: the third one of a standard system without storage hosts.

Controllers and storage-0 have theirs by themselves: Git says only how large they are, as `partitionSize` of the backend.
The Deployment Manager takes that attribute and sends it nowhere (its system_types.go; storage_ceph.py has none of that
name). Bare-metal Ceph only: Rook places its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Scope

PATH = "/v1/ceph_mon"
DOCUMENT = {"size_gib": "size"}
USUAL_GIB = 20  # sysinv constants.SB_CEPH_MON_GIB


class CephMonitor(Spec):
    """All monitors of a system have one size. `state` is the platform's."""

    size_gib: int | None = None
    state: Annotated[str | None, Attr(send_only=True)] = None
    backend: Annotated[str | None, Attr(send_only=True, refers_to="storage-backend")] = None


def declare(site: Site) -> Iterator[Resource[CephMonitor]]:
    backend = storage.ceph_backend(site)
    for host, profile in site.hosts.items():
        size = _of_platform(site, host, profile)
        if node := profile.at("storage", "monitor"):
            yield KIND.declared(node, host, backend=backend, **DOCUMENT)
        elif size:
            yield KIND.declared(size, host, backend=backend, size_gib=size)


def _of_platform(site: Site, host: str, profile: Node) -> Node | None:
    """The size that Git wants for a monitor which the platform makes, where it makes one on this host."""
    has_own = profile.text("personality") == "controller" or host == "storage-0"
    backends = site.system.listed("storage", "backends") if site.system else ()
    return next((b.get("partitionSize") for b in backends if has_own and b.text("type") == storage.CEPH), None)


def express(resource: Resource[CephMonitor], snapshot: Snapshot) -> Iterator[Said]:
    """That of a worker by its host; the platform's own together, where they have one size."""
    if _is_on_worker(resource.key.host, snapshot):
        yield from KIND.said(resource, Said("Host", resource.key.host, ("storage", "monitor")), DOCUMENT)
        return
    of_platform = [k for k in snapshot.resources if k.kind == KIND.name and not _is_on_worker(k.host, snapshot)]
    sizes = {snapshot.resources[k].spec.size_gib for k in of_platform}
    for key, backend in snapshot.resources.items():
        if key.kind == "storage-backend" and backend.spec.type == storage.CEPH and len(sizes) == 1:
            place = Said("System", snapshot.system.name, ("storage", "backends", Element.by({"name": key.name})))
            yield place.member("partitionSize").says(resource.spec.size_gib)


def is_usual(resource: Resource[CephMonitor], snapshot: Snapshot) -> bool:
    return resource.spec.size_gib == USUAL_GIB and not _is_on_worker(resource.key.host, snapshot)


def _is_on_worker(host: str, snapshot: Snapshot) -> bool:
    found = snapshot.system.hosts.get(host)
    return found is not None and found.personality == "worker"


def read(rows: Rows) -> Iterator[Resource[CephMonitor]]:
    for host, row in rows.by_host("ceph_mon"):
        spec = CephMonitor.of(size_gib=row.get("ceph_mon_gib"), state=row.get("state"))
        yield Resource(ResourceKey(KIND.name, "", host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[CephMonitor]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """No lock is asked for (sysinv ceph_mon.py); the answer to the POST is a list, so it brings no id."""
    for change in changes:
        size = {} if change.want.size_gib is None else {"ceph_mon_gib": change.want.size_gib}
        if change.action is Action.CREATE:
            yield Call("POST", PATH, {"ihost_uuid": hosts.ref(change.key.host), **size})
        else:
            yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(size), refs={"uuid": Ref(change.key)})


def settles(change: Change[CephMonitor], context: Context) -> Iterator[str]:
    """Another size marks every monitor's host for a reboot (sysinv ceph_mon.py patch; conductor update_storage_config)."""
    if change.action is Action.UPDATE:
        with_monitor = {k.host for k in context.observed.resources if k.kind == KIND.name}
        yield from (h.name for h in context.system.hosts.values() if h.name in with_monitor and h.is_provisioned)


def disruption(change: Change[CephMonitor], context: Context) -> Disruption:
    return Disruption.LOCK if any(settles(change, context)) else Disruption.NONE


def impossible(change: Change[CephMonitor], context: Context) -> str:
    if change.action is Action.UPDATE:
        is_less = (change.want.size_gib or 0) < (change.have.size_gib or 0)
        return (
            f"a monitor's filesystem only grows: it has {change.have.size_gib} GiB, and less takes installing its host anew"
            if is_less
            else ""
        )
    return _why_not_here(change, context) or _other_size(change, context)


def _why_not_here(change: Change[CephMonitor], context: Context) -> str:
    """Sysinv ceph_mon.py _create."""
    host = hosts.state(change.key.host, context)
    if host is not None and host.personality != "worker" and storage.is_bare_metal(context):
        return "waits for the platform to make the monitor, with the backend or the host's next unlock"
    if host is None or host.personality != "worker":
        return "a monitor is placed on a worker only: controllers and storage-0 have theirs by themselves"
    if context.system.is_all_in_one:
        return "an all-in-one system has monitors on its controllers only"
    if not storage.is_bare_metal(context):
        return "there is no Ceph backend: System.spec.storage.backends says one"
    if any(h.personality == "storage" for h in context.system.hosts.values()):
        return "the system has storage hosts: the third monitor is on storage-0"
    return hosts.not_inventoried(host.name, context)


def _other_size(change: Change[CephMonitor], context: Context) -> str:
    there = {r.spec.size_gib for k, r in context.observed.resources.items() if k.kind == KIND.name} - {None}
    wanted = change.want.size_gib
    if wanted is None or not there or there == {wanted}:
        return ""
    return f"it is made with the size of the others, {there.pop()} GiB, and grows with them: say that size first"


KIND = ResourceKind(
    name="ceph-monitor",
    spec=CephMonitor,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("ceph_mon",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    read=read,
    write=write,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    is_replicated=True,
    documents=("HostProfile.spec.storage.monitor",),
    about=About(
        places={
            "size_gib": "size System.spec.storage.backends.partitionSize",
            "backend": "System.spec.storage.backends.name",
        },
        words={
            "state": "what the platform says of it: configuring, configured",
            "backend": "the Ceph backend that has to be there first",
        },
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}"),
        costs="Making one costs nothing. Another size wants a lock and unlock of every host that has a monitor.",
        sources=("sysinv api/controllers/v1/ceph_mon.py", "sysinv conductor/manager.py update_storage_config"),
    ),
)
