"""Storage backend of the system, e.g. Ceph. Made once; its type never changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind, unordered
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Action, Area, Needs

PATHS = {
    "ceph": "/v1/storage_ceph",
    "ceph-rook": "/v1/storage_ceph_rook",
    "file": "/v1/storage_file",
    "lvm": "/v1/storage_lvm",
}


class StorageBackend(Spec):
    """Replication and deployment model stand among its capabilities, as text."""

    name: Annotated[str, Attr(key=True)]
    type: Literal["ceph", "ceph-rook", "file", "lvm"] | None = None
    services: Annotated[tuple[str, ...] | None, Attr(canonical=unordered)] = None
    replication: int | None = None
    deployment: Literal["controller", "dedicated", "open"] | None = None
    network: str | None = None


def declare(site: Site) -> Iterator[Resource[StorageBackend]]:
    for node in site.system.listed("storage", "backends") if site.system else ():
        yield KIND.declared(
            node,
            name="name",
            type="type",
            services="services",
            replication="replicationFactor",
            deployment="deployment",
            network="network",
        )


def read(rows: Rows) -> Iterator[Resource[StorageBackend]]:
    for row in rows.all("storage_backend"):
        if row["backend"] not in PATHS:
            continue
        capabilities = row.get("capabilities") or {}
        spec = StorageBackend.of(
            name=row["name"],
            type=row["backend"],
            services=tuple(filter(None, (row.get("services") or "").split(","))),
            replication=capabilities.get("replication"),
            deployment=capabilities.get("deployment_model"),
            network=row.get("network"),
        )
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[StorageBackend]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.CREATE:
            yield Call("POST", PATHS[change.want.type or ""], _body(change.want), creates=change.key)


def _body(spec: StorageBackend) -> dict[str, Any]:
    """Capabilities are text, and unconfirmed requests are answered with a warning (sysinv storage_ceph.py)."""
    capabilities = {"replication": spec.replication, "deployment_model": spec.deployment}
    said = {name: str(value) for name, value in capabilities.items() if value is not None}
    body: dict[str, Any] = {"backend": spec.type, "name": spec.name, "confirmed": True, "network": spec.network}
    services = ",".join(spec.services) if spec.services else None
    body |= {"services": services, "capabilities": said or None}
    return {name: value for name, value in body.items() if value is not None}


def needs(change: Change[StorageBackend], context: Context) -> Needs:  # noqa: ARG001
    """Ceph wants both controllers of a duplex system in service (sysinv utils.py SBApiHelper.common_checks).

    A simplex system takes it at any time, and so does one whose only controller is locked, before the other is known.
    """
    controllers = [h for h in context.system.hosts.values() if h.personality == "controller"]
    alone = len(controllers) == 1 and controllers[0].is_locked
    return Needs.ANY if context.system.is_simplex or alone else Needs.UNLOCKED


def impossible(change: Change[StorageBackend], context: Context) -> str:  # noqa: ARG001
    if change.action is Action.CREATE:
        return "" if change.want.type else "a backend needs its type"
    names = ", ".join(sorted(change.names))
    return f"{names} of a backend is not changed in place here: it takes the platform's own procedure, by hand"


KIND = ResourceKind(
    name="storage-backend",
    spec=StorageBackend,
    area=Area.STORAGE,
    collections=("storage_backend",),
    declare=declare,
    read=read,
    write=write,
    needs=needs,
    impossible=impossible,
    documents=("System.spec.storage.backends",),
)
