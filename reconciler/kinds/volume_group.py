"""LVM volume group of a host. By key: groups that Git does not say are left alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/ilvgs"
# our attribute -> the API's capability
CAPABILITIES = {"function": "lvm_function", "lvm_type": "lvm_type", "pool_gib": "lvm_pool_size"}


DOCUMENT = {"function": "lvmFunction", "lvm_type": "lvmType", "pool_gib": "lvmPoolSize"}


class VolumeGroup(Spec):
    """`function` lvm-csi gives the group to Kubernetes; cgts-vg then has a thin pool of `pool_gib` in it."""

    name: Annotated[str, Attr(key=True)]
    function: Literal["lvm-csi", "none"] | None = None
    lvm_type: Literal["thin", "thick"] | None = None
    pool_gib: int | None = None


def declare(site: Site) -> Iterator[Resource[VolumeGroup]]:
    for host, profile in site.hosts.items():
        for node in profile.listed("storage", "volumeGroups"):
            yield KIND.declared(node, host, name="name", **DOCUMENT)


def express(resource: Resource[VolumeGroup], snapshot: Snapshot) -> Iterator[Said]:
    """A document names the physical volumes of a group, also if there are none."""
    host, name = resource.key.host, resource.spec.name
    place = Said("Host", host, ("storage", "volumeGroups", Element.by({"name": name})))
    yield from KIND.said(resource, place, DOCUMENT)
    volumes = (r.spec.group for k, r in snapshot.resources.items() if k.kind == "physical-volume" and k.host == host)
    if name not in volumes:
        yield place.at("physicalVolumes").says(())


def read(rows: Rows) -> Iterator[Resource[VolumeGroup]]:
    """A group that is being removed is not there: adding it again revives its row (recorded)."""
    for host, row in rows.by_host("ilvgs"):
        if row["vg_state"] != "removing":
            spec = VolumeGroup.of(name=row["lvm_vg_name"], **_capabilities(row.get("capabilities") or {}))
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def _capabilities(row: Mapping[str, Any]) -> Mapping[str, Any]:
    pool = row.get("lvm_pool_size")
    values = {"lvm_type": row.get("lvm_type"), "pool_gib": int(float(pool)) if pool else None}
    return {"function": row.get("lvm_function") or "none", **values}


def built_in(resource: Resource[VolumeGroup], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.name == storage.PLATFORM_GROUP


def write(changes: Sequence[Change[VolumeGroup]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            body = {"ihost_uuid": hosts.ref(change.key.host), "lvm_vg_name": change.want.name}
            said = _body(change.want.model_dump(exclude_unset=True))
            yield Call("POST", PATH, body | ({"capabilities": said} if said else {}), creates=change.key)
        else:
            # capabilities are a map when they are given first, and JSON text ever after (sysinv lvg.py)
            values = json.dumps(_body({f.name: f.desired for f in change.fields}), sort_keys=True)
            patch = replacing({"capabilities": values})
            yield Call("PATCH", f"{PATH}/{{uuid}}", patch, refs={"uuid": Ref(change.key)})


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    return {api: values[name] for name, api in CAPABILITIES.items() if values.get(name) not in {None, "none"}} | (
        {"lvm_function": "none"} if values.get("function") == "none" and "name" not in values else {}
    )


def needs(change: Change[VolumeGroup], context: Context) -> Needs:
    """Sysinv lvg.py _check_host."""
    locked = change.key.name == storage.NOVA_LOCAL and hosts.has_worker(change.key.host, context)
    return Needs.LOCKED if locked else Needs.ANY


def disruption(change: Change[VolumeGroup], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


def undeletable(change: Change[VolumeGroup], context: Context) -> str:  # noqa: ARG001
    """Sysinv lvg.py delete (recorded)."""
    if change.key.name != storage.PLATFORM_GROUP:
        return ""
    return f"{storage.PLATFORM_GROUP} is the platform's own: say it in Git, or decline"


def impossible(change: Change[VolumeGroup], context: Context) -> str:
    if reason := hosts.not_inventoried(change.key.host, context):
        return reason
    return _why_not_made(change, context) if change.action is Action.CREATE else _why_not_changed(change)


def _why_not_made(change: Change[VolumeGroup], context: Context) -> str:
    host, name = change.key.host, change.want.name
    if name == storage.NOVA_LOCAL and not hosts.has_worker(host, context):
        return f"{host} has no worker function: only such hosts have a group {name}"
    if name == storage.NOVA_LOCAL and _in_its_place(host) in context.observed.resources.keys() - context.going:
        return "the filesystem instances is in its place: remove it in Git; the host is then locked twice"
    return ""


def _in_its_place(host: str) -> ResourceKey:
    return ResourceKey("host-filesystem", "instances", host)


def waits_for(change: Change[VolumeGroup], context: Context) -> Iterator[str]:
    """`nova-local` follows the filesystem `instances` after its host's unlock: before, it is only marked to go.

    As long as its row is there sysinv takes no such group (lvg.py _create; recorded).
    """
    host = change.key.host
    leaves = ResourceKey("leaving-filesystem", "instances", host) in context.observed.resources
    is_made = change.desired is not None and change.key.name == storage.NOVA_LOCAL
    if is_made and (leaves or _in_its_place(host) in context.going):
        yield host


def _why_not_changed(change: Change[VolumeGroup]) -> str:
    """Sysinv lvg.py _check: the parameters of cgts-vg alone change, a pool only grows, a type stays."""
    if change.key.name != storage.PLATFORM_GROUP:
        return f"{', '.join(sorted(change.names))} of a group cannot change: it takes making it anew, which loses what is in it"
    if "lvm_type" in change.names and change.have.lvm_type:
        return "the type of a pool cannot change: it takes removing the pool by hand, with what is in it"
    if "pool_gib" in change.names and (change.have.pool_gib or 0) > (change.want.pool_gib or 0):
        return f"a pool only grows: it has {change.have.pool_gib} GiB, and less takes removing it by hand, with what is in it"
    return ""


def keeps_locked(host: str, site: Snapshot) -> str:
    """A nova-local without a volume (sysinv host.py _semantic_check_nova_local_storage; recorded)."""
    if ResourceKey(KIND.name, storage.NOVA_LOCAL, host) not in site.resources:
        return ""
    volumes = (r.spec for k, r in site.resources.items() if k.kind == "physical-volume" and k.host == host)
    if any(volume.group == storage.NOVA_LOCAL for volume in volumes):
        return ""
    return f"the host would not unlock with a {storage.NOVA_LOCAL} that has no volume: say physicalVolumes that it can have"


KIND = ResourceKind(
    name="volume-group",
    spec=VolumeGroup,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("ilvgs",),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    usual={"function": "none"},
    write=write,
    needs=needs,
    disruption=disruption,
    waits_for=waits_for,
    impossible=impossible,
    keeps_locked=keeps_locked,
    deletion=Deletion(
        is_destructive=True,
        refused=undeletable,
        takes=("physical-volume",),
        effect="its physical volumes go with it, and what they hold, when the host is unlocked",
    ),
    documents=("HostProfile.spec.storage.volumeGroups",),
    about=About(
        places={**DOCUMENT, "name": "name"},
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}"),
        costs="`nova-local` on a host with worker function wants it locked; every other group changes in service.",
        sources=("sysinv api/controllers/v1/lvg.py", "recorded"),
    ),
)
