"""Other central clouds, groups of subclouds that one may take over from another, and which of both belong together.

dcmanager/api/controllers/v1/system_peers.py, subcloud_peer_group.py, peer_group_association.py. Made, read and deleted;
what goes over to a peer, and takeovers, are not simulated. Unverified: whatever is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about, subclouds
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.names import is_plain
from reconciler.simulator.family import Family
from reconciler.simulator.identifiers import is_uuid
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("peers")
PEERS, GROUPS, ASSOCIATIONS = "system_peers", "subcloud_peer_groups", "peer_group_associations"


def _is_within(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: str(value).isdigit() and least <= int(value) <= most


def _is_one_of(*words: str) -> Callable[[Any], bool]:
    return words.__contains__


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255


def _is_address(value: Any) -> bool:
    try:
        return bool(ip_address(value))
    except ValueError:
        return False


_PEER: Mapping[str, Callable[[Any], bool]] = {
    "peer_uuid": is_uuid,
    "peer_name": is_plain,
    "manager_endpoint": lambda value: _is_text(value) and value.startswith("http"),
    "manager_username": _is_text,
    "manager_password": _is_text,
    "peer_controller_gateway_address": _is_address,
}
_PEER_MORE: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "administrative_state": (_is_one_of("enabled", "disabled"), "enabled"),
    "heartbeat_interval": (_is_within(10, 600), 60),
    "heartbeat_failure_threshold": (_is_within(1, 30), 3),
    "heartbeat_failure_policy": (_is_one_of("alarm", "rehome", "delegate"), "alarm"),
    "heartbeat_maintenance_timeout": (_is_within(300, 36_000), 600),
}
_GROUP: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "peer-group-name": (is_plain, None),
    "group-priority": (_is_within(0, 65_536), 0),
    "group-state": (_is_one_of("enabled", "disabled"), "enabled"),
    "max-subcloud-rehoming": (_is_within(1, 250), 10),
}


@family.on("GET", "/system-peers")
def peers(system: System, call: Call) -> Row:  # noqa: ARG001
    return {"system_peers": [_peer(row) for row in system.tables.rows(PEERS)]}


@family.on("GET", "/system-peers/{ref}")
def peer(system: System, call: Call) -> Row:
    return _peer(_found(system, PEERS, call["ref"], "System Peer"))


@family.on("POST", "/system-peers")
def add_peer(system: System, call: Call) -> Row:
    body = _body(call)
    for key, fits in _PEER.items():
        if not fits(body.get(key)):
            raise refuse(f"Invalid peer {key.removeprefix('peer_') if key in ('peer_uuid', 'peer_name') else key}")
    more = {key: _checked(body, key, fits, usual, "peer") for key, (fits, usual) in _PEER_MORE.items()}
    if system.tables.first(PEERS, peer_uuid=body["peer_uuid"]):
        raise refuse("A system peer with this UUID already exists", 409)
    own = {key: body[key] for key in _PEER if key != "manager_password"}
    return _peer(system.insert(PEERS, name=body["peer_name"], **own, **more))


@family.on("DELETE", "/system-peers/{ref}")
def delete_peer(system: System, call: Call) -> None:
    row = _found(system, PEERS, call["ref"], "System Peer")
    if system.tables.first(ASSOCIATIONS, system_peer_id=row["id"]):
        raise refuse("Cannot delete a system peer which is associated with peer group.")
    system.tables.delete(PEERS, row["uuid"])


@family.on("GET", "/subcloud-peer-groups")
def groups(system: System, call: Call) -> Row:  # noqa: ARG001
    return {"subcloud_peer_groups": [_group(system, row) for row in system.tables.rows(GROUPS)]}


@family.on("GET", "/subcloud-peer-groups/{ref}")
def group(system: System, call: Call) -> Row:
    return _group(system, _found(system, GROUPS, call["ref"], "Subcloud Peer Group"))


@family.on("GET", "/subcloud-peer-groups/{ref}/subclouds")
def members(system: System, call: Call) -> Row:
    return {"subclouds": [subclouds.shown(row) for row in _members(system, call["ref"])]}


@family.on("GET", "/subcloud-peer-groups/{ref}/status")
def status(system: System, call: Call) -> Row:
    """How many of its subclouds are how far."""
    row, rows = _found(system, GROUPS, call["ref"], "Subcloud Peer Group"), _members(system, call["ref"])
    states = [each["deploy-status"] for each in rows]
    counts = {
        "total_subclouds": len(rows),
        "complete": states.count("complete"),
        "waiting_for_migrate": states.count("secondary"),
        "rehoming": states.count("rehoming") + states.count("pre-rehome"),
        "rehome_failed": states.count("rehome-failed") + states.count("rehome-prep-failed"),
        **{word: sum(each["management-state"] == word for each in rows) for word in ("managed", "unmanaged")},
    }
    return {"peer_group_id": row["id"], "peer_group_name": row["name"], **counts}


@family.on("POST", "/subcloud-peer-groups")
def add_group(system: System, call: Call) -> Row:
    body = _body(call)
    said = {key: _checked(body, key, fits, usual, "") for key, (fits, usual) in _GROUP.items()}
    if system.tables.first(GROUPS, name=said["peer-group-name"]):
        raise refuse("A subcloud peer group with this name already exists", 409)
    return _group(system, system.insert(GROUPS, name=said["peer-group-name"], **said))


@family.on("DELETE", "/subcloud-peer-groups/{ref}")
def delete_group(system: System, call: Call) -> None:
    row = _found(system, GROUPS, call["ref"], "Subcloud Peer Group")
    if _members(system, call["ref"]):
        raise refuse("Cannot delete a subcloud peer group that is not empty")
    system.tables.delete(GROUPS, row["uuid"])


@family.on("GET", "/peer-group-associations")
def associations(system: System, call: Call) -> Row:  # noqa: ARG001
    rows = [_association(row) for row in system.tables.rows(ASSOCIATIONS)]
    return {"peer_group_associations": [{k: v for k, v in row.items() if k != "sync-message"} for row in rows]}


@family.on("POST", "/peer-group-associations")
def associate(system: System, call: Call) -> Row:
    """Of the first site where the priority is 0; what it sends to the other is not simulated."""
    body = _body(call)
    own = {key: body.get(key) for key in ("peer_group_id", "system_peer_id", "peer_group_priority")}
    if system.tables.first(GROUPS, id=own["peer_group_id"]) is None:
        raise refuse("Invalid peer_group_id")
    if system.tables.first(PEERS, id=own["system_peer_id"]) is None:
        raise refuse("Invalid system_peer_id")
    if not _is_within(1, 65_536)(own["peer_group_priority"]):
        raise refuse("Invalid peer_group_priority")
    return _association(system.insert(ASSOCIATIONS, **own, **{"sync-status": "syncing"}))


@family.on("DELETE", "/peer-group-associations/{ref}")
def dissociate(system: System, call: Call) -> None:
    row = _found(system, ASSOCIATIONS, call["ref"], "Peer Group Association")
    system.tables.delete(ASSOCIATIONS, row["uuid"])


def _body(call: Call) -> Row:
    if not isinstance(call.body, dict) or not call.body:
        raise refuse("Body required")
    return call.body


def _checked(body: Row, key: str, fits: Callable[[Any], bool], usual: Any, what: str) -> Any:
    value = body.get(key, usual)
    if not fits(value):
        raise refuse(" ".join(filter(None, ("Invalid", what, key))))
    return value


def _found(system: System, table: str, ref: str, what: str) -> Row:
    equal: Row = {"id": int(ref)} if ref.isdigit() else {"peer_uuid": ref} if is_uuid(ref) else {"name": ref}
    row = system.tables.first(table, **equal)
    if row is None:
        raise refuse(f"{what} not found", 404)
    return row


def _members(system: System, ref: str) -> list[Row]:
    row = _found(system, GROUPS, ref, "Subcloud Peer Group")
    return system.tables.rows(subclouds.TABLE, peer_group_id=row["id"])


def _peer(row: Row) -> Row:
    """Without the password (recorded)."""
    keys = [key for key in (*_PEER, *_PEER_MORE) if key != "manager_password"]
    return {"id": row["id"], **{_dashed(key): row[key] for key in keys}, "availability-state": "created", **_times(row)}


def _group(system: System, row: Row) -> Row:
    own = {key.replace("-", "_"): row[key] for key in _GROUP}
    centre = about.of(system)
    leader = {"system_leader_id": centre["system-uuid"], "system_leader_name": centre["system-name"]}
    return {"id": row["id"], **own, **leader, "migration_status": None, **_times(row)}


def _association(row: Row) -> Row:
    own = {_dashed(key): row[key] for key in ("peer_group_id", "system_peer_id", "peer_group_priority")}
    told = {"association-type": "primary", "sync-status": row["sync-status"], "sync-message": None}
    return {"id": row["id"], **own, **told, **_times(row)}


def _dashed(key: str) -> str:
    return key.replace("_", "-")


def _times(row: Row) -> Row:
    return {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
