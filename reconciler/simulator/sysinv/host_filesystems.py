"""Filesystems of a host: the platform's own, which only grow, and three optional ones.

starlingx/config api/controllers/v1/host_fs.py; ``is_host_lvg_updated`` of utils.py: after a resize nothing may be
resized on that host until the filesystem is Ready again and the agent reported the volume group. A host that was
never provisioned keeps a resize ``Modifying`` until its first unlock.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import has_worker, is_locked
from reconciler.simulator.sysinv.topology import acts_at_once, hosts_of, stays_locked
from reconciler.simulator.sysinv.volume_groups import NOVA_LOCAL, REMOVING, free_gib, has_unprovisioned_volume, of_name
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("host_filesystems")

READY, MODIFYING, IN_USE = "Ready", "Modifying", "In-Use"
CREATING, CREATING_ON_UNLOCK = "Creating", "Creating (on unlock)"
DELETING, DELETING_ON_UNLOCK = "Deleting", "Deleting (on unlock)"
RECONFIGURING = "reconfigure-with-app"
UPDATE_ERROR = "Update Error"
STEADY = (READY, IN_USE, DELETING_ON_UNLOCK, CREATING_ON_UNLOCK)
OPTIONAL = ["image-conversion", "instances", "ceph"]
ON_WORKERS = ("docker", "kubelet", "scratch", "log", "var", "root", "instances", "ceph")
ON_STORAGE = ("scratch", "log", "var", "root", "docker", "kubelet")
VOLUMES = {"image-conversion": "conversion-lv", "instances": "instances-lv", "ceph": "ceph-lv"}
MONITOR, OSD = "monitor", "osd"
MOST_MONITORS = 5

FILESYSTEMS = family.collection(
    Collection(
        "host_fs",
        columns="uuid name size logical_volume state capabilities ihost_uuid created_at updated_at",
        host_key="ihost_uuid",
    )
)


@family.on("POST", "/host_fs")
def create_filesystem(system: System, call: Call) -> Row:
    body = attributes(call.body, "host_fs", "ihost_uuid name size logical_volume capabilities state action")
    host = system.host(body.get("ihost_uuid") or "None")
    return shown(
        system, FILESYSTEMS, create(system, host, body.get("name") or "", body.get("size") or 0, MONITOR), call
    )


@family.on("PATCH", "/host_fs/{uuid}")
def refuse_patch(_system: System, _call: Call) -> None:
    raise refuse("Operation not permitted.", 403)


@family.on("DELETE", "/host_fs/{uuid}")
def delete_filesystem(system: System, call: Call) -> None:
    row = filesystem(system, call["uuid"])
    host = system.host(row["ihost_uuid"])
    _check_optional(system, host, row["name"])
    allowed = [READY, CREATING_ON_UNLOCK, UPDATE_ERROR]
    if row["state"] not in allowed:
        raise refuse(
            f"HostFs update failed: deletion for optional filesystem '{row['name']}' is only possible for states"
            f" {allowed}."
        )
    _remove(system, host, row)


@family.on("PUT", "/ihosts/{host}/host_fs/update_many")
def grow_filesystems(system: System, call: Call) -> None:
    host = system.host(call["host"])
    present = {row["name"]: row for row in of_host(system, host)}
    changes = [_change(patch) for patch in call.body or []]
    for change in changes:
        _check_change(system, host, present, change)
    if not changes:
        raise refuse("HostFs update failed: no filesystems to update.")
    _check_room(system, host, _growth(present, changes), ".")
    _store(system, host, present, changes)


@family.at(HostEvent.ENABLED)
def finish_at_unlock(system: System, host: Row) -> None:
    for row in of_host(system, host):
        if row["state"] in (MODIFYING, CREATING_ON_UNLOCK):
            finish(system, row["uuid"])
        elif row["state"] == DELETING_ON_UNLOCK:
            system.after(system.durations.services_enabled + system.durations.lvg_report, remove, row["uuid"])


def create(system: System, host: Row, name: str, size: Any, function: str) -> Row:
    """A new optional filesystem; ``function`` is what one named ceph is for."""
    _check_optional(system, host, name)
    if of(system, host, name) is not None:
        raise refuse(f"Filesystem name ({name}) already present")
    gib = int(float(size))
    _check_room(system, host, gib, "")
    if gib < 1:
        raise refuse("HostFs update failed: Minimum FS size is 1 GiB.")
    staged = name == "instances" or (is_locked(host) and host["availability"] == "online")
    row = system.insert(
        "host_fs",
        name=name,
        size=gib,
        logical_volume=VOLUMES[name],
        state=CREATING_ON_UNLOCK if staged else CREATING,
        capabilities={"functions": _functions(system, name, function)},
        ihost_uuid=host["uuid"],
    )
    if not staged:
        _run(system, host, finish, row["uuid"])
    return row


def filesystem(system: System, uuid: str) -> Row:
    row = system.tables.find("host_fs", uuid)
    if row is None:
        raise refuse(f"Server {uuid} could not be found.", 404)
    return row


def of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("host_fs", ihost_uuid=host["uuid"])


def of(system: System, host: Row, name: str) -> Row | None:
    return system.tables.first("host_fs", ihost_uuid=host["uuid"], name=name)


def waits_for_report(system: System, host: Row) -> bool:
    """A resize of the host is under way, so what the volume group has free is not known."""
    return any(row["state"] not in STEADY for row in of_host(system, host))


def finish(system: System, uuid: str) -> None:
    if system.tables.find("host_fs", uuid) is not None:
        system.update("host_fs", uuid, state=READY)


def remove(system: System, uuid: str) -> None:
    if system.tables.find("host_fs", uuid) is not None:
        system.tables.delete("host_fs", uuid)


def monitors(system: System) -> int:
    """How many hosts have a fixed Rook monitor."""
    rows = system.tables.rows("host_fs", name="ceph")
    return sum(MONITOR in (row["capabilities"].get("functions") or []) for row in rows)


def _functions(system: System, name: str, function: str) -> list[str]:
    if name != "ceph":
        return []
    if function == MONITOR and monitors(system) >= MOST_MONITORS:
        raise refuse(f"HostFs add failed. Number of monitors cannot exceed {MOST_MONITORS}.")
    return [function]


def _run(system: System, host: Row, end: Any, uuid: str) -> None:
    config.mark_out_of_date(system, [host])
    system.after(system.durations.host_fs_resize, end, uuid)


def _check_optional(system: System, host: Row, name: str) -> None:
    if name not in OPTIONAL:
        raise refuse(
            f"Unsupported filesystem. Only the following filesystems are supported for creation or deletion: {OPTIONAL}"
        )
    supported = {"worker": ON_WORKERS, "storage": ON_STORAGE}.get(host["personality"])
    if supported is not None and name not in supported:
        raise refuse(f"Filesystem {name} can not be added on {host['personality']} nodes")
    if name == "instances":
        _check_instances(system, host)
    if name == "ceph" and system.tables.first("storage_backend", backend="ceph-rook") is None:
        raise refuse("ceph-rook must be configured as the storage backend to create/delete host-fs ceph.")


def _check_instances(system: System, host: Row) -> None:
    if has_worker(host) and not stays_locked(host):
        raise refuse("Host must be locked to make changes to instances")
    group = of_name(system, host, NOVA_LOCAL)
    if group is not None and group["vg_state"] != REMOVING:
        raise refuse(
            f"Cannot create instances while volume group {NOVA_LOCAL} is enabled. Delete the volume group and try"
            " again."
        )


def _remove(system: System, host: Row, row: Row) -> None:
    if row["name"] == "instances" or (is_locked(host) and host["availability"] == "online"):
        if host["invprovision"] == "provisioning":
            system.tables.delete("host_fs", row["uuid"])
        else:
            system.update("host_fs", row["uuid"], state=DELETING_ON_UNLOCK)
    else:
        system.update("host_fs", row["uuid"], state=DELETING)
        _run(system, host, remove, row["uuid"])


def _change(patch: Any) -> Row:
    """One filesystem's new values from its array of operations."""
    if not isinstance(patch, list):
        raise refuse(f"Invalid input for field/attribute patch. Value: '{patch}'. Value not a valid list: {patch}")
    return {str(item.get("path", "")).removeprefix("/"): item.get("value") for item in patch}


