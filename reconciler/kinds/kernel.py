"""Kernel of a host with worker function: standard or lowlatency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Needs, Scope

DOCUMENT = {"flavour": "kernel"}


class Kernel(Spec):
    """What is provisioned; it runs after the next unlock."""

    flavour: Literal["standard", "lowlatency"] | None = None


def declare(site: Site) -> Iterator[Resource[Kernel]]:
    for host, profile in site.hosts.items():
        if profile.get("kernel"):
            yield KIND.declared(profile, host, **DOCUMENT)


def express(resource: Resource[Kernel], snapshot: Snapshot) -> Iterator[Said]:
    """Only where there is a choice."""
    if hosts.runs_workloads(resource.key.host, snapshot):
        yield from KIND.said(resource, Said("Host", resource.key.host), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Kernel]]:
    """From the subfunctions: `lowlatency` is there exactly when it is provisioned, so no host is asked for it."""
    for host in rows.system.hosts.values():
        flavour = "lowlatency" if "lowlatency" in host.subfunctions else "standard"
        yield Resource(ResourceKey(KIND.name, "", host.name), Kernel(flavour=flavour))


def write(changes: Sequence[Change[Kernel]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        patch = replacing({"kernel_provisioned": change.want.flavour})
        yield Call("PATCH", "/v1/ihosts/{host}/kernel", patch, refs={"host": hosts.ref(change.key.host)})


def impossible(change: Change[Kernel], context: Context) -> str:
    """Sysinv kernel.py _check_host."""
    host = change.key.host
    if not hosts.has_worker(host, context):
        return f"{host} has no worker function: only such hosts have a choice of kernel"
    return hosts.not_inventoried(host, context)


KIND = ResourceKind(
    name="kernel",
    spec=Kernel,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("ihosts",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    usual={"flavour": "standard"},
    documents=("HostProfile.spec.kernel",),
    about=About(
        places={"flavour": "."},
        calls=("PATCH /v1/ihosts/{host}/kernel",),
        sources=("sysinv api/controllers/v1/kernel.py",),
    ),
)
