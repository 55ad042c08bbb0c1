"""Ceph monitor of a worker: the third one of a standard system without storage hosts.

Controllers have theirs by themselves. Bare-metal Ceph only: Rook places its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Scope

PATH = "/v1/ceph_mon"
DOCUMENT = {"size_gib": "size"}


class CephMonitor(Spec):
    """All monitors of a system have one size. `state` is the platform's."""

    size_gib: int | None = None
    state: Annotated[str | None, Attr(send_only=True)] = None
    backend: Annotated[str | None, Attr(send_only=True, refers_to="storage-backend")] = None


def declare(site: Site) -> Iterator[Resource[CephMonitor]]:
    backend = storage.ceph_backend(site)
    for host, profile in site.hosts.items():
        if node := profile.at("storage", "monitor"):
            yield KIND.declared(node, host, backend=backend, **DOCUMENT)


def express(resource: Resource[CephMonitor], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, Said("Host", resource.key.host, ("storage", "monitor")), DOCUMENT)


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
        return f"a monitor's filesystem only grows: it has {change.have.size_gib} GiB" if is_less else ""
    return _why_not_here(change, context) or _other_size(change, context)


def _why_not_here(change: Change[CephMonitor], context: Context) -> str:
    """Sysinv ceph_mon.py _create."""
    host = hosts.state(change.key.host, context)
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
    read=read,
    write=write,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    documents=("HostProfile.spec.storage.monitor",),
    about=About(
        places={**DOCUMENT, "backend": "System.spec.storage.backends.name"},
        words={
            "state": "what the platform says of it: configuring, configured",
            "backend": "the Ceph backend that has to be there first",
        },
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}"),
        costs="Making one costs nothing. Another size wants a lock and unlock of every host that has a monitor.",
        sources=("sysinv api/controllers/v1/ceph_mon.py", "sysinv conductor/manager.py update_storage_config"),
    ),
)
