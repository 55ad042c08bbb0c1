"""A PTP instance on a host. Git says all of a host's instances; they change in service (recorded)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _ptp as ptp
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Scope


class HostPtpInstance(Spec):
    instance: Annotated[str, Attr(key=True, refers_to="ptp-instance")]


def declare(site: Site) -> Iterator[Resource[HostPtpInstance]]:
    for host, profile in site.hosts.items():
        for name in profile.listed("ptpInstances"):
            yield KIND.declared(name, host, instance=name)


def express(resource: Resource[HostPtpInstance], snapshot: Snapshot) -> Iterator[Said]:
    """All the instances of its host."""
    host = resource.key.host
    there = (r.spec.instance for k, r in snapshot.resources.items() if k.kind == KIND.name and k.host == host)
    yield Said("Host", host, ("ptpInstances",), tuple(sorted(there)))


def read(rows: Rows) -> Iterator[Resource[HostPtpInstance]]:
    for row in rows.all("ptp_instances"):
        spec = HostPtpInstance(instance=row["name"])
        for host in row.get("hostnames") or ():
            yield Resource(KIND.key(spec, host), spec, {"id": row["id"]})


def write(changes: Sequence[Change[HostPtpInstance]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        op = "remove" if change.action is Action.DELETE else "add"
        # the integer id: a uuid is answered with 500 (recorded)
        instance = Ref(ResourceKey("ptp-instance", change.key.name), "id")
        body = [{"op": op, "path": "/ptp_instances/-", "value": instance}]
        yield Call("PATCH", "/v1/ihosts/{host}", body, refs={"host": Ref(ResourceKey("host", change.key.host))})
    yield ptp.APPLY


def owns(site: Site) -> Iterator[tuple[str, str]]:
    return ((host, "") for host, profile in site.hosts.items() if profile.get("ptpInstances"))


KIND = ResourceKind(
    name="host-ptp-instance",
    spec=HostPtpInstance,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("ptp_instances",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,
    owns=owns,
    deletion=Deletion(),
    documents=("HostProfile.spec.ptpInstances",),
    about=About(
        places={"instance": "."},
        calls=("PATCH /v1/ihosts/{host}", "POST /v1/ptp_instances/apply"),
        sources=("sysinv api/controllers/v1/host.py", "recorded"),
    ),
)
