"""Groups of subclouds that one central cloud may take over from another (dcmanager/api/controllers/v1/subcloud_peer_group.py).

Also what a PATCH of a subcloud may do to its place among them (subclouds.py patch). Recorded: that groups are made and
listed, and their counts of nothing. Unverified: all else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import about, associations, deploying, subclouds
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.checks import body_of, checked, is_one_of, is_within, row_by
from reconciler.simulator.dcmanager.names import is_plain
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("subcloud peer groups")
TABLE = associations.GROUPS
NONE = "none"
WAITING = ("secondary", "rehome-failed", "rehome-prep-failed")
_FITS: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "peer-group-name": (lambda value: is_plain(value, NONE), None),
    "group-priority": (is_within(0, 65_536), 0),
    "group-state": (is_one_of("enabled", "disabled"), "enabled"),
    "max-subcloud-rehoming": (is_within(1, 250), 10),
}


@family.on("GET", "/subcloud-peer-groups")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    return {"subcloud_peer_groups": [_shown(row) for row in system.tables.rows(TABLE)]}


@family.on("GET", "/subcloud-peer-groups/{ref}")
def one(system: System, call: Call) -> Row:
    return _shown(_found(system, call["ref"]))


@family.on("GET", "/subcloud-peer-groups/{ref}/subclouds")
def members(system: System, call: Call) -> Row:
    return {"subclouds": [subclouds.shown(row) for row in _members(system, _found(system, call["ref"]))]}


@family.on("GET", "/subcloud-peer-groups/{ref}/status")
def status(system: System, call: Call) -> Row:
    """How many of its subclouds are how far."""
    row = _found(system, call["ref"])
    rows = _members(system, row)
    states = [each["deploy-status"] for each in rows]
    counts = {
        "total_subclouds": len(rows),
        "complete": states.count("complete"),
        "waiting_for_migrate": states.count("secondary"),
        "rehoming": states.count("rehoming"),
        "rehome_failed": states.count("rehome-failed") + states.count("rehome-prep-failed"),
        **{word: sum(each["management-state"] == word for each in rows) for word in ("managed", "unmanaged")},
    }
    return {"peer_group_id": row["id"], "peer_group_name": row["name"], **counts}


@family.on("POST", "/subcloud-peer-groups")
def add(system: System, call: Call) -> Row:
    body, centre = body_of(call), about.of(system)
    said = {key: checked(body, key, fits, usual) for key, (fits, usual) in _FITS.items()}
    if system.tables.first(TABLE, name=said["peer-group-name"]):
        raise refuse("A subcloud peer group with this name already exists", 409)
    leader = {"system-leader-id": centre["system-uuid"], "system-leader-name": centre["system-name"]}
    led = {key: body.get(key) or own for key, own in leader.items()}
    return _shown(system.insert(TABLE, name=said["peer-group-name"], migration=None, **said, **led))


@family.on("PATCH", "/subcloud-peer-groups/{ref}")
def patch(system: System, call: Call) -> Row:
    """Only where the group is first; what peers have of it has to reach them, or nothing changes."""
    row, body = _found(system, call["ref"]), body_of(call)
    if int(row["group-priority"]) > 0:
        raise refuse("Cannot update a peer group from a non-primary site.")
    said = {key: body[key] for key in _FITS if body.get(key) not in (None, "")}
    if not said:
        raise refuse("nothing to update")
    changes = {key: value for key, value in said.items() if str(value) != str(row[key])}
    for key, value in changes.items():
        checked({key: value}, key, _FITS[key][0], None)
    if changes.keys() - {"group-priority"} and not _reaches(system, row):
        raise refuse("Unable to sync the update to the peer site(s)", 403)
    name = {"name": changes["peer-group-name"]} if "peer-group-name" in changes else {}
    return _shown(system.update(TABLE, row["uuid"], **changes, **name) if changes else row)


@family.on("PATCH", "/subcloud-peer-groups/{ref}/migrate")
def migrate(system: System, call: Call) -> Row:
    """Take over what waits for it; the group is led from here when all are through (run_batch_migrate)."""
    row, body = _found(system, call["ref"]), body_of(call)
    if "sysadmin_password" not in body:
        raise refuse(f"Unable to migrate subcloud peer group: {call['ref']} need sysadmin_password")
    ready = [each for each in _members(system, row) if each["deploy-status"] in WAITING]
    if not ready:
        missing = "Nothing to migrate, no secondary, rehome-failed or rehome-prep-failed subcloud in peer group"
        raise refuse(f"{missing} {row['name']}")
    system.update(TABLE, row["uuid"], migration="migrating")
    for each in ready:
        deploying.run(system, each, deploying.REHOMING)
    lasts = system.durations.subcloud_state + system.durations.subcloud_enroll
    system.after(lasts + 1.0, _migrated, row["uuid"], [each["uuid"] for each in ready], tag=f"migration {row['uuid']}")
    return {"subclouds": [subclouds.shown(each) for each in ready]}


def _migrated(system: System, uuid: str, taken: list[str]) -> None:
    """What was taken over is managed, and the group is led from here, whatever became of the rest."""
    centre = about.of(system)
    for each in filter(None, (system.tables.find(subclouds.TABLE, one) for one in taken)):
        if each["deploy-status"] == "complete":
            system.update(subclouds.TABLE, each["uuid"], **{"management-state": "managed"})
    led = {"system-leader-id": centre["system-uuid"], "system-leader-name": centre["system-name"]}
    system.update(TABLE, uuid, migration="complete", **led)


@family.on("DELETE", "/subcloud-peer-groups/{ref}")
def delete(system: System, call: Call) -> None:
    """Its subclouds are in none afterwards."""
    row = _found(system, call["ref"])
    if system.tables.first(associations.TABLE, peer_group_id=row["id"]):
        raise refuse("Cannot delete a peer group which is associated with a system peer.")
    system.tables.delete(TABLE, row["uuid"])
    for each in _members(system, row):
        system.update(subclouds.TABLE, each["uuid"], peer_group_id=None)


def placed(system: System, row: Row, payload: Row) -> Row:
    """What a PATCH makes of a subcloud's place among the groups; refuses what its place does not allow."""
    own = system.tables.first(TABLE, id=row["peer_group_id"]) if row.get("peer_group_id") is not None else None
    said = payload.get("peer_group")
    if said is None:
        if own is not None:
            _refuse_elsewhere(system, own)
            associations.outdate(system, peer_group_id=own["id"])
        return {}
    return _leaves(system, own) if str(said).lower() == NONE else _joins(system, row, own, str(said), payload)


