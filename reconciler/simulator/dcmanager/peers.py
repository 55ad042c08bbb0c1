"""Other central clouds (dcmanager/api/controllers/v1/system_peers.py).

There is no second cloud here: a peer answers, unless the mark `peer-unreachable:<peer>` stands. Recorded: that they are made
and listed, and that nobody is shown the password. Unverified: all else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import associations
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.checks import body_of, checked, is_one_of, is_within, row_by
from reconciler.simulator.dcmanager.names import is_plain
from reconciler.simulator.family import Family
from reconciler.simulator.identifiers import is_uuid
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("system peers")
TABLE = associations.PEERS


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) < 255


def _is_address(value: Any) -> bool:
    try:
        return bool(ip_address(value))
    except ValueError:
        return False


_NEEDED: Mapping[str, Callable[[Any], bool]] = {
    "peer_uuid": is_uuid,
    "peer_name": is_plain,
    "manager_endpoint": lambda value: _is_text(value) and value.startswith("http"),
    "manager_username": _is_text,
    "manager_password": _is_text,
    "peer_controller_gateway_address": _is_address,
}
_MORE: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "administrative_state": (is_one_of("enabled", "disabled"), "enabled"),
    "heartbeat_interval": (is_within(10, 600), 60),
    "heartbeat_failure_threshold": (is_within(1, 30), 3),
    "heartbeat_failure_policy": (is_one_of("alarm", "rehome", "delegate"), "alarm"),
    "heartbeat_maintenance_timeout": (is_within(300, 36_000), 600),
}
_FITS = {**_NEEDED, **{key: fits for key, (fits, _) in _MORE.items()}}


@family.on("GET", "/system-peers")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    return {"system_peers": [_shown(row) for row in system.tables.rows(TABLE)]}


@family.on("GET", "/system-peers/{ref}")
def one(system: System, call: Call) -> Row:
    return _shown(_found(system, call["ref"]))


@family.on("POST", "/system-peers")
def add(system: System, call: Call) -> Row:
    body = body_of(call)
    for key in _NEEDED:
        _check(key, body.get(key))
    more = {key: checked(body, key, fits, usual, "peer") for key, (fits, usual) in _MORE.items()}
    if system.tables.first(TABLE, peer_uuid=body["peer_uuid"]):
        raise refuse("A system peer with this UUID already exists", 409)
    own = {key: body[key] for key in _NEEDED}
    return _shown(system.insert(TABLE, name=body["peer_name"], availability="created", **own, **more))


@family.on("PATCH", "/system-peers/{ref}")
def patch(system: System, call: Call) -> Row:
    """What is empty is not said. Another gateway puts what goes over to the peer out of sync."""
    body, row = body_of(call), _found(system, call["ref"])
    said = {key: body[key] for key in _FITS if body.get(key)}
    if not said:
        raise refuse("nothing to update")
    for key, value in said.items():
        _check(key, value)
    name = {"name": said["peer_name"]} if "peer_name" in said else {}
    new = system.update(TABLE, row["uuid"], **said, **name)
    if new["peer_controller_gateway_address"] != row["peer_controller_gateway_address"]:
        associations.outdate(system, system_peer_id=row["id"])
    return _shown(new)


@family.on("DELETE", "/system-peers/{ref}")
def delete(system: System, call: Call) -> None:
    row = _found(system, call["ref"])
    if system.tables.first(associations.TABLE, system_peer_id=row["id"]):
        raise refuse("Cannot delete a system peer which is associated with peer group.")
    system.tables.delete(TABLE, row["uuid"])


def _check(key: str, value: Any) -> None:
    if not _FITS[key](value):
        raise refuse(f"Invalid peer {key.removeprefix('peer_') if key in ('peer_uuid', 'peer_name') else key}")


def _found(system: System, ref: str) -> Row:
    return row_by(system, TABLE, ref, "System Peer")


def _shown(row: Row) -> Row:
    """Without the password (recorded)."""
    keys = {key.replace("_", "-"): row[key] for key in _FITS if key != "manager_password"}
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {"id": row["id"], **keys, "availability-state": row["availability"], **times}
