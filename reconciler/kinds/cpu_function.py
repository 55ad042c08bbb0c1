"""Cores of a NUMA node given to a function. What is given to none is for applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Needs, Scope

# Git's word -> the API's in requests, and in rows (sysinv constants *_FUNCTION; the rows recorded)
FUNCTIONS = {
    "platform": "Platform",
    "vswitch": "Vswitch",
    "shared": "Shared",
    "application-isolated": "Application-isolated",
}


THREADS = Rule("first-thread", "Of a core's threads the first is counted: documents count cores.")
REMAINDER = Rule("remainder", "Cores of the function `application` are what the others leave: they are not compared.")


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


def express(resource: Resource[CpuFunction], snapshot: Snapshot) -> Iterator[Said]:
    """Only where workloads run: other hosts give all their cores to the platform."""
    host, spec = resource.key.host, resource.spec
    if hosts.runs_workloads(host, snapshot):
        steps = ("processors", Element.by({"node": spec.node}), "functions", Element.by({"function": spec.function}))
        yield from KIND.said(resource, Said("Host", host, steps), {"count": "count"})


def is_usual(resource: Resource[CpuFunction], snapshot: Snapshot) -> bool:
    """No core at all, or what the platform takes for itself on node 0: two of a controller, one of another host.

    Both as the peer leaves them out (deployment-manager build/filters.go).
    """
    found, spec = snapshot.system.hosts.get(resource.key.host), resource.spec
    least = 2 if found and found.personality == "controller" else 1
    return spec.count == (least if spec.function == "platform" and spec.node == 0 else 0)


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


def write(changes: Sequence[Change[CpuFunction]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """One PUT with every function that differs: their sum is judged. Nodes that it does not name keep their cores.

    Both from sysinv host.py host_cpus_modify, cpu_utils.py check_core_allocations.
    """
    sockets: dict[str, list[dict[str, int]]] = {}
    for change in sorted(changes, key=lambda c: (c.want.function, c.want.node)):
        sockets.setdefault(change.want.function, []).append({str(change.want.node): change.want.count or 0})
    body = [{"function": function, "sockets": nodes} for function, nodes in sockets.items()]
    refs = {"host": hosts.ref(changes[0].key.host)}
    yield Call("PUT", "/v1/ihosts/{host}/state/host_cpus_modify", body, refs=refs)


def impossible(change: Change[CpuFunction], context: Context) -> str:
    host = change.key.host
    if reason := hosts.not_inventoried(host, context):
        return reason
    if not hosts.has_worker(host, context):
        return f"{host} has no worker function: its processors cannot be given to functions"
    return f"the host has no NUMA node {change.want.node}" if change.observed is None else ""


KIND = ResourceKind(
    name="cpu-function",
    spec=CpuFunction,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("icpus",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    is_usual=is_usual,
    built_in=lambda _resource, _snapshot: True,  # every node has every function, be it with no core
    rules=(THREADS, REMAINDER),
    documents=("HostProfile.spec.processors",),
    about=About(
        places={"node": "node", "function": "functions.function", "count": "functions.count"},
        calls=("PUT /v1/ihosts/{host}/state/host_cpus_modify",),
        sources=(
            "sysinv api/controllers/v1/host.py host_cpus_modify",
            "sysinv api/controllers/v1/cpu_utils.py",
            "recorded",
        ),
    ),
)
