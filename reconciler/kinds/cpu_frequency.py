"""Highest frequency of a host's processors, where they let it be set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Scope


class CpuFrequency(Spec):
    """`max_mhz` as text, as the API has it; `allowed_mhz` is what the processors report, and nothing Git says."""

    max_mhz: str | None = None
    allowed_mhz: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[CpuFrequency]]:
    for host, profile in site.hosts.items():
        if profile.get("maxCPUMhzConfigured"):
            yield KIND.declared(profile, host, max_mhz="maxCPUMhzConfigured")


def express(resource: Resource[CpuFrequency], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    if resource.spec.max_mhz:
        yield Said("Host", resource.key.host, ("maxCPUMhzConfigured",), resource.spec.max_mhz)


def read(rows: Rows) -> Iterator[Resource[CpuFrequency]]:
    for row in rows.all("ihosts"):
        if row.get("hostname"):
            spec = CpuFrequency.of(
                max_mhz=row.get("max_cpu_mhz_configured"), allowed_mhz=row.get("max_cpu_mhz_allowed")
            )
            yield Resource(ResourceKey(KIND.name, "", row["hostname"]), spec)


def write(changes: Sequence[Change[CpuFrequency]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        patch = replacing({"max_cpu_mhz_configured": change.want.max_mhz})
        yield Call("PATCH", "/v1/ihosts/{host}", patch, refs={"host": hosts.ref(change.key.host)})


def impossible(change: Change[CpuFrequency], context: Context) -> str:
    """Sysinv host.py _check_max_cpu_mhz_configured."""
    host = change.key.host
    if reason := hosts.not_inventoried(host, context):
        return reason
    can = hosts.has_worker(host, context) and change.have.allowed_mhz
    return "" if can else f"the processors of {host} have no frequency that can be set"


KIND = ResourceKind(
    name="cpu-frequency",
    spec=CpuFrequency,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("ihosts",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,  # a runtime manifest (conductor update_host_max_cpu_mhz_configured)
    impossible=impossible,
    documents=("HostProfile.spec.maxCPUMhzConfigured",),
    about=About(
        places={"max_mhz": "."},
        words={"allowed_mhz": "the range that the processors report, in MHz; read only"},
        calls=("PATCH /v1/ihosts/{host}",),
        sources=("sysinv api/controllers/v1/host.py", "sysinv conductor/manager.py update_host_max_cpu_mhz_configured"),
    ),
)
