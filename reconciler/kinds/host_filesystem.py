"""Filesystem of a host. By key; it only grows, and three of them exist only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, Until, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/host_fs"
DOCUMENT = {"size_gib": "size"}
CEPH, INSTANCES, CONVERSION = "ceph", "instances", "image-conversion"
OPTIONAL = frozenset({CONVERSION, INSTANCES, CEPH})  # sysinv constants.HOSTFS_CREATION_ALLOWED
# of those; sysinv constants.FILESYSTEM_HOSTS_SUPPORTED_LIST_DICT, asked in host_fs.py _check_host_fs
NOT_ON = {"worker": {CONVERSION}, "storage": OPTIONAL}
# while it is "Creating" it can neither grow nor go (sysinv host_fs.py _delete, _check_fs_resizing); states:
# constants.HOST_FS_STATUS_*, and none before there were any
STATES = ("Ready", "Creating (on unlock)", "In-Use", "Reconfigure with App", "Error", None)
MADE = Until(f"{PATH}/{{uuid}}", "state", STATES, limit_s=900.0)


CEPHS = Rule(
    "ceph-filesystem", "With bare-metal Ceph the platform makes and sizes the filesystem `ceph`: Git is not asked."
)


class HostFilesystem(Spec):
    name: Annotated[str, Attr(key=True)]
    size_gib: int | None = None
    backend: Annotated[str | None, Attr(send_only=True, refers_to="storage-backend")] = None


def declare(site: Site) -> Iterator[Resource[HostFilesystem]]:
    """With bare-metal Ceph the platform makes and sizes `ceph` by itself: what Git says of it means nothing there."""
    backend = storage.ceph_backend(site)
    is_rook = backend is not None and _type(site) == storage.ROOK
    for host, profile in site.hosts.items():
        for node in profile.listed("storage", "filesystems"):
            is_ceph = node.text("name") == CEPH
            if is_rook or not is_ceph or backend is None:
                yield KIND.declared(node, host, name="name", backend=backend if is_ceph else None, **DOCUMENT)


def _type(site: Site) -> str:
    backends = site.system.listed("storage", "backends") if site.system else ()
    return next((b.text("type") for b in backends if b.text("type") in {storage.CEPH, storage.ROOK}), "")


def express(resource: Resource[HostFilesystem], snapshot: Snapshot) -> Iterator[Said]:
    """The one of bare-metal Ceph is the platform's, as `declare` has it."""
    kinds = {r.spec.type for k, r in snapshot.resources.items() if k.kind == "storage-backend"}
    if resource.spec.name == CEPH and storage.CEPH in kinds:
        return
    element = Element.by({"name": resource.spec.name})
    yield from KIND.said(resource, Said("Host", resource.key.host, ("storage", "filesystems", element)), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[HostFilesystem]]:
    """A filesystem that is being removed is not there."""
    for host, row in rows.by_host("host_fs"):
        if not str(row.get("state") or "").startswith("Deleting"):  # now, or on unlock (recorded)
            spec = HostFilesystem(name=row["name"], size_gib=row["size"])
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def built_in(resource: Resource[HostFilesystem], snapshot: Snapshot) -> bool:
    """Those that every host has; and `ceph` where there is a Ceph backend, which brings it."""
    if resource.spec.name == CEPH:
        return any(r.spec.type in {storage.CEPH, storage.ROOK} for r in storage.backends(Context(snapshot, snapshot)))
    return resource.spec.name not in OPTIONAL


