"""Memory of a NUMA node: what the platform keeps, and huge pages for applications and for the vSwitch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Needs, Scope

PATH = "/v1/imemorys"
SMALL_PAGES_PER_MIB = 256
# a document's function and page size -> our attribute
ATTRIBUTES = {
    ("platform", "4KB"): "platform_mib",
    ("vm", "2MB"): "vm_2m_pages",
    ("vm", "1GB"): "vm_1g_pages",
    ("vswitch", "2MB"): "vswitch_2m_pages",
    ("vswitch", "1GB"): "vswitch_1g_pages",
}
VM_API_NAMES = {"vm_2m_pages": "vm_hugepages_nr_2M_pending", "vm_1g_pages": "vm_hugepages_nr_1G_pending"}
VSWITCH_PAGE_MIB = {"vswitch_2m_pages": 2, "vswitch_1g_pages": 1024}


SMALL_PAGES = Rule("small-pages", "Documents count the platform's memory in pages of 4 KiB, the API in MiB.")
PENDING = Rule("pending-pages", "Pages that wait for the next unlock count, not those that are there until then.")
SHARED = Rule(
    "application-pages",
    "What waits for the next unlock counts; of pages of 2 MiB that are there, the vSwitch's are not the applications'.",
)


class Memory(Spec):
    """Pages are what the node is to have; until the next unlock it may have others."""

    node: Annotated[int, Attr(key=True)]
    platform_mib: Annotated[int | None, Attr(spelled=SMALL_PAGES)] = None
    vm_2m_pages: Annotated[int | None, Attr(spelled=SHARED)] = None
    vm_1g_pages: Annotated[int | None, Attr(spelled=PENDING)] = None
    vswitch_2m_pages: Annotated[int | None, Attr(spelled=PENDING)] = None
    vswitch_1g_pages: Annotated[int | None, Attr(spelled=PENDING)] = None


def declare(site: Site) -> Iterator[Resource[Memory]]:
    for host, profile in site.hosts.items():
        for node in profile.listed("memory"):
            yield KIND.declared(node, host, node="node", **dict(_said(node)))


def _said(node: Node) -> Iterator[tuple[str, Node]]:
    """Git counts the platform's memory in pages of 4 KiB, the API in MiB."""
    for function in node.listed("functions"):
        name = ATTRIBUTES.get((function.text("function"), function.text("pageSize")))
        count = function.get("pageCount")
        if name and count:
            is_platform = name == "platform_mib"
            value = int(str(count.value)) // SMALL_PAGES_PER_MIB if is_platform else count.value
            yield name, count.spelled(value)


def express(resource: Resource[Memory], snapshot: Snapshot) -> Iterator[Said]:
    """Huge pages only where workloads run."""
    host, spec = resource.key.host, resource.spec
    place = Said("Host", host, ("memory", Element.by({"node": spec.node}), "functions"))
    for (function, size), attribute in ATTRIBUTES.items():
        count = getattr(spec, attribute) if attribute in spec.model_fields_set else None
        if count is None or (function != "platform" and not hosts.runs_workloads(host, snapshot)):
            continue
        element = Element.by({"function": function, "pageSize": size})
        pages = count * SMALL_PAGES_PER_MIB if function == "platform" else count
        yield place.at(element, "pageCount").says(pages)


def read(rows: Rows) -> Iterator[Resource[Memory]]:
    for host, row in rows.by_host("imemorys"):
        spec = Memory.of(node=row["numa_node"], platform_mib=row["platform_reserved_mib"], **_pages(row))
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=_shown(spec, row))


def _shown(spec: Memory, row: Row) -> Mapping[str, Any]:
    """The pages that are there, where others count."""
    size = row.get("vswitch_hugepages_size_mib")
    switch = {name: row.get("vswitch_hugepages_nr") for name, mib in VSWITCH_PAGE_MIB.items() if size == mib}
    there = {"vm_2m_pages": row["vm_hugepages_nr_2M"], "vm_1g_pages": row["vm_hugepages_nr_1G"], **switch}
    return {name: count for name, count in there.items() if count is not None and count != getattr(spec, name)}


