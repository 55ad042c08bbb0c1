"""That a group of subclouds goes over to a peer: the priority that it has there, and that the peer knows its subclouds.

dcmanager sends a group to its peer when the association is made, and when it is asked to. It is asked to where it says that
what the peer has is out of date, or that sending it failed, once in each plan; not while the peer does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from reconciler.kinds import _central as centre
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.words import Action, Area, Severity

IN_SYNC, SYNCING, FAILED, UNKNOWN = "in-sync", "syncing", "failed", "unknown"
PRIMARY = "primary"
SYNC_S = 1800.0  # ten subclouds at a time go over (distcloud dcmanager/manager/system_peer_manager.py)


def _settled(status: Any) -> Any:
    return IN_SYNC if status == SYNCING else status


PEER = "system-peer"
ON_ITS_WAY = Rule(
    "on-its-way", "What is being sent to the peer counts as sent until dcmanager says how it ended.", _settled
)


class Association(Spec):
    """sync: whether the peer has what is here."""

    name: Annotated[str, Attr(key=True)]
    group: Annotated[str | None, Attr(send_only=True, refers_to="peer-group")] = None
    peer: Annotated[str | None, Attr(send_only=True, refers_to=PEER)] = None
    priority: int | None = None
    sync: Annotated[str | None, Attr(canonical=ON_ITS_WAY)] = None
    type: str | None = None


def declare(site: Site) -> Iterator[Resource[Association]]:
    for group, said in centre.members(site, "peerGroups"):
        peers = said.get("peers")
        for peer, node in peers.members() if peers else ():
            yield KIND.declared(
                node,
                name=Given(f"{group}/{peer}"),
                group=Given(group),
                peer=Given(peer),
                priority="priority",
                sync=Given(IN_SYNC),
            )


def read(rows: Rows) -> Iterator[Resource[Association]]:
    groups, peers = rows.index("peer_groups", "id"), rows.index("system_peers", "id")
    for row in rows.all("peer_associations"):
        group, peer = groups.get(row["peer-group-id"]), peers.get(row["system-peer-id"])
        if group is None or peer is None:
            continue  # made between the reading of one list and the other
        names = {"group": group["peer_group_name"], "peer": peer["peer-name"]}
        spec = Association.of(
            name="/".join(names.values()),
            priority=row["peer-group-priority"],
            sync=row["sync-status"],
            type=row["association-type"],
            **names,
        )
        yield Resource(KIND.key(spec), spec, {"id": row["id"]})


def write(changes: Sequence[Change[Association]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        one = {"id": Ref(change.key, "id")}
        path = f"{centre.ASSOCIATIONS}/{{id}}"
        if change.action is Action.DELETE:
            yield centre.call("DELETE", path, refs=one)
        elif change.action is Action.CREATE:
            yield centre.call("POST", centre.ASSOCIATIONS, _body(change.want))
        else:
            if "priority" in change.names:
                yield centre.call("PATCH", path, {"peer_group_priority": change.want.priority}, refs=one)
            if "sync" in change.names:
                end = Until(path, "sync-status", (IN_SYNC,), SYNC_S, (FAILED,), "sync-message")
                yield centre.call("PATCH", f"{path}/sync", refs=one, until=end)


def _body(want: Association) -> dict[str, Any]:
    """By the numbers that group and peer have (recorded)."""
    return {
        "peer_group_id": Ref(ResourceKey("peer-group", want.group or ""), "id"),
        "system_peer_id": Ref(ResourceKey(PEER, want.peer or ""), "id"),
        "peer_group_priority": want.priority,
    }


def impossible(change: Change[Association], context: Context) -> str:
    """Only the first sends (peer_group_association.py: 400), and to nobody who is not known or does not answer."""
    if change.action is Action.CREATE:
        return _unknown(change.want, context)
    if change.action is not Action.UPDATE:
        return ""
    if change.have.type not in {None, PRIMARY}:
        return "it is the other central cloud's: dcmanager takes changes of it there"
    if change.have.sync == UNKNOWN:
        return f"{change.have.peer} does not answer: it is sent what it lacks once dcmanager reaches it"
    return ""


def _unknown(want: Association, context: Context) -> str:
    """A peer that Git does not define may be one that people have made; "" where it is there, or is not known to be not."""
    peer = ResourceKey(PEER, want.peer or "")
    known = (*context.desired.resources, *context.observed.resources)
    if peer in known or not context.observed.is_complete(PEER):
        return ""
    return f"the central cloud has no peer {want.peer}: correct the name, or say it under central.peers of fleet.yaml"


KIND = ResourceKind(
    name="peer-association",
    spec=Association,
    area=Area.SYSTEM,
    collections=("peer_associations", "peer_groups", "system_peers"),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    is_read_on_demand=True,
    severity=Severity.SERVICE,
    deletion=Deletion(effect="the peer forgets the group and the subclouds that wait there"),
    documents=("Fleet.central.peerGroups.peers",),
    about=About(
        words={
            "name": "The group and the peer.",
            "group": "The group, by its name.",
            "peer": "The peer, by its key under `peers` of the group.",
            "priority": "Of the group over there.",
            "sync": "Whether the peer has what is here: asked for where dcmanager says `out-of-sync` or `failed`.",
            "type": "Whether it is `primary` here; shown, never set.",
        },
        calls=(
            f"POST {centre.ASSOCIATIONS}",
            f"PATCH {centre.ASSOCIATIONS}/{{id}}",
            f"PATCH {centre.ASSOCIATIONS}/{{id}}/sync",
            f"DELETE {centre.ASSOCIATIONS}/{{id}}",
        ),
        sources=(
            "distcloud dcmanager/api/controllers/v1/peer_group_association.py",
            "distcloud dcmanager/manager/system_peer_manager.py",
            "recorded",
        ),
    ),
)
