"""Filesystem that the controllers share. By key; it only grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Needs

PATH = "/v1/controller_fs"
DOCUMENT = {"size_gib": "size"}
FLOAT = "ceph-float"  # the only one that can be added (sysinv controller_fs.py post)
# GiB of a new system (sysinv common/constants.py *_STOR_SIZE; recorded)
USUAL = {"platform": 10, "database": 10, "extension": 1, "etcd": 5, "docker-distribution": 16}


class ControllerFilesystem(Spec):
    name: Annotated[str, Attr(key=True)]
    size_gib: int | None = None


def declare(site: Site) -> Iterator[Resource[ControllerFilesystem]]:
    for node in site.system.listed("storage", "filesystems") if site.system else ():
        yield KIND.declared(node, name="name", **DOCUMENT)


def express(resource: Resource[ControllerFilesystem], snapshot: Snapshot) -> Iterator[Said]:
    element = Element.by({"name": resource.spec.name})
    return KIND.said(resource, Said("System", snapshot.system.name, ("storage", "filesystems", element)), DOCUMENT)


def is_usual(resource: Resource[ControllerFilesystem], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return USUAL.get(resource.spec.name) == resource.spec.size_gib


def read(rows: Rows) -> Iterator[Resource[ControllerFilesystem]]:
    for row in rows.all("controller_fs"):
        spec = ControllerFilesystem(name=row["name"], size_gib=row["size"])
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def built_in(resource: Resource[ControllerFilesystem], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.name != FLOAT


def write(changes: Sequence[Change[ControllerFilesystem]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """All that grow in one call; an unchanged size among them would be refused (recorded)."""
    grown = [
        replacing({"name": c.want.name, "size": str(c.want.size_gib)}) for c in changes if c.action is Action.UPDATE
    ]
    if grown:
        system = {"system": Ref(ResourceKey("system", ""))}
        yield Call("PUT", "/v1/isystems/{system}/controller_fs/update_many", grown, refs=system)
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            yield Call("POST", PATH, {"name": change.want.name, "size": change.want.size_gib}, creates=change.key)


def undeletable(change: Change[ControllerFilesystem], context: Context) -> str:  # noqa: ARG001
    """Sysinv controller_fs.py delete."""
    if change.key.name == FLOAT:
        return ""
    return f"the platform needs it: only {FLOAT} can be removed; say it in Git, or decline"


def impossible(change: Change[ControllerFilesystem], context: Context) -> str:
    if change.action is Action.CREATE and change.key.name != FLOAT:
        return f"the system has no filesystem {change.key.name}, and only {FLOAT} can be added"
    if change.action is Action.UPDATE and (change.want.size_gib or 0) < (change.have.size_gib or 0):
        return f"a filesystem only grows: it has {change.have.size_gib} GiB, and less takes installing the site anew"
    out = [c.name for c in hosts.controllers(context) if not hosts.comes_into_service(c.name, context)]
    return f"waits for {' and '.join(out)} to be in service" if out else ""


KIND = ResourceKind(
    name="controller-filesystem",
    spec=ControllerFilesystem,
    area=Area.STORAGE,
    collections=("controller_fs",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    read=read,
    built_in=built_in,
    write=write,
    needs=Needs.UNLOCKED,  # every controller (sysinv controller_fs.py _check_controller_state)
    impossible=impossible,
    # backup must hold platform and database (recorded), and ceph-float needs the filesystem ceph
    after=("host-filesystem", "storage-backend"),
    deletion=Deletion(is_destructive=True, refused=undeletable, effect="what it holds is lost"),
    documents=("System.spec.storage.filesystems",),
    about=About(
        places={**DOCUMENT, "name": "name"},
        calls=(f"POST {PATH}", "PUT /v1/isystems/{system}/controller_fs/update_many"),
        costs="Every controller must be unlocked and in service.",
        sources=("sysinv api/controllers/v1/controller_fs.py", "recorded"),
    ),
)
