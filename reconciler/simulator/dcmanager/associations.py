"""Which groups of subclouds go over to which other central clouds (dcmanager/api/controllers/v1/peer_group_association.py).

What is sent to a peer takes a moment, and ends in sync or failed, by whether the peer answers (dcmanager/manager/
system_peer_manager.py sync_subcloud_peer_group); whoever changes the group or its members puts it out of sync. Recorded:
that they are made and listed. Unverified: all else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about
from reconciler.simulator.dcmanager.answers import refuse, remote, time
from reconciler.simulator.dcmanager.checks import body_of, is_within
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("peer group associations")
TABLE, PEERS, GROUPS = "peer_group_associations", "system_peers", "subcloud_peer_groups"
PRIMARY, NON_PRIMARY = "primary", "non-primary"
IN_SYNC, OUT_OF_SYNC, SYNCING, FAILED = "in-sync", "out-of-sync", "syncing", "failed"
ONLY_FIRST = (
    "Peer Group Association create is not allowed when the subcloud peer group priority is greater than 0 and it is "
    "required when the subcloud peer group priority is 0."
)
NOT_LED = (
    "Peer Group Association sync is not allowed when the subcloud peer group system_leader_id is not the current system "
    "controller UUID."
)
_fits = is_within(1, 65_536)


@family.on("GET", "/peer-group-associations")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    rows = [_shown(row) for row in system.tables.rows(TABLE)]
    return {"peer_group_associations": [{k: v for k, v in row.items() if k != "sync-message"} for row in rows]}


@family.on("GET", "/peer-group-associations/{ref}")
def one(system: System, call: Call) -> Row:
    return _shown(_found(system, call["ref"]))


@family.on("POST", "/peer-group-associations")
def add(system: System, call: Call) -> Row:
    """Of the first site where its group's priority is 0: the group goes over at once."""
    body = body_of(call)
    own = {key: body.get(key) for key in ("peer_group_id", "system_peer_id", "peer_group_priority")}
    group = system.tables.first(GROUPS, id=own["peer_group_id"])
    if group is None:
        raise refuse("Invalid peer_group_id")
    if system.tables.first(PEERS, id=own["system_peer_id"]) is None:
        raise refuse("Invalid system_peer_id")
    priority = own["peer_group_priority"]
    if priority is not None and not _fits(priority):
        raise refuse("Invalid peer_group_priority")
    is_first = int(group["group-priority"]) == 0
    if is_first is (priority is None):
        raise refuse(ONLY_FIRST)
    if system.tables.first(TABLE, peer_group_id=own["peer_group_id"], system_peer_id=own["system_peer_id"]):
        raise refuse("A Peer group association with same peer_group_id, system_peer_id already exists")
    row = system.insert(TABLE, **own, type=PRIMARY if is_first else NON_PRIMARY, status=SYNCING, message=None)
    if is_first:
        _send(system, row)
    return _shown(row)


@family.on("PATCH", "/peer-group-associations/{ref}")
def patch(system: System, call: Call) -> Row:
    """Its priority at the peer, which is told at once."""
    row, priority = _found(system, call["ref"]), body_of(call).get("peer_group_priority")
    if priority is None:
        raise refuse("nothing to update")
    if not _fits(priority):
        raise refuse("Invalid peer_group_priority")
    if row["type"] == NON_PRIMARY:
        why = "is not allowed to update when the association type is non-primary."
        raise refuse(f"Peer Group Association peer_group_priority {why}")
    new = system.update(TABLE, row["uuid"], peer_group_priority=priority)
    _ended(system, new["uuid"])
    ended = system.tables.row(TABLE, new["uuid"])
    if ended["status"] == FAILED:
        raise remote(ended["message"], kept=True)
    return _shown(ended)


@family.on("PATCH", "/peer-group-associations/{ref}/sync")
def sync(system: System, call: Call) -> Row:
    row = _found(system, call["ref"])
    if row["type"] == NON_PRIMARY:
        why = "is not allowed when the association type is non-primary. But the peer monitor notify was triggered."
        raise refuse(f"Peer Group Association sync {why}")
    group = system.tables.first(GROUPS, id=row["peer_group_id"]) or {}
    if group.get("system-leader-id") != about.of(system)["system-uuid"]:
        raise refuse(NOT_LED)
    new = system.update(TABLE, row["uuid"], status=SYNCING, message="None")
    _send(system, new)
    return _shown(new)


@family.on("DELETE", "/peer-group-associations/{ref}")
def delete(system: System, call: Call) -> None:
    system.tables.delete(TABLE, _found(system, call["ref"])["uuid"])


def outdate(system: System, **whose: Any) -> None:
    """What a change of a group, its members or its peer does to what the peer was sent."""
    for row in system.tables.rows(TABLE, **whose):
        if row["type"] == PRIMARY:
            system.timeline.cancel(_tag(row["uuid"]))
            system.update(TABLE, row["uuid"], status=OUT_OF_SYNC, message="None")


def answers(system: System, peer: Row) -> bool:
    """Whether the other cloud is reached."""
    return f"peer-unreachable:{peer['name']}" not in system.marks


def _send(system: System, row: Row) -> None:
    system.after(system.durations.subcloud_state, _ended, row["uuid"], tag=_tag(row["uuid"]))


def _tag(uuid: str) -> str:
    return f"association {uuid}"


def _ended(system: System, uuid: str) -> None:
    """The end of what was sent; where it failed, that is told."""
    row = system.tables.find(TABLE, uuid)
    peer = system.tables.first(PEERS, id=row["system_peer_id"]) if row else None
    if peer is not None:
        is_there = answers(system, peer)
        system.tables.update(PEERS, peer["uuid"], {"availability": "available" if is_there else "unavailable"})
        message = "None" if is_there else f"Unable to establish connection to {peer['manager_endpoint']}"
        system.update(TABLE, uuid, status=IN_SYNC if is_there else FAILED, message=message)


def _found(system: System, ref: str) -> Row:
    if not ref.isdigit():
        raise refuse("Peer Group Association ID must be an integer")
    row = system.tables.first(TABLE, id=int(ref))
    if row is None:
        raise refuse("Peer Group Association not found", 404)
    return row


def _shown(row: Row) -> Row:
    own = {key.replace("_", "-"): row[key] for key in ("peer_group_id", "system_peer_id", "peer_group_priority")}
    told = {"association-type": row["type"], "sync-status": row["status"], "sync-message": row["message"]}
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {"id": row["id"], **own, **told, **times}