def _leaves(system: System, own: Row | None) -> Row:
    if own is not None:
        if not _is_led(system, own):
            raise refuse("Removing subcloud from a peer group not led by the current site is prohibited.")
        associations.outdate(system, peer_group_id=own["id"])
    return {"peer_group_id": None}


def _joins(system: System, row: Row, own: Row | None, said: str, payload: Row) -> Row:
    if not (row.get("rehome_data") or (payload.get("bootstrap_values") and payload.get("bootstrap_address"))):
        both = "must provide both the bootstrap-values and bootstrap-address."
        raise refuse(f"Cannot update the subcloud peer group: {both}")
    if own is not None and int(own["group-priority"]) > 0:
        raise refuse(
            "Cannot move subcloud to a new peer group if the original peer group is not primary (non-zero priority)."
        )
    group = system.tables.first(TABLE, **({"id": int(said)} if said.isdigit() else {"name": said}))
    if group is None:
        raise refuse("Invalid peer group")
    if int(group["group-priority"]) > 0:
        raise refuse("Cannot set the subcloud to a peer group with non-zero priority.")
    if not _is_led(system, group):
        raise refuse("Update subcloud to a peer group that is not led by the current site is prohibited.")
    now = tuple(row[key] for key in ("deploy-status", "management-state", "availability-status"))
    if now != ("complete", "managed", "online"):
        raise refuse("Only subclouds that are managed and online can be added to a peer group.")
    for one_of in filter(None, (own, group)):
        associations.outdate(system, peer_group_id=one_of["id"])
    return {"peer_group_id": group["id"]}


def _refuse_elsewhere(system: System, own: Row) -> None:
    if int(own["group-priority"]) > 0:
        raise refuse("Subcloud update is only allowed when its peer group priority value is 0.")
    if not _is_led(system, own):
        raise refuse("Updating subcloud from a peer group not led by the current site is prohibited.")


def _is_led(system: System, row: Row) -> bool:
    return bool(row["system-leader-id"] == about.of(system)["system-uuid"])


def _reaches(system: System, row: Row) -> bool:
    peers = (
        system.tables.first(associations.PEERS, id=each["system_peer_id"])
        for each in system.tables.rows(associations.TABLE, peer_group_id=row["id"])
    )
    return all(associations.answers(system, peer) for peer in peers if peer)


def _found(system: System, ref: str) -> Row:
    return row_by(system, TABLE, ref, "Subcloud Peer Group")


def _members(system: System, row: Row) -> list[Row]:
    return system.tables.rows(subclouds.TABLE, peer_group_id=row["id"])


def _shown(row: Row) -> Row:
    own = {key.replace("-", "_"): row[key] for key in (*_FITS, "system-leader-id", "system-leader-name")}
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {"id": row["id"], **own, "migration_status": row["migration"], **times}
