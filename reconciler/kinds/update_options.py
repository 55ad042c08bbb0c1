"""How the VIMs of sites go through their hosts in dcmanager's strategies: for all subclouds, or for one.

dcmanager takes all five values or breaks, and texts and numbers only: it evaluates what it is sent (recorded).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Severity

TAKEN = {
    "storage": "storage-apply-type",
    "workers": "worker-apply-type",
    "most_workers": "max-parallel-workers",
    "alarms": "alarm-restriction-type",
    "instances": "default-instance-action",
}
SAID = {
    "storage": "storageApplyType",
    "workers": "workerApplyType",
    "most_workers": "maxParallelWorkers",
    "alarms": "alarmRestrictionType",
    "instances": "defaultInstanceAction",
}


class Options(Spec):
    """subclouds: those that dcmanager has; shown with the options of all, never set."""

    name: Annotated[str, Attr(key=True)]
    storage: Literal["parallel", "serial"] | None = None
    workers: Literal["parallel", "serial"] | None = None
    most_workers: int | None = None
    alarms: Literal["strict", "relaxed"] | None = None
    instances: Literal["migrate", "stop-start"] | None = None
    subclouds: tuple[str, ...] | None = None


def declare(site: Site) -> Iterator[Resource[Options]]:
    if site.central and (said := site.central.get("updateOptions")):
        yield _declared(centre.ALL, said)
    for name, node in centre.members(site, "updateOptionsOf"):
        yield _declared(name, node)


def _declared(name: str, node: Node) -> Resource[Options]:
    return KIND.declared(node, name=Given(name), **SAID)


def read(rows: Rows) -> Iterator[Resource[Options]]:
    for row in rows.all("update_options"):
        known = tuple(row["subclouds"]) if row["name"] == centre.ALL else None
        spec = Options.of(name=row["name"], subclouds=known, **{name: row[taken] for name, taken in TAKEN.items()})
        yield Resource(KIND.key(spec), spec)


def write(changes: Sequence[Change[Options]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        path = centre.one(centre.OPTIONS, change.spec.name)
        if change.action is Action.DELETE:
            yield centre.call("DELETE", path)
        else:
            yield centre.call("POST", path, {taken: getattr(change.want, name) for name, taken in TAKEN.items()})


def impossible(change: Change[Options], context: Context) -> str:
    """Options are set of what dcmanager has (sw_update_options.py: 404)."""
    of_all = context.observed.resources.get(ResourceKey(KIND.name, centre.ALL))
    known = of_all.spec.subclouds if of_all else None
    name = change.want.name
    if name == centre.ALL or known is None or name in known:
        return ""
    return f"dcmanager has no subcloud {name}: its options are set once it is there"


def refused(change: Change[Options], context: Context) -> str:  # noqa: ARG001
    return "there are always options for all: give them other values" if _is_of_all(change.have) else ""


def _is_of_all(spec: Options) -> bool:
    return spec.name == centre.ALL


def is_built_in(resource: Resource[Options], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return _is_of_all(resource.spec)


KIND = ResourceKind(
    name="update-options",
    spec=Options,
    area=Area.SYSTEM,
    collections=("update_options",),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    built_in=is_built_in,
    is_read_on_demand=True,
    severity=Severity.INFO,
    deletion=Deletion(refused=refused, effect="the subcloud has the options of all again"),
    documents=("Fleet.central.updateOptions",),
    about=About(
        words={
            "name": f"`{centre.ALL}` for all (`central.updateOptions` of fleet.yaml), else the subcloud's "
            "(`central.updateOptionsOf`).",
            "storage": "How storage hosts are gone through: `storageApplyType`.",
            "workers": "How workers are gone through: `workerApplyType`.",
            "most_workers": "How many workers at a time: `maxParallelWorkers`.",
            "alarms": "Whether alarms that do not affect management stop it, too: `alarmRestrictionType`.",
            "instances": "What becomes of virtual machines: `defaultInstanceAction`.",
            "subclouds": "Those that dcmanager has, with the options of all; shown, never set.",
        },
        calls=(f"POST {centre.OPTIONS}/{{name}}", f"DELETE {centre.OPTIONS}/{{name}}"),
        sources=("distcloud dcmanager/api/controllers/v1/sw_update_options.py", "recorded"),
    ),
)
