"""Storage backend of the system, e.g. Ceph. Made once; its type never changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.host import HostState
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, Until, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule, unordered
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Needs

PATHS = {
    "ceph": "/v1/storage_ceph",
    "ceph-rook": "/v1/storage_ceph_rook",
    "file": "/v1/storage_file",
    "lvm": "/v1/storage_lvm",
}
# made in service, while locked, or by an application that follows (sysinv constants SB_STATE_*)
MADE = ("configured", "configuring-on-unlock", "configuring-with-app")
MAKING_LIMIT_S = 1800.0  # a manifest on each controller
CAPABILITIES = {"replication": "replication", "deployment": "deployment_model"}
DOCUMENT = {
    "type": "type",
    "services": "services",
    "replication": "replicationFactor",
    "deployment": "deployment",
    "network": "network",
}
MGMT = "mgmt"  # sysinv constants.NETWORK_TYPE_MGMT, the default of storage_ceph.py
BLOCK = frozenset({"block", "ecblock"})


ADDED = Rule("services-added", "A backend keeps the services that it has: what Git says is added to them.")
ON_MGMT = Rule("ceph-network", "A Ceph backend that shows no network is on mgmt.")


class StorageBackend(Spec):
    """Replication and deployment model stand among its capabilities, as text. `state` is the platform's."""

    name: Annotated[str, Attr(key=True)]
    type: Literal["ceph", "ceph-rook", "file", "lvm"] | None = None
    services: Annotated[tuple[str, ...] | None, Attr(canonical=unordered, spelled=ADDED)] = None
    replication: int | None = None
    deployment: Literal["controller", "dedicated", "open"] | None = None
    network: Annotated[str | None, Attr(spelled=ON_MGMT)] = None
    state: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[StorageBackend]]:
    for node in site.system.listed("storage", "backends") if site.system else ():
        if node.text("type") in PATHS:
            yield KIND.declared(
                node,
                name="name",
                **DOCUMENT,
            )


def express(resource: Resource[StorageBackend], snapshot: Snapshot) -> Iterator[Said]:
    element = Element.by({"name": resource.spec.name})
    return KIND.said(resource, Said("System", snapshot.system.name, ("storage", "backends", element)), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[StorageBackend]]:
    for row in rows.all("storage_backend"):
        if row["backend"] not in PATHS:
            continue
        capabilities = row.get("capabilities") or {}
        spec = StorageBackend.of(
            name=row["name"],
            type=row["backend"],
            services=tuple(filter(None, (row.get("services") or "").split(","))),
            network=row.get("network") or (MGMT if row["backend"] == storage.CEPH else None),
            state=row.get("state"),
            **{ours: capabilities.get(api) for ours, api in CAPABILITIES.items()},
        )
        shown = {} if row.get("network") else {"network": row.get("network")}
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]}, written=shown)


def spell(resource: Resource[StorageBackend], observed: Snapshot) -> Resource[StorageBackend]:
    """Services only grow (sysinv storage_ceph*.py _pre_patch_checks), and Rook always has one of blocks."""
    spec, have = resource.spec, observed.resources.get(resource.key)
    if spec.services is None:
        return resource
    there = (have.spec.services or ()) if have else ()
    added = ("block",) if spec.type == storage.ROOK and not BLOCK & {*spec.services, *there} else ()
    services = tuple(dict.fromkeys((*there, *spec.services, *added)))
    return resource.respelled(services=services)


