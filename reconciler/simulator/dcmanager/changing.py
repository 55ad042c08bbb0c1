"""PATCH /subclouds/<subcloud>: manage and unmanage, words, group, name, values, network (subclouds.py patch).

A refusal by the manager is a 422. Recorded: what says nothing new is accepted, keys that nobody knows too; managing what
is managed is refused. The change of the management state is written before others hear of it: where that fails the
answer is a 422 and the row has changed all the same. The mark for it is `state-fails:<subcloud>:<text>`.
Unverified: peer groups (peer_groups.placed), rehoming.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.model.deployment import AFTER_RESTART
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import deploying, groups, install_checks, networks, peer_groups, subclouds
from reconciler.simulator.dcmanager.answers import refuse, remote
from reconciler.simulator.dcmanager.names import is_subdomain
from reconciler.simulator.dcmanager.reading import BOOTSTRAP, INSTALL, amendment, password
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("changing subclouds")
NETWORK = ("management_subnet", "management_gateway_ip", "management_start_ip", "management_end_ip")
STATES = ("managed", "unmanaged")
NOT_KEPT = ("sysadmin_password", "ansible_ssh_pass", "ansible_become_pass")
NAME = (
    "Invalid name: must consist of lowercase alphanumeric characters or '-', must start and end with an alphanumeric "
    "character, and may contain '.' to separate valid segments."
)


@family.on("PATCH", "/subclouds/{ref}")
def patch(system: System, call: Call) -> Row:
    payload = amendment(call)
    if not payload:
        raise refuse("Body required")
    row = subclouds.found(system, call["ref"])
    place = peer_groups.placed(system, row, payload)
    if payload.get("name") is not None:
        row = _renamed(system, row, payload.pop("name"))
    if any(payload.get(name) is not None for name in NETWORK):
        return _reconfigured(system, row, payload)
    changes = _checked(system, row, payload)
    _check_management(row, payload)
    changes |= _rehome_data(row, payload) | place
    new = system.update(subclouds.TABLE, row["uuid"], **changes)
    if payload.get("management-state"):
        new = _managed(system, new)
    return subclouds.shown(new)


def refuse_in_motion(row: Row) -> None:
    """A 409 while anything goes on with it (is_subcloud_in_transient_state)."""
    if told := in_motion(row):
        raise refuse(told, 409)


def in_motion(row: Row) -> str:
    broken = deploying.BROKEN
    moving = {
        "prestage_status": row.get("prestage-status") in broken and row.get("prestage-status"),
        "backup_status": row.get("backup-status") in broken and row.get("backup-status"),
        "deploy_status": row["deploy-status"] in AFTER_RESTART and row["deploy-status"],
    }
    for name, value in moving.items():
        if value:
            wait = "Please wait until it finishes before running this operation."
            return f"Subcloud {row['name']} current {name} is '{value}'. {wait}"
    return ""


def _renamed(system: System, row: Row, name: str) -> Row:
    if row["management-state"] != "unmanaged" or row["deploy-status"] != "complete":
        raise refuse(f"Subcloud {row['name']} must be deployed and unmanaged for the subcloud rename operation.")
    refuse_in_motion(row)
    if not is_subdomain(name):
        raise refuse(NAME)
    if name == row["name"]:
        same = f"Provided subcloud name {name} is the same as the current subcloud {name}."
        raise refuse(f"{same} A different name is required to rename the subcloud")
    if any(name in (other["name"], other["region-name"]) for other in system.tables.rows(subclouds.TABLE)):
        raise remote(f"Subcloud with name or region name {name} already exist.")
    kept = json.loads(row["rehome_data"]) if row.get("rehome_data") else None
    if kept:
        kept["saved_payload"]["name"] = name
    told = {**row["told"], "name": name} if row.get("told") else None
    changes = {"name": name, "told": told, "rehome_data": json.dumps(kept) if kept else None}
    return system.update(subclouds.TABLE, row["uuid"], **changes)


def _reconfigured(system: System, row: Row, payload: Row) -> Row:
    """Other management addresses; the answer shows those of before (recorded)."""
    refuse_in_motion(row)
    asked = ", ".join(f"--{name.replace('_', '-')}" for name in NETWORK)
    wanted = f"The following parameters are necessary for subcloud network reconfiguration: {asked}"
    if payload.get("management_gateway_ip") is None:
        raise refuse(wanted, 422)
    if payload.get("management-state"):
        raise refuse("Management state and network reconfiguration must be updated separately", 422)
    if row["management-state"] != "unmanaged":
        raise refuse("A subcloud must be unmanaged to perform network reconfiguration", 422)
    if not payload.get("bootstrap_address"):
        raise refuse("The bootstrap_address parameter is required for network reconfiguration", 422)
    if any(payload.get(name) is None for name in NETWORK):
        raise refuse(wanted, 422)
    moves_to = {name.replace("_", "-"): payload[name].split(",")[0] for name in NETWORK}
    for name in NETWORK:
        if moves_to[name.replace("_", "-")] == row[name.replace("_", "-")]:
            raise refuse(f"{name} already in use by the subcloud.", 422)
    password(payload)
    _check_network(system, row, payload)
    system.tables.update(subclouds.TABLE, row["uuid"], {"moves-to": moves_to})
    deploying.soon(system, row, deploying.RECONFIGURING)
    return subclouds.shown(row)


def _check_network(system: System, row: Row, payload: Row) -> None:
    """validate_admin_network_config, which has these addresses for those of an admin network."""
    said = {name.replace("management", "admin"): payload[name] for name in NETWORK}
    found = networks.subnets(said, "admin_subnet", least=8)
    start, end = (
        networks.addresses(said, f"admin_{part}_ip", found, f"admin_{part}_address")[0] for part in ("start", "end")
    )
    networks.check_range("admin", start, end, 3)
    others = [each for each in system.tables.rows(subclouds.TABLE) if each["uuid"] != row["uuid"]]
    if name := networks.overlapping(start, end, others):
        raise refuse(f"Admin address range overlaps with that of subcloud {name}")
    [gateway, *_] = networks.addresses(said, "admin_gateway_ip", found, "admin_gateway_address")
    if networks.is_between(gateway, start, end):
        raise refuse(f"admin_gateway_address invalid, is within admin pool: {start} - {end}")


def _checked(system: System, row: Row, payload: Row) -> Row:
    """The columns that change, each checked by itself, in the order in which the API does it."""
    state = payload.get("management-state")
    if state and state not in STATES:
        raise refuse("Invalid management-state")
    if state and row.get("peer_group_id") is not None:
        raise refuse("Cannot update the management state of a subcloud that is associated with a peer group.")
    _check_force(payload)
    changes = {key: payload[key] for key in ("description", "location") if payload.get(key) is not None}
    if payload.get("group_id") is not None:
        changes["group_id"] = _group(system, payload["group_id"])
    if INSTALL in payload:
        install_checks.check(payload, row)
        changes["data_install"] = json.dumps(payload[INSTALL])
    if payload.get("release"):
        changes["software-version"] = payload["release"]
    return changes


def _check_force(payload: Row) -> None:
    if "force" not in payload:
        return
    if payload["force"] not in (True, False):
        raise refuse("Invalid force value")
    if payload.get("management-state") != "managed":
        raise refuse("Invalid option: force")


def _group(system: System, ref: str) -> int:
    """By its number or, other than when adding, by its name (recorded)."""
    found = system.tables.first(groups.TABLE, **({"id": int(ref)} if ref.isdigit() else {"name": ref}))
    if found is None:
        raise refuse("Invalid group")
    return int(found["id"])


def _check_management(row: Row, payload: Row) -> None:
    """_validate_management_state_update: the manager's own refusals."""
    state, name = payload.get("management-state"), row["name"]
    if state and row["management-state"] == state:
        raise remote(f"Bad subcloud request: Subcloud {name} already {state}")
    if state != "managed" or payload.get("force"):
        return
    if row["deploy-status"] not in ("complete", "rehome-pending"):
        must = "its deploy_status must be either 'complete' or 'rehome-pending'"
        raise remote(f"Bad subcloud request: Unable to manage {name}: {must}")
    if row["availability-status"] != "online" and row["deploy-status"] != "rehome-pending":
        raise remote("Subcloud is not online.")