def write(changes: Sequence[Change[HostFilesystem]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """All that grow in one call; an unchanged size among them would be refused (recorded)."""
    host = changes[0].key.host
    grown = [
        replacing({"name": c.want.name, "size": str(c.want.size_gib)}) for c in changes if c.action is Action.UPDATE
    ]
    if grown:
        yield Call("PUT", "/v1/ihosts/{host}/host_fs/update_many", grown, refs={"host": hosts.ref(host)})
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            body = {"ihost_uuid": hosts.ref(host), "name": change.want.name, "size": change.want.size_gib}
            yield Call("POST", PATH, body, {"uuid": Ref(change.key)}, change.key, MADE)


def needs(change: Change[HostFilesystem], context: Context) -> Needs:
    """Sysinv host_fs.py _check_host_fs."""
    is_other = change.action is not Action.UPDATE and change.key.name == INSTANCES
    return Needs.LOCKED if is_other and hosts.has_worker(change.key.host, context) else Needs.ANY


def waits_for(change: Change[HostFilesystem], context: Context) -> Iterator[str]:
    """What grows in cgts-vg waits for the unlock that adds a volume to it: until then sysinv refuses (recorded)."""
    host = change.key.host
    if change.desired and storage.grows_at_unlock(host, context) and any(_coming(host, context)):
        yield host


def _coming(host: str, context: Context) -> Iterator[ResourceKey]:
    """Volumes of cgts-vg that the host does not have yet."""
    wanted = (
        k
        for k, r in context.desired.resources.items()
        if k.kind == "physical-volume" and k.host == host and r.spec.group == storage.PLATFORM_GROUP
    )
    return (key for key in wanted if key not in context.observed.resources)


def disruption(change: Change[HostFilesystem], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


def undeletable(change: Change[HostFilesystem], context: Context) -> str:  # noqa: ARG001
    """Sysinv host_fs.py delete."""
    if change.key.name in OPTIONAL:
        return ""
    return f"the platform needs it: only {', '.join(sorted(OPTIONAL))} can be removed; say it in Git, or decline"


def impossible(change: Change[HostFilesystem], context: Context) -> str:
    if reason := hosts.not_inventoried(change.key.host, context):
        return reason
    if change.action is Action.UPDATE:
        is_less = (change.want.size_gib or 0) < (change.have.size_gib or 0)
        return (
            f"a filesystem only grows: it has {change.have.size_gib} GiB, and less takes installing {change.key.host} anew"
            if is_less
            else ""
        )
    return _why_not_made(change, context)


def _why_not_made(change: Change[HostFilesystem], context: Context) -> str:
    name, seen = change.key.name, context.observed.resources
    if name not in OPTIONAL:
        return f"the host has no filesystem {name}, and only {', '.join(sorted(OPTIONAL))} can be added"
    found = hosts.state(change.key.host, context)
    if found and name in NOT_ON.get(found.personality, ()):
        return f"a {found.personality} host takes no filesystem {name}"
    group = ResourceKey("volume-group", storage.NOVA_LOCAL, change.key.host)
    if name == INSTANCES and group in seen.keys() - context.going:
        return f"the volume group {storage.NOVA_LOCAL} is in its place, and one of them is possible: remove it in Git"
    if name == CEPH and not any(b.spec.type == storage.ROOK for b in storage.backends(context)):
        return "only a backend ceph-rook has it: System.spec.storage.backends says one"
    return ""


KIND = ResourceKind(
    name="host-filesystem",
    spec=HostFilesystem,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("host_fs",),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    rules=(CEPHS,),
    write=write,
    needs=needs,
    disruption=disruption,
    waits_for=waits_for,
    impossible=impossible,
    after=("physical-volume",),  # a filesystem grows into the room that a volume gives its group
    deletion=Deletion(is_destructive=True, refused=undeletable, effect="what it holds is lost"),
    documents=("HostProfile.spec.storage.filesystems",),
    about=About(
        places={**DOCUMENT, "name": "name", "backend": "System.spec.storage.backends.name"},
        words={"backend": "the Rook backend that `ceph` has to wait for"},
        calls=(f"POST {PATH}", "PUT /v1/ihosts/{host}/host_fs/update_many"),
        costs="Growing is done in service. Making `instances` on a host with worker function wants it locked.",
        sources=("sysinv api/controllers/v1/host_fs.py", "recorded"),
    ),
)
