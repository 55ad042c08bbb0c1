"""vSwitch of the hosts that run workloads: taken up at their next lock and unlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption

DOCUMENT = {"type": "vswitchType"}
NONE, OVS_DPDK = "none", "ovs-dpdk"


class Vswitch(Spec):
    """none, ovs-dpdk, or another that the release knows; sysinv takes any word."""

    type: str | None = None


def declare(site: Site) -> Iterator[Resource[Vswitch]]:
    if site.system and site.system.get("vswitchType"):
        yield KIND.declared(site.system, **DOCUMENT)


def express(resource: Resource[Vswitch], snapshot: Snapshot) -> Iterator[Said]:
    return KIND.said(resource, Said("System", snapshot.system.name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Vswitch]]:
    for row in rows.all("isystems"):
        spec = Vswitch.of(type=(row.get("capabilities") or {}).get("vswitch_type"))
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Vswitch]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return (own.system_patch({"vswitch_type": change.want.type}) for change in changes)


def settles(change: Change[Vswitch], context: Context) -> Iterator[str]:  # noqa: ARG001
    """The controllers of an all-in-one system, the workers of any other (conductor update_vswitch_type)."""
    personality = "controller" if context.system.is_all_in_one else "worker"
    return (h.name for h in context.system.hosts.values() if h.personality == personality and h.is_provisioned)


def disruption(change: Change[Vswitch], context: Context) -> Disruption:
    return Disruption.LOCK if any(settles(change, context)) else Disruption.SERVICE


def impossible(change: Change[Vswitch], context: Context) -> str:
    """Hosts that would not unlock again (sysinv host.py _semantic_check_worker_cpu_assignments)."""
    cores = {host: _cores(host, context) for host in settles(change, context)}
    if change.want.type == OVS_DPDK and (without := [h for h, n in cores.items() if not n]):
        named = ", ".join(without)
        return f"{named} would not unlock without a core for the vSwitch: say processors of function vswitch"
    if change.want.type == NONE and (having := [h for h, n in cores.items() if n]):
        named = ", ".join(having)
        return f"{named} would not unlock with cores for a vSwitch that there is not: say count 0 of function vswitch"
    return ""


def _cores(host: str, context: Context) -> int:
    """Cores of the host that the vSwitch will have: as Git says, else as they are."""
    both = {**context.observed.resources, **context.desired.resources}
    of_host = (r.spec for k, r in both.items() if k.kind == "cpu-function" and k.host == host)
    return sum(spec.count or 0 for spec in of_host if spec.function == "vswitch")


def keeps_locked(host: str, site: Snapshot) -> str:
    """Cores and vSwitch fit together, whichever of them changes."""
    switch = site.resources.get(ResourceKey(KIND.name, ""))
    functions = (r.spec for k, r in site.resources.items() if k.kind == "cpu-function" and k.host == host)
    cores = [spec.count or 0 for spec in functions if spec.function == "vswitch"]
    if switch is None or not cores:
        return ""
    if switch.spec.type == OVS_DPDK and not sum(cores):
        return f"{host} would not unlock without a core for the vSwitch: say processors of function vswitch"
    if switch.spec.type == NONE and sum(cores):
        return f"{host} would not unlock with cores for a vSwitch that there is not: say count 0 of function vswitch"
    return ""


KIND = ResourceKind(
    name="vswitch",
    spec=Vswitch,
    area=Area.NETWORK,
    collections=("isystems",),
    declare=declare,
    express=express,
    usual={"type": "none"},
    read=read,
    write=write,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    keeps_locked=keeps_locked,
    documents=("System.spec.vswitchType",),
    about=About(
        places={"type": "."},
        calls=(f"PATCH {own.ISYSTEMS}/{{uuid}}",),
        costs="Lock: controllers of an all-in-one system, or all workers, take it up at their next lock and unlock.",
        sources=("sysinv api/controllers/v1/system.py patch", "sysinv conductor/manager.py update_vswitch_type"),
    ),
)
