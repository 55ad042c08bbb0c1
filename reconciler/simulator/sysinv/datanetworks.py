"""Data networks (starlingx/config api/controllers/v1/datanetwork.py): read and changed by uuid or name."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations, unknown_attribute
from reconciler.simulator.tables import Row
from reconciler.simulator.views import one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("datanetworks")

DATANETWORKS = family.collection(
    Collection(
        "datanetworks",
        columns="id uuid network_type name description mtu multicast_group port_num ttl mode",
        more="created_at updated_at",
        links=None,
        noun="DataNetwork",
    )
)
_TYPES = ("flat", "vlan", "vxlan")
_NAME = re.compile(r"^[\w.-]+$")
_CHANGEABLE = {"mtu", "description"}
DEFAULT_MTU = 1500


def _existing(system: System, name: str) -> Row:
    return system.tables.first("datanetworks", name=name) or one(system, DATANETWORKS, name)


@family.on("GET", "/datanetworks/{name}")
def show(system: System, call: Call) -> Row:
    return shown(system, DATANETWORKS, _existing(system, call["name"]), call)


@family.on("POST", "/datanetworks")
def create(system: System, call: Call) -> Row:
    known = "network_type name description mtu multicast_group port_num ttl mode id uuid"
    body = attributes(call.body, "datanetwork", known)
    _check_type_and_name(body)
    mtu = _checked_mtu(body.get("mtu") or DEFAULT_MTU)
    vxlan = _vxlan(body) if body["network_type"] == "vxlan" else {}
    if system.tables.first("datanetworks", name=body["name"]):
        raise refuse(f"DataNetwork of name {body['name']} already exists.", 409)
    empty = dict.fromkeys(("description", "multicast_group", "port_num", "ttl", "mode"))
    own = {"network_type": body["network_type"], "name": body["name"], "mtu": mtu}
    row = system.insert("datanetworks", **{**empty, "description": body.get("description"), **vxlan, **own})
    return shown(system, DATANETWORKS, row, call)


def _check_type_and_name(body: Row) -> None:
    if not body.get("network_type"):
        raise refuse("DataNetwork network_type is required.")
    if body["network_type"] not in _TYPES:
        raise Fault(500, f"DataNetwork type {body['network_type']} not supported")
    name = body.get("name")
    if not name:
        raise refuse("DataNetwork name is required.")
    if str(name).lower() == "none":
        raise Fault(500, f"DataNetwork name '{name}' is not allowed")
    if not _NAME.match(name):
        raise Fault(
            500,
            f"DataNetwork name '{name}' is not allowed: name may only contain letters, numbers, underscores, periods"
            " and hyphens.",
        )


def _checked_mtu(value: Any) -> int:
    mtu = integer("mtu", value)
    if not 576 <= mtu <= 9216:
        raise refuse("MTU must be between 576 and 9216 bytes.")
    return mtu


def _vxlan(body: Row) -> Row:
    """A dynamic VXLAN needs its group, port and ttl; a static one has no group."""
    mode = body.get("mode") or "dynamic"
    needed = ["ttl", "multicast_group", "port_num"] if mode == "dynamic" else ["ttl", "port_num"]
    missing = [name for name in needed if body.get(name) is None]
    if missing:
        raise refuse(f"VxLan parameters '{missing}' are required for '{mode}' mode.")
    group = body.get("multicast_group")
    if mode == "static" and group:
        raise refuse(f"VxLan of mode {mode} does not support multicast_group.")
    if mode == "dynamic" and not _is_multicast(group):
        raise refuse(f"multicast group '{group}' is not a valid multicast ip address.")
    return {
        "mode": mode,
        "multicast_group": group,
        "port_num": integer("port_num", body["port_num"]),
        "ttl": integer("ttl", body["ttl"]),
    }


def _is_multicast(text: Any) -> bool:
    try:
        return ip_address(str(text)).is_multicast
    except ValueError:
        return False


@family.on("PATCH", "/datanetworks/{name}")
def change(system: System, call: Call) -> Row:
    row = _existing(system, call["name"])
    operations = typed_operations(call.body)
    unknown_attribute(operations, row)
    changes = {name: value for name, value in replaced(operations).items() if value != row[name]}
    _check_change(system, row, changes)
    return shown(system, DATANETWORKS, system.update("datanetworks", row["uuid"], **changes) if changes else row, call)


def _check_change(system: System, row: Row, changes: Row) -> None:
    if not changes.keys() <= _CHANGEABLE:
        raise refuse(f"DataNetwork '{row['uuid']}' attributes '{{'mtu', 'description'}}' may not be modified ")
    if "mtu" not in changes:
        return
    changes["mtu"] = integer("mtu", changes["mtu"])
    for link in system.tables.rows("interface_datanetworks", datanetwork_uuid=row["uuid"]):
        interface = system.tables.row("iinterfaces", link["interface_uuid"])
        if interface["imtu"] < changes["mtu"]:
            raise refuse(
                f"The datanetwork MTU '{changes['mtu']}' must be smaller than assigned interface MTU '{interface['imtu']}'."
            )


@family.on("DELETE", "/datanetworks/{datanetwork_uuid}")
def delete(system: System, call: Call) -> None:
    row = one(system, DATANETWORKS, uuid_argument("datanetwork_uuid", call["datanetwork_uuid"]))
    if system.tables.first("interface_datanetworks", datanetwork_uuid=row["uuid"]):
        raise refuse(f"DataNetwork '{row['uuid']}' is still assigned to interfaces. Check interface-datanetwork.")
    system.tables.delete("datanetworks", row["uuid"])
