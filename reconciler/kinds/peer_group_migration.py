"""That the subclouds of a peer group which wait here are this central cloud's: taken over, all that wait at once.

dcmanager takes over what is `secondary`, or failed to be taken over before, so many at a time as the group says, and manages
what is online then (distcloud dcmanager/manager/subcloud_manager.py run_batch_migrate). Where the other central cloud can be
reached, it is told to let go of each first; where it is lost, nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import LET_GO, Attr, Context, Given, ResourceKind
from reconciler.model.multipart import InBase64
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_policy import SITE
from reconciler.model.words import Action, Area, Disruption, Severity

COMPLETE = "complete"
BATCH_S = 4 * 3600.0  # 180 s a playbook, and 250 at a time at the most


class Migration(Spec):
    """waiting: subclouds of the group that are not taken over to the end. migration: how far dcmanager is; shown, never set."""

    name: Annotated[str, Attr(key=True)]
    waiting: int | None = None
    migration: str | None = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Migration]]:
    for name, node in centre.members(site, "peerGroups"):
        if said := node.get("migrate"):
            reference = said.text("sysadmin", "secretRef").replace(SITE, site.name)
            yield KIND.declared(said, name=Given(name), waiting=Given(0), sysadmin=Given(reference))


def read(rows: Rows) -> Iterator[Resource[Migration]]:
    groups = rows.index("peer_groups", "peer_group_name")
    for row in rows.all("peer_group_status"):
        waiting = sum(row[count] for count in ("waiting_for_migrate", "rehoming", "rehome_failed"))
        group = groups.get(row["peer_group_name"], {})
        spec = Migration.of(name=row["peer_group_name"], waiting=waiting, migration=group.get("migration_status"))
        yield Resource(KIND.key(spec), spec)


def write(changes: Sequence[Change[Migration]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """What goes on already is waited for."""
    for change in changes:
        path = centre.one(centre.PEER_GROUPS, change.want.name)
        before = change.have.migration
        end = Until(path, "migration_status", (COMPLETE,), BATCH_S, before=(before,) if before == COMPLETE else ())
        if before == "migrating":
            yield centre.call("GET", path, until=end)
        else:
            body = {"sysadmin_password": InBase64(SecretRef(change.want.sysadmin or ""))}
            yield centre.call("PATCH", f"{path}/migrate", body, until=end)


def impossible(change: Change[Migration], context: Context) -> str:  # noqa: ARG001
    if change.action is Action.CREATE:
        return f"dcmanager has no peer group {change.want.name}: the central cloud that it belongs to sends it here"
    return ""


def is_there(resource: Resource[Migration], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return True


KIND = ResourceKind(
    name="peer-group-migration",
    spec=Migration,
    area=Area.SYSTEM,
    collections=("peer_group_status", "peer_groups"),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    disruption=Disruption.SERVICE,
    resumes=True,
    asks="the subclouds of a group are taken over from another central cloud",
    built_in=is_there,
    is_usual=is_there,
    after=("peer-group", "peer-association"),
    is_read_on_demand=True,
    severity=Severity.OUTAGE,
    deletion=LET_GO,
    documents=("Fleet.central.peerGroups.migrate",),
    about=About(
        words={
            "name": "The group, by its key under `central.peerGroups`.",
            "waiting": "Subclouds that wait here, or failed to be taken over: none, once they are this central cloud's.",
            "migration": "How far dcmanager is with it; shown, never set.",
            "sysadmin": "Where the password of their user sysadmin is.",
        },
        calls=(f"PATCH {centre.PEER_GROUPS}/{{name}}/migrate",),
        costs="The sites answer to this central cloud afterwards. It is approved by the very plan, each time.",
        sources=(
            "distcloud dcmanager/api/controllers/v1/subcloud_peer_group.py",
            "distcloud dcmanager/manager/subcloud_manager.py run_batch_migrate",
        ),
    ),
)