def _check_change(system: System, host: Row, present: dict[str, Row], change: Row) -> None:
    row = present.get(change.get("name", ""))
    if row is None:
        raise refuse(f"HostFs update failed: invalid filesystem '{change.get('name')}'.")
    if "capabilities" in change:
        _check_functions(system, row, _functions_of(change))
    if "size" in change:
        _check_size(system, host, row, change["size"])


def _check_size(system: System, host: Row, row: Row, size: Any) -> None:
    name = row["name"]
    if name in OPTIONAL and row["state"] != READY:
        raise refuse(
            f"HostFs update failed: resize for optional filesystem {name} is only possible with state {READY}."
        )
    if not str(size).lstrip("-").isdigit():
        raise refuse(f"HostFs update failed: filesystem '{name}' size must be an integer.")
    if any("resizing" in fs["state"] for fs in system.tables.rows("controller_fs") if fs["replicated"]):
        raise refuse("HostFs update failed: there is a drdb filesystem resize in progress, please retry again later.")
    if waits_for_report(system, host):
        raise refuse("HostFs update failed: a LVG update is still pending, please retry again later.")
    if int(size) <= row["size"]:
        raise refuse(f"HostFs update failed: size for filesystem '{name}' should be bigger than {row['size']}.")


def _functions_of(change: Row) -> list[str]:
    value = change["capabilities"]
    return list((json.loads(value) if isinstance(value, str) else value).get("functions") or [])


