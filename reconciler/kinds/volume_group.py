"""LVM volume group of a host. By key: groups that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Needs, Scope

PATH = "/v1/ilvgs"
NOVA_LOCAL = "nova-local"


class VolumeGroup(Spec):
    name: Annotated[str, Attr(key=True)]


def declare(site: Site) -> Iterator[Resource[VolumeGroup]]:
    for host, profile in site.hosts.items():
        for node in profile.listed("storage", "volumeGroups"):
            yield KIND.declared(node, host, name="name")


def read(rows: Rows) -> Iterator[Resource[VolumeGroup]]:
    """A group that is being removed is not there: adding it again revives its row (recorded)."""
    for host, row in rows.by_host("ilvgs"):
        if row["vg_state"] != "removing":
            spec = VolumeGroup(name=row["lvm_vg_name"])
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[VolumeGroup]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        body = {"ihost_uuid": storage.host_ref(change.key.host), "lvm_vg_name": change.want.name}
        yield Call("POST", PATH, body, creates=change.key)


def needs(change: Change[VolumeGroup], context: Context) -> Needs:
    locked = change.key.name == NOVA_LOCAL and storage.is_locked_for_workers(change.key.host, context)
    return Needs.LOCKED if locked else Needs.ANY


def disruption(change: Change[VolumeGroup], context: Context) -> Disruption:
    return Disruption.LOCK if needs(change, context) is Needs.LOCKED else Disruption.NONE


KIND = ResourceKind(
    name="volume-group",
    spec=VolumeGroup,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("ilvgs",),
    declare=declare,
    read=read,
    write=write,
    needs=needs,
    disruption=disruption,
    documents=("HostProfile.spec.storage.volumeGroups",),
)