def _managed(system: System, row: Row) -> Row:
    """What follows a change of the management state, which may fail after it."""
    state = "managed" if row["management-state"] == "unmanaged" else "unmanaged"
    changes: Row = {"management-state": state}
    if state == "managed" and row["deploy-status"] == "rehome-pending":
        changes["deploy-status"] = "complete"
    if state == "unmanaged":
        changes["sync"] = {**dict.fromkeys(row["sync"], subclouds.UNKNOWN), "dc-cert": row["sync"]["dc-cert"]}
    new = system.update(subclouds.TABLE, row["uuid"], **changes)
    if (told := deploying.failure(system, row, "state")) is not None:
        raise remote(told, kept=True)
    return new


def _rehome_data(row: Row, payload: Row) -> Row:
    """What is kept for a rehoming; it bootstraps nothing (_prepare_rehome_data)."""
    kept: Any = json.loads(row["rehome_data"]) if row.get("rehome_data") else None
    if payload.get(BOOTSTRAP):
        had = kept["saved_payload"].get("bootstrap-address") if kept else None
        said = yaml.safe_load(payload[BOOTSTRAP])
        kept = {"saved_payload": {key: value for key, value in said.items() if key not in NOT_KEPT}}
        if had:
            kept["saved_payload"]["bootstrap-address"] = had
    if payload.get("bootstrap_address"):
        if kept is None:
            first = "need to import bootstrap_values first"
            raise remote(f"Bad subcloud request: Cannot update bootstrap_address into rehome data, {first}")
        kept["saved_payload"]["bootstrap-address"] = payload["bootstrap_address"]
    return {"rehome_data": json.dumps(kept)} if kept else {}