def _pages(row: Row) -> Mapping[str, Any]:
    """What waits for the unlock goes before what is there.

    Where the vSwitch has 2 MiB pages, those that are there are counted among the applications' (deployment-manager
    api/v1/constructors.go parseMemoryInfo).
    """
    size, wanted = row.get("vswitch_hugepages_size_mib"), row.get("vswitch_hugepages_reqd")
    switch = (row.get("vswitch_hugepages_nr") or 0) if wanted is None else wanted
    pages = {name: switch if size == mib else 0 for name, mib in VSWITCH_PAGE_MIB.items()}
    present = {"vm_2m_pages": row["vm_hugepages_nr_2M"] or 0, "vm_1g_pages": row["vm_hugepages_nr_1G"] or 0}
    shared = (row.get("vswitch_hugepages_nr") or 0) if size == VSWITCH_PAGE_MIB["vswitch_2m_pages"] else 0
    present["vm_2m_pages"] = max(present["vm_2m_pages"] - shared, 0)
    pending = {name: row.get(api) for name, api in VM_API_NAMES.items()}
    return pages | {name: present[name] if pending[name] is None else pending[name] for name in VM_API_NAMES}


def write(changes: Sequence[Change[Memory]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(_values(change)), refs={"uuid": Ref(change.key)})


def _values(change: Change[Memory]) -> dict[str, Any]:
    """Counts, said not to be a share: they would be read as per cent on a node whose pages were given so."""
    wanted = {f.name: f.desired for f in change.fields}
    values = {"platform_reserved_mib": wanted["platform_mib"]} if "platform_mib" in wanted else {}
    pages = {api: wanted[name] for name, api in VM_API_NAMES.items() if name in wanted}
    if pages:
        values |= {**pages, "vm_pending_as_percentage": "False"}
    for name in sorted(VSWITCH_PAGE_MIB.keys() & wanted.keys(), key=lambda n: bool(wanted[n])):
        values |= {"vswitch_hugepages_reqd": wanted[name], "vswitch_hugepages_size_mib": VSWITCH_PAGE_MIB[name]}
    return values


def impossible(change: Change[Memory], context: Context) -> str:
    """Sysinv memory.py patch."""
    host = change.key.host
    if reason := hosts.not_inventoried(host, context):
        return reason
    if change.observed is None:
        return f"the host has no NUMA node {change.want.node}"
    if not change.names - {"platform_mib"}:
        return ""
    if not hosts.has_worker(host, context):
        return f"{host} has no worker function: it has no huge pages"
    return _unlike(change, _has_vswitch(context))


def _unlike(change: Change[Memory], has_vswitch: bool) -> str:
    """Huge pages of a node have one size, that of the vSwitch's where there is one (sysinv memory.py _check_huge_values)."""
    pages = {name: _to_be(change, name) for name in (*VM_API_NAMES, *VSWITCH_PAGE_MIB)}
    if not has_vswitch:
        if any(pages[name] for name in VSWITCH_PAGE_MIB):
            return "there is no vSwitch to have huge pages: System.spec.vswitchType says one"
        is_both = all(pages[name] for name in VM_API_NAMES)
        return "huge pages of a node have one size: say 0 of 2MB or 0 of 1GB" if is_both else ""
    size, other = ("1GB", "vm_2m_pages") if pages["vswitch_1g_pages"] else ("2MB", "vm_1g_pages")
    return f"huge pages of a node have the vSwitch's size, {size}: say 0 of the other one" if pages[other] else ""


def _to_be(change: Change[Memory], name: str) -> int:
    wanted = getattr(change.want, name)
    return int((getattr(change.have, name) if wanted is None else wanted) or 0)


def _has_vswitch(context: Context) -> bool:
    """As it will be: a change of the vSwitch comes before the host is locked."""
    both = {**context.observed.resources, **context.desired.resources}
    return any(k.kind == "vswitch" and r.spec.type not in {None, "none"} for k, r in both.items())


KIND = ResourceKind(
    name="memory",
    spec=Memory,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("imemorys",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    built_in=lambda _resource, _snapshot: True,
    usual=dict.fromkeys((*VM_API_NAMES, *VSWITCH_PAGE_MIB), 0),
    documents=("HostProfile.spec.memory",),
    about=About(
        places={
            "node": "node",
            **dict.fromkeys(ATTRIBUTES.values(), "functions.function functions.pageSize functions.pageCount"),
        },
        words={
            "platform_mib": "what the platform keeps, in MiB; documents count it in pages of 4KB",
            "vm_2m_pages": "huge pages of 2 MiB for applications",
            "vm_1g_pages": "huge pages of 1 GiB for applications",
            "vswitch_2m_pages": "huge pages of 2 MiB for the vSwitch",
            "vswitch_1g_pages": "huge pages of 1 GiB for the vSwitch",
        },
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=("sysinv api/controllers/v1/memory.py", "recorded"),
    ),
)