def _check_functions(system: System, row: Row, functions: list[str]) -> None:
    """Only a ceph filesystem's monitor is added or removed here; OSDs follow their disks."""
    if row["name"] != "ceph":
        raise refuse(
            "HostFs update failed: update functions are only supported for ceph filesystem with ceph-rook storage"
            " backend."
        )
    for function in functions:
        if function not in (MONITOR, OSD):
            raise refuse(
                f"HostFs update failed: only the following functions are supported: {[MONITOR, OSD]}. Got '{function}'."
            )
    present = row["capabilities"].get("functions") or []
    if OSD in functions and OSD not in present:
        raise _only_by("host-stor-add", "add")
    if OSD in present and OSD not in functions:
        raise _only_by("host-stor-delete", "remove")
    if MONITOR in functions and MONITOR not in present and monitors(system) >= MOST_MONITORS:
        raise refuse(f"HostFs update failed: Number of monitors cannot exceed {MOST_MONITORS}.")


def _only_by(command: str, verb: str) -> Fault:
    return refuse(
        f"HostFs update failed: please use the {command} to {verb} the osd function. Only adding/removing the monitor"
        " function is supported with this API."
    )


def _growth(present: dict[str, Row], changes: list[Row]) -> int:
    return sum(int(change["size"]) - present[change["name"]]["size"] for change in changes if "size" in change)


def _check_room(system: System, host: Row, growth: int, end: str) -> None:
    if has_unprovisioned_volume(system, host):
        raise refuse(
            f"There are still unprovisioned physical volumes on '{host['hostname']}'. Cannot perform operation."
        )
    free = free_gib(system, host)
    if growth > free:
        raise refuse(
            f"HostFs update failed: Not enough free space on cgts-vg. Current free space {free} GiB, requested total"
            f" increase {growth} GiB{end}"
        )


def _store(system: System, host: Row, present: dict[str, Row], changes: list[Row]) -> None:
    for change in changes:
        row = present[change["name"]]
        values: Row = {"state": RECONFIGURING if "capabilities" in change else MODIFYING}
        if "size" in change:
            values["size"] = int(change["size"])
        if "capabilities" in change:
            values["capabilities"] = {**row["capabilities"], "functions": _functions_of(change)}
        system.update("host_fs", row["uuid"], **values)
        if acts_at_once(host) and values["state"] == MODIFYING:
            system.after(system.durations.host_fs_resize, finish, row["uuid"])
    if acts_at_once(host):
        config.mark_out_of_date(system, [host])


def controllers_wait_for_report(system: System) -> bool:
    return any(waits_for_report(system, host) for host in hosts_of(system, "controller"))
