"""Processors of a NUMA node given to a function, counted in physical cores. What is given to none is for applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.words import Area, Disruption, Needs, Scope

# Git's word -> the API's in requests, and in rows (sysinv constants *_FUNCTION; the rows recorded)
FUNCTIONS = {
    "platform": "Platform",
    "vswitch": "Vswitch",
    "shared": "Shared",
    "application-isolated": "Application-isolated",
}


class CpuFunction(Spec):
    node: Annotated[int, Attr(key=True)]
    function: Annotated[Literal["platform", "vswitch", "shared", "application-isolated"], Attr(key=True)]
    count: int | None = None


def declare(site: Site) -> Iterator[Resource[CpuFunction]]:
    for host, profile in site.hosts.items():
        for node in profile.listed("processors"):
            for function in node.listed("functions"):
                if function.text("function") in FUNCTIONS:  # `application` is what remains
                    yield KIND.declared(function, host, node=node.get("node"), function="function", count="count")


def read(rows: Rows) -> Iterator[Resource[CpuFunction]]:
    """Every function of every node, also those without a core; of a core's threads only the first is counted."""
    words = {api: ours for ours, api in FUNCTIONS.items()}
    counts: dict[tuple[str, int, str], int] = {}
    for host, row in rows.by_host("icpus"):
        for function in FUNCTIONS:
            counts.setdefault((host, row["numa_node"], function), 0)
        given = words.get(row["allocated_function"] or "")
        if given and row["thread"] == 0:
            counts[host, row["numa_node"], given] += 1
    for (host, node, function), count in counts.items():
        spec = CpuFunction.model_validate({"node": node, "function": function, "count": count})
        yield Resource(KIND.key(spec, host), spec)


def write(changes: Sequence[Change[CpuFunction]], context: Context) -> Iterable[Call]:
    """One PUT with every function that differs; a function is said for all nodes at once (sysinv host.py)."""
    host = changes[0].key.host
    functions = sorted({c.want.function for c in changes})
    body = [{"function": f, "sockets": _sockets(f, host, context)} for f in functions]
    refs = {"host": Ref(ResourceKey("host", host))}
    yield Call("PUT", "/v1/ihosts/{host}/state/host_cpus_modify", body, refs=refs)


def _sockets(function: str, host: str, context: Context) -> list[dict[str, int]]:
    """Cores by node as they are to be: what Git does not say stays as it is."""
    counts: dict[int, int] = {}
    for side in (context.observed, context.desired):
        for key, resource in side.resources.items():
            if key.kind == KIND.name and key.host == host and resource.spec.function == function:
                counts[resource.spec.node] = resource.spec.count or 0
    return [{str(node): count} for node, count in sorted(counts.items())]


def impossible(change: Change[CpuFunction], context: Context) -> str:
    host = context.system.hosts.get(change.key.host)
    if host and "worker" not in host.subfunctions:
        return f"{host.name} has no worker function: its processors cannot be given to functions"
    if change.observed is None:
        return f"the host has no NUMA node {change.want.node}"
    return ""


KIND = ResourceKind(
    name="cpu-function",
    spec=CpuFunction,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("icpus",),
    declare=declare,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    documents=("HostProfile.spec.processors",),
)
