"""Ceph OSD, or a journal for OSDs: a disk given to the cluster. By key: OSDs that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/istors"
DOCUMENT = {"function": "function", "cluster": "cluster"}
JOURNAL = {"journal": "journal.location", "journal_gib": "journal.size"}
TIER = "storage"  # of the one cluster with OSDs that there can be (sysinv constants.SB_TIER_DEFAULT_NAMES)
# made in service, with the next unlock, or by an application that follows (sysinv constants.SB_STATE_*): no host with
# an OSD that is being configured can be locked
MADE = ("configured", "configuring-on-unlock", "configuring-with-app")
MAKING_LIMIT_S = 600.0  # a manifest on the host
CLUSTERS = {storage.CEPH: "ceph_cluster", storage.ROOK: "ceph_rook_cluster"}  # constants.CLUSTER_CEPH*_DEFAULT_NAME


class Osd(Spec):
    """journal: the disk that holds an OSD's journal, where it is not its own. cluster: Ceph's, by name."""

    path: Annotated[str, Attr(key=True, spelled=storage.DEVICE)]
    function: Literal["osd", "journal"] | None = None
    cluster: str | None = None
    journal: Annotated[str | None, Attr(spelled=storage.DEVICE)] = None
    journal_gib: Annotated[int | None, Attr(send_only=True)] = None
    backend: Annotated[str | None, Attr(send_only=True, refers_to="storage-backend")] = None


def declare(site: Site) -> Iterator[Resource[Osd]]:
    backend = storage.ceph_backend(site)
    for host, profile in site.hosts.items():
        for node in profile.listed("storage", "osds"):
            yield KIND.declared(
                node,
                host,
                path="path",
                **DOCUMENT,
                **JOURNAL,
                backend=backend,
            )


def express(resource: Resource[Osd], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    """A journal where it is on another disk, and its size is known: a document says both or neither."""
    spec = resource.spec
    place = Said("Host", resource.key.host, ("storage", "osds", Element.by({"path": spec.path})))
    elsewhere = spec.journal not in {None, spec.path} and spec.journal_gib is not None
    return KIND.said(resource, place, {**DOCUMENT, **(JOURNAL if elsewhere else {})})


def read(rows: Rows) -> Iterator[Resource[Osd]]:
    disks, stors, clusters = rows.index("idisks"), rows.index("istors"), _clusters_by_tier(rows)
    for host, row in rows.by_host("istors"):
        if (path := _disk(row, disks)) and not _is_leaving(row):
            journal = _disk(stors.get(row.get("journal_location")) or row, disks)
            cluster = clusters.get(row.get("tier_uuid"))
            spec = Osd(path=path, function=row["function"], journal=journal, cluster=cluster)
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def _clusters_by_tier(rows: Rows) -> Mapping[Any, str]:
    """Uuid of a tier -> the name of its cluster."""
    clusters = rows.index("clusters")
    found = ((tier["uuid"], clusters.get(tier.get("cluster_uuid"))) for tier in rows.all("storage_tiers"))
    return {uuid: cluster["name"] for uuid, cluster in found if cluster}


def _is_leaving(row: Row) -> bool:
    """Rook takes it off in its own time (sysinv constants.SB_STATE_DELETING_WITH_APP, SB_STATE_FORCE_DELETING_WITH_APP)."""
    return str(row.get("state") or "").endswith("deleting-with-app")


def _disk(row: Row, disks: Mapping[Any, Row]) -> str | None:
    disk = disks.get(row["idisk_uuid"])
    return disk["device_path"] if disk else None


def spell(resource: Resource[Osd], observed: Snapshot) -> Resource[Osd]:
    host = resource.key.host
    said = ((n, getattr(resource.spec, n)) for n in ("path", "journal"))
    found = resource.respelled(**{n: storage.disk_path(path, host, observed) for n, path in said if path})
    return replace(found, key=KIND.key(found.spec, host))


def write(changes: Sequence[Change[Osd]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """Journals first: an OSD names the one that it is to use. The other way round where they go."""
    removed = (c for c in changes if not c.desired)
    for change in sorted(removed, key=lambda c: (c.have.function == "journal", c.key)):
        yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
    made = (c for c in changes if c.desired)
    for change in sorted(made, key=lambda c: (c.want.function != "journal", c.key)):
        host, want = change.key.host, change.want
        body = {
            "ihost_uuid": hosts.ref(host),
            "idisk_uuid": Ref(ResourceKey("disk", want.path, host)),
            "function": want.function or "osd",
        }
        if want.function != "journal":
            body |= {"tier_uuid": Ref(ResourceKey("storage-tier", TIER)), **_journal(want, host)}
        until = Until(f"{PATH}/{{uuid}}", "state", MADE, MAKING_LIMIT_S)
        yield Call("POST", PATH, body, refs={"uuid": Ref(change.key)}, creates=change.key, until=until)


def _journal(want: Osd, host: str) -> dict[str, Any]:
    if want.journal in {None, want.path}:
        return {}
    size = {"journal_size_mib": want.journal_gib * storage.MIB_PER_GIB} if want.journal_gib else {}
    return {"journal_location": Ref(ResourceKey(KIND.name, want.journal or "", host)), **size}


def needs(change: Change[Osd], context: Context) -> Needs:
    """Storage hosts must be locked; controllers take an OSD locked or in service (sysinv storage.py _check_host).

    Bare-metal Ceph lets go of one only on a locked host; Rook in any state (storage.py delete; recorded).
    """
    if change.action is Action.DELETE:
        return Needs.LOCKED if storage.is_bare_metal(context) else Needs.ANY
    host = hosts.state(change.key.host, context)
    return Needs.LOCKED if host and host.personality == "storage" else Needs.ANY


def disruption(change: Change[Osd], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


def waits_for(change: Change[Osd], context: Context) -> Iterator[str]:
    """A controller of a standard system takes no OSD before the third monitor is up (sysinv storage.py _check_host)."""
    if change.desired and _is_on_standard_controller(change, context):
        yield from _hosts_of_third_monitor(context)


def _is_on_standard_controller(change: Change[Osd], context: Context) -> bool:
    host = hosts.state(change.key.host, context)
    is_standard = not context.system.is_all_in_one and storage.is_bare_metal(context)
    return is_standard and host is not None and host.personality == "controller"


def _hosts_of_third_monitor(context: Context) -> Iterator[str]:
    monitors = {k.host for s in (context.desired, context.observed) for k in s.resources if k.kind == "ceph-monitor"}
    return (h for h in sorted(monitors) if h not in {c.name for c in hosts.controllers(context)})


def undeletable(change: Change[Osd], context: Context) -> str:
    """Bare-metal Ceph: only one of several on an AIO-SX, or a journal (sysinv storage.py delete)."""
    if not storage.is_bare_metal(context) or change.have.function == "journal":
        return ""
    if not (context.system.is_simplex and context.system.is_all_in_one):
        return "the platform removes an OSD of bare-metal Ceph on an AIO-SX only: lock and delete the host instead"
    osds = [r for k, r in context.observed.resources.items() if k.kind == KIND.name and r.spec.function != "journal"]
    return "" if len(osds) > 1 else "it is the only OSD: add another one first"


def impossible(change: Change[Osd], context: Context) -> str:
    if change.action is not Action.CREATE:
        return f"{', '.join(sorted(change.names))} of an OSD cannot change: it takes removing it, with its data"
    host = change.key.host
    missing = hosts.not_inventoried(host, context) or storage.missing_disk(change.want.path, host, context)
    return missing or _why_not_here(change, context)


def _why_not_here(change: Change[Osd], context: Context) -> str:
    known = {CLUSTERS[b.spec.type]: b.spec.name for b in storage.backends(context) if b.spec.type in CLUSTERS}
    if not known:
        return "there is no Ceph backend: System.spec.storage.backends says one"
    if change.want.cluster and change.want.cluster not in known:
        cluster, backend = next(iter(known.items()))
        return f"there is no cluster {change.want.cluster}: that of backend {backend} is called {cluster}"
    if not _is_on_standard_controller(change, context):
        return ""
    third = list(_hosts_of_third_monitor(context))
    if not third:
        return "controllers take OSDs once a worker has the third Ceph monitor: storage.monitor of a worker says it"
    return next((reason for h in third if (reason := _why_not_up(h, context))), "")


def _why_not_up(host: str, context: Context) -> str:
    """A monitor is up when its host is, or soon after it is made on a host that is."""
    found = hosts.state(host, context)
    monitor = context.observed.resources.get(ResourceKey("ceph-monitor", "", host))
    is_made = monitor is not None and monitor.spec.state == "configured"
    is_up = hosts.comes_into_service(host, context) and (is_made or (found is not None and not found.is_unlocked))
    return "" if is_up else f"waits for the third Ceph monitor, that of {host}, to be in service"


KIND = ResourceKind(
    name="osd",
    spec=Osd,
    area=Area.STORAGE,
    scope=Scope.HOST,
    transient_s=MAKING_LIMIT_S,
    collections=("istors", "idisks", "storage_tiers", "clusters"),
    declare=declare,
    express=express,
    read=read,
    spell=spell,
    rules=(storage.ONE_DISK,),
    write=write,
    usual={"cluster": CLUSTERS[storage.CEPH]},
    needs=needs,
    disruption=disruption,
    waits_for=waits_for,
    impossible=impossible,
    is_replicated=True,
    # with Rook an OSD brings the host filesystem ceph, of 20 GiB, where Git may want another size (sysinv storage.py)
    after=("storage-tier", "ceph-monitor", "host-filesystem"),
    deletion=Deletion(is_destructive=True, refused=undeletable, effect="the disk leaves Ceph, with what it stores"),
    documents=("HostProfile.spec.storage.osds",),
    about=About(
        places={**DOCUMENT, **JOURNAL, "path": "path", "backend": "System.spec.storage.backends.name"},
        words={"backend": "the Ceph backend that has to be there first"},
        calls=(f"POST {PATH}",),
        costs="A storage host is locked; controllers and workers take an OSD in service. On a standard system's controllers it waits for the third monitor.",
        sources=("sysinv api/controllers/v1/storage.py", "recorded"),
    ),
)
