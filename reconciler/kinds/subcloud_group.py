"""A group of dcmanager, by which its strategies go. By key: groups that Git does not say are left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.central import DEFAULT_GROUP, SCRATCH_GROUP
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Severity

TAKEN = {"description": "description", "apply_type": "update_apply_type", "most_parallel": "max_parallel_subclouds"}
USUAL: Mapping[str, Any] = {"apply_type": "parallel", "most_parallel": 2}


class Group(Spec):
    """members: how many subclouds are in it; shown, never set."""

    name: Annotated[str, Attr(key=True)]
    description: str | None = None
    apply_type: Literal["parallel", "serial"] | None = None
    most_parallel: int | None = None
    members: int | None = None


def declare(site: Site) -> Iterator[Resource[Group]]:
    for name, node in centre.members(site, "groups"):
        yield KIND.declared(
            node,
            name=Given(name),
            description="description",
            apply_type="updateApplyType",
            most_parallel="maxParallelSubclouds",
        )


def read(rows: Rows) -> Iterator[Resource[Group]]:
    for row in rows.all("subcloud_groups"):
        if row["name"] == SCRATCH_GROUP:
            continue  # it comes and goes with what this program updates
        said = {name: row[taken] for name, taken in TAKEN.items()}
        spec = Group.of(name=row["name"], members=row["subcloud_count"], **said)
        yield Resource(KIND.key(spec), spec, {"id": row["id"]})


def write(changes: Sequence[Change[Group]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield centre.by_name(centre.GROUPS, change, "name", _body)


def _body(want: Group, names: Collection[str]) -> dict[str, Any]:
    """Dcmanager makes none of which any of it is not said."""
    said = want.model_dump(include=set(TAKEN), exclude_none=True)
    values = {"description": want.name, **USUAL, **said}
    return {TAKEN[name]: values[name] for name in sorted(TAKEN.keys() & set(names))}


def refused(change: Change[Group], context: Context) -> str:  # noqa: ARG001
    """A group that is not empty, and its own, dcmanager keeps (recorded: 400)."""
    if change.have.name == DEFAULT_GROUP:
        return "dcmanager keeps this group: every subcloud is in one"
    if count := change.have.members:
        return f"dcmanager deletes no group that is not empty: subclouds in it: {count}; let Git put them into another"
    return ""


def is_built_in(resource: Resource[Group], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.name == DEFAULT_GROUP


KIND = ResourceKind(
    name="subcloud-group",
    spec=Group,
    area=Area.SYSTEM,
    collections=("subcloud_groups",),
    declare=declare,
    read=read,
    write=write,
    built_in=is_built_in,
    is_read_on_demand=True,
    severity=Severity.INFO,
    deletion=Deletion(refused=refused),
    documents=("Fleet.central.groups",),
    about=About(
        words={
            "name": "Its key under `central.groups` of fleet.yaml.",
            "description": "The group in a few words.",
            "apply_type": "How a strategy goes through its subclouds: `updateApplyType`.",
            "most_parallel": "How many of them at a time: `maxParallelSubclouds`.",
            "members": "How many subclouds are in it; shown, never set.",
        },
        calls=(f"POST {centre.GROUPS}", f"PATCH {centre.GROUPS}/{{name}}", f"DELETE {centre.GROUPS}/{{name}}"),
        sources=("distcloud dcmanager/api/controllers/v1/subcloud_group.py", "recorded"),
    ),
)