def write(changes: Sequence[Change[StorageBackend]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        path, one = PATHS[change.spec.type or change.have.type or ""], {"uuid": Ref(change.key)}
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{path}/{{uuid}}", refs=one)
            continue
        until = Until(f"{path}/{{uuid}}", "state", MADE, MAKING_LIMIT_S)
        if change.action is Action.CREATE:
            yield Call("POST", path, _body(change.want), refs=one, creates=change.key, until=until)
        else:
            yield Call("PATCH", f"{path}/{{uuid}}", replacing(_changed(change)), refs=one, until=until)


def _body(spec: StorageBackend) -> dict[str, Any]:
    """Unconfirmed requests are answered with a warning (recorded)."""
    body: dict[str, Any] = {"backend": spec.type, "name": spec.name, "confirmed": True, "network": spec.network}
    services = ",".join(spec.services) if spec.services else None
    capabilities = _capabilities(spec.model_dump(exclude_unset=True))
    body |= {"services": services, "capabilities": capabilities or None}
    return {name: value for name, value in body.items() if value is not None}


def _changed(change: Change[StorageBackend]) -> dict[str, Any]:
    """Capabilities are a map when they are given first, and JSON text ever after (sysinv storage_ceph*.py _patch)."""
    values = {f.name: f.desired for f in change.fields}
    capabilities = _capabilities(values)
    body = {"capabilities": json.dumps(capabilities, sort_keys=True)} if capabilities else {}
    return body | ({"services": ",".join(values["services"])} if "services" in values else {})


def _capabilities(values: Mapping[str, Any]) -> dict[str, str]:
    return {api: str(values[ours]) for ours, api in CAPABILITIES.items() if values.get(ours) is not None}


def needs(change: Change[StorageBackend], context: Context) -> Needs:
    """Bare-metal Ceph wants both controllers of a duplex system in service, or a locked one alone.

    sysinv utils.py SBApiHelper.common_checks. A simplex system, and any other backend, takes it at any time.
    """
    if change.spec.type != storage.CEPH or context.system.is_simplex or _is_alone_and_locked(context):
        return Needs.ANY
    return Needs.UNLOCKED


def _is_alone_and_locked(context: Context) -> bool:
    controllers = list(hosts.controllers(context))
    return len(controllers) == 1 and controllers[0].is_locked


def undeletable(change: Change[StorageBackend], context: Context) -> str:
    """Sysinv storage_ceph_rook.py delete (recorded); bare-metal Ceph stays once it is configured (storage_ceph.py)."""
    if change.have.type != storage.ROOK:
        return "only a backend ceph-rook can be removed: say it in Git, or decline"
    osds = [key for key in context.observed.resources if key.kind == "osd"]
    return f"it has OSDs ({osds[0]}): remove them first, in a commit of their own" if osds else ""


def impossible(change: Change[StorageBackend], context: Context) -> str:
    if change.action is Action.UPDATE and (reason := _why_not_changed(change, context)):
        return reason
    if needs(change, context) is Needs.ANY:
        return ""
    controllers = list(hosts.controllers(context))
    if len(controllers) == 1:
        return "waits for the second controller: a Ceph backend is made with both in service"
    out = [c for c in controllers if not hosts.comes_into_service(c.name, context)]
    return f"waits for {_named(out)} to be in service: a Ceph backend is made with both controllers" if out else ""


def _named(controllers: Sequence[HostState]) -> str:
    return " and ".join(c.name for c in controllers)


def _why_not_changed(change: Change[StorageBackend], context: Context) -> str:
    """Sysinv storage_ceph.py _pre_patch_checks, _check_replication_number; storage_ceph_rook.py _patch."""
    if fixed := sorted(change.names & {"type", "network"}):
        return f"{', '.join(fixed)} of a backend cannot change: it takes removing it, with all that it stores"
    if change.have.type == storage.CEPH and "replication" in change.names:
        if context.system.is_all_in_one and not context.system.is_simplex:
            return "the replication of Ceph on two controllers is fixed: take `replicationFactor` from the site"
        if change.have.state != "configured":
            return f"waits for the backend, which is {change.have.state}, to be configured"
    return ""


def keeps_locked(host: str, site: Snapshot) -> str:
    """All-in-one controllers need OSDs once Ceph is configured (sysinv host.py check_unlock_worker)."""
    backends = [r.spec for k, r in site.resources.items() if k.kind == KIND.name and r.spec.type == storage.CEPH]
    is_asked = site.system.is_all_in_one and any(b.state == "configured" for b in backends)
    known = site.system.hosts.get(host)
    if not is_asked or known is None or known.personality != "controller":
        return ""
    needed = max(b.replication or 1 for b in backends) if site.system.is_simplex else 1
    osds = [r for k, r in site.resources.items() if k.kind == "osd" and k.host == host and r.spec.function != "journal"]
    return "" if len(osds) >= needed else f"the host would not unlock with fewer than {needed} OSD: say storage.osds"


KIND = ResourceKind(
    name="storage-backend",
    spec=StorageBackend,
    area=Area.STORAGE,
    transient_s=MAKING_LIMIT_S,
    collections=("storage_backend",),
    declare=declare,
    express=express,
    read=read,
    spell=spell,
    write=write,
    needs=needs,
    impossible=impossible,
    keeps_locked=keeps_locked,
    deletion=Deletion(is_destructive=True, refused=undeletable, effect="the whole storage of the site goes"),
    documents=("System.spec.storage.backends",),
    about=About(
        places={**DOCUMENT, "name": "name"},
        words={"state": "what the platform says of it: configuring, configured"},
        calls=tuple(f"{word}" for path in PATHS.values() for word in (f"POST {path}", f"PATCH {path}/{{uuid}}")),
        costs="Bare-metal Ceph wants both controllers of a duplex system in service, or one alone and locked; other backends are taken at any time.",
        sources=(
            "sysinv api/controllers/v1/storage_ceph.py",
            "sysinv api/controllers/v1/storage_ceph_rook.py",
            "sysinv api/controllers/v1/utils.py SBApiHelper",
            "recorded",
        ),
    ),
)
