"""Filesystems that the controllers share: they grow, and ceph-float may be added.

starlingx/config api/controllers/v1/controller_fs.py. ``state`` is the text of a Python map. A resize of a replicated
filesystem runs on DRBD for a while, and nothing replicated may be resized meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, integer
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent, UnlockStage
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv import host_filesystems as host_fs
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.sysinv.topology import hosts_of, is_aio_duplex
from reconciler.simulator.sysinv.volume_groups import free_gib, has_unprovisioned_volume
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("controller_filesystems")

AVAILABLE, RESIZING = "available", "drbd_fs_resizing_in_progress"
CREATING, CREATING_ON_UNLOCK, DELETING = "creating_in_progress", "creating_on_unlock", "deleting_in_progress"
FLOAT = "ceph-float"
BACKUP_OVERHEAD = 5
LEAST_FLOAT = 20

FILESYSTEMS = family.collection(
    Collection(
        "controller_fs",
        columns="uuid name size logical_volume replicated state capabilities isystem_uuid created_at updated_at",
    )
)


def state(status: str) -> str:
    """How a status is written in the row."""
    return str({"status": status})


@family.on("GET", "/isystems/{uuid}/controller_fs")
def list_of_system(system: System, call: Call) -> Row:
    return listed(system, FILESYSTEMS, system.tables.rows("controller_fs"), call)


@family.on("PATCH", "/controller_fs/{uuid}")
def refuse_patch(_system: System, _call: Call) -> None:
    raise refuse("Operation not permitted.", 403)


@family.on("PUT", "/isystems/{uuid}/controller_fs/update_many")
def grow_filesystems(system: System, call: Call) -> None:
    present = {row["name"]: row for row in system.tables.rows("controller_fs")}
    sizes = _sizes(call.body)
    for name, size in sizes:
        _check_size(system, present, name, size)
    wanted = {name: int(size) for name, size in sizes}
    _check_controllers(system)
    _check_backup(system, present, wanted)
    _check_growth(system, _growth(present, wanted))
    for name, size in wanted.items():
        _resize(system, present[name], size)
    config.mark_out_of_date(system, hosts_of(system, "controller"))


@family.on("POST", "/controller_fs")
def create_filesystem(system: System, call: Call) -> Row:
    body = attributes(call.body, "controller_fs", "name size logical_volume capabilities state isystem_uuid action")
    name, size = body.get("name") or "", integer("size", body.get("size") or 0)
    _check_float(system, name, "create")
    if any(row["name"] == name for row in system.tables.rows("controller_fs")):
        raise refuse(f"Controller filesystem ({name}) already present")
    _check_float_size(system, size)
    at_once = _check_standby(system, "create")
    row = system.insert(
        "controller_fs",
        name=name,
        size=size,
        logical_volume="ceph-float-lv",
        replicated=True,
        state=state(CREATING if at_once else CREATING_ON_UNLOCK),
        capabilities={"functions": ["monitor"]},
        isystem_uuid=system.own["uuid"],
    )
    if at_once:
        system.after(system.durations.controller_fs_resize, finish, row["uuid"])
    config.mark_out_of_date(system, hosts_of(system, "controller"))
    return shown(system, FILESYSTEMS, row, call)


@family.on("DELETE", "/controller_fs/{uuid}")
def delete_filesystem(system: System, call: Call) -> None:
    row = system.tables.find("controller_fs", call["uuid"])
    if row is None or row["name"] != FLOAT:
        raise refuse("Failed to delete: controllerfs")
    _check_float(system, row["name"], "delete")
    if row["state"] == state(CREATING_ON_UNLOCK):
        system.tables.delete("controller_fs", row["uuid"])
        return
    _check_standby(system, "delete")
    system.update("controller_fs", row["uuid"], state=state(DELETING))
    system.after(system.durations.controller_fs_resize, remove, row["uuid"])


@family.unlock_check(UnlockStage.CONTROLLER_FS_STATE)
def standby_waits_for_filesystems(system: System, host: Row) -> None:
    busy = any(row["state"] in (state(CREATING), state(DELETING)) for row in system.tables.rows("controller_fs"))
    active = host["capabilities"].get("Personality") == "Controller-Active"
    if busy and not active and system.tables.first("storage_backend", backend="ceph-rook"):
        raise refuse(
            f"The standby controller ({host['hostname']}) cannot be unlocked while controller filesystem operations are"
            " in progress. Please wait until all operations are complete, then retry the host-unlock."
        )


@family.at(HostEvent.ENABLED)
def create_what_waited(system: System, host: Row) -> None:
    if host["personality"] == "controller":
        for row in system.tables.rows("controller_fs", state=state(CREATING_ON_UNLOCK)):
            finish(system, row["uuid"])


def finish(system: System, uuid: str) -> None:
    if system.tables.find("controller_fs", uuid) is not None:
        system.update("controller_fs", uuid, state=state(AVAILABLE))


def remove(system: System, uuid: str) -> None:
    if system.tables.find("controller_fs", uuid) is not None:
        system.tables.delete("controller_fs", uuid)


def _sizes(body: Any) -> list[tuple[str, Any]]:
    sizes: list[tuple[str, Any]] = []
    for patch in body or []:
        values = {str(item.get("path", "")).removeprefix("/"): item.get("value") for item in patch}
        name = values.get("name", "")
        if any(name == known for known, _size in sizes):
            raise refuse(f"Duplicate fs_name '{name}' in parameter list")
        sizes.append((name, values.get("size")))
    return sizes


def _check_size(system: System, present: dict[str, Row], name: str, size: Any) -> None:
    row = present.get(name)
    if row is None:
        raise refuse(f"ControllerFs update failed: invalid filesystem '{name}' ")
    if not str(size).lstrip("-").isdigit():
        raise refuse(f"ControllerFs update failed: filesystem '{name}' size must be an integer ")
    if int(size) <= row["size"]:
        raise refuse(f"ControllerFs update failed: size for filesystem '{name}' should be bigger than {row['size']} ")
    if host_fs.controllers_wait_for_report(system):
        raise refuse("ControllerFs update failed: controllers have pending LVG updates, please retry again later.")
    if any(row["state"] == state(RESIZING) for row in system.tables.rows("controller_fs")):
        raise refuse("A drbd sync operation is currently in progress. Retry again later.")


def _check_controllers(system: System) -> None:
    """utils.py ``is_host_state_valid_for_fs_resize``: degraded is fine where no other alarm degrades."""
    for host in hosts_of(system, "controller"):
        states = host["administrative"], host["operational"], host["availability"]
        if states not in (("unlocked", "enabled", "available"), ("unlocked", "enabled", "degraded")):
            raise refuse(
                "This operation requires controllers to be unlocked, enabled, available. Current status is"
                f" {', '.join(states)}. ."
            )


def _check_backup(system: System, present: dict[str, Row], wanted: dict[str, int]) -> None:
    """Each controller's backup filesystem must hold platform and database (``_check_relative_controller_multi_fs``)."""
    size = {
        name: int(wanted.get(name) or present[name]["size"]) for name in ("platform", "database") if name in present
    }
    least = sum(size.values()) + BACKUP_OVERHEAD
    for host in hosts_of(system, "controller"):
        backup = host_fs.of(system, host, "backup")
        gib = backup["size"] if backup else 0
        if gib < least:
            raise refuse(
                f"backup size of {gib} is insufficient for host {host['hostname']}. Minimum backup size of {least} is"
                f" required based upon platform size {size.get('platform')} and database size {size.get('database')}."
                " Rejecting modification request."
            )


def _growth(present: dict[str, Row], wanted: dict[str, int]) -> int:
    """The database counts twice (``_check_controller_multi_fs_data``)."""
    grown = {name: size - int(present[name]["size"]) for name, size in wanted.items()}
    return sum(grown.values()) + grown.get("database", 0)


def _check_growth(system: System, growth: int) -> None:
    free = _free_gib(system)
    if growth > free:
        raise refuse(f"Total target growth size {growth} GiB exceeds growth limit of {free} GiB.")


def _free_gib(system: System) -> int:
    hosts = hosts_of(system, "controller")
    for host in hosts:
        if has_unprovisioned_volume(system, host):
            raise refuse(
                f"Cannot resize filesystem. There are still unprovisioned physical volumes on {host['hostname']}."
            )
    return min((free for host in hosts if (free := free_gib(system, host)) > 0), default=0)


def _resize(system: System, row: Row, size: int) -> None:
    if row["replicated"]:
        system.update("controller_fs", row["uuid"], size=size, state=state(RESIZING))
        system.after(system.durations.controller_fs_resize, finish, row["uuid"])
    else:
        system.update("controller_fs", row["uuid"], size=size)


def _check_float(system: System, name: str, operation: str) -> None:
    """Only ceph-float is optional; it needs Rook, AIO-DX and a steady ceph filesystem on both controllers."""
    start = f"Failed to {operation} controller filesystem {name}: "
    if name != FLOAT:
        raise refuse(
            "Unsupported controller filesystem. Only the following filesystems are supported for creation or deletion:"
            f" ['{FLOAT}']"
        )
    if system.tables.first("storage_backend", backend="ceph-rook") is None:
        raise refuse(f"{start}ceph-rook must be configured as storage backend.")
    if not is_aio_duplex(system):
        raise refuse(f"{start}command only allowed for duplex configs.")
    if operation == "create":
        for host in hosts_of(system, "controller"):
            _check_fixed_monitor(system, host, start)
    if host_fs.controllers_wait_for_report(system):
        raise refuse(f"{start}controllers have pending LVG updates, please retry again later.")


def _check_fixed_monitor(system: System, host: Row, start: str) -> None:
    if host["invprovision"] in ("unprovisioned", "provisioning"):
        return
    row = host_fs.of(system, host, "ceph")
    if row is None:
        raise refuse(
            f"{start}host {host['hostname']} does not have a ceph host-fs configured. Both controllers must have fixed"
            " monitors configured before creating the floating monitor."
        )
    if row["state"] not in (host_fs.READY, host_fs.IN_USE, host_fs.CREATING_ON_UNLOCK):
        raise refuse(
            f"{start}host {host['hostname']} has ceph host-fs in '{row['state']}' state. The host-fs ceph must be in"
            " 'Ready', 'In-Use' or 'Creating (on unlock)' state before proceeding with this operation."
        )


def _check_float_size(system: System, size: int) -> None:
    free = _free_gib(system)
    if size >= free:
        raise refuse(
            f"ControllerFs creation failed: Not enough free space on cgts-vg. Current free space {free} GiB, requested"
            f" total increase {size} GiB"
        )
    if size < LEAST_FLOAT:
        raise refuse(
            f"ControllerFs creation failed: size for fs '{FLOAT}' should be in the the range ({LEAST_FLOAT}, {free})."
        )


def _check_standby(system: System, operation: str) -> bool:
    """True: it happens now, on a pair with one controller locked. False: at the first unlock of the only one."""
    hosts = hosts_of(system, "controller")
    if operation == "create" and len(hosts) == 1 and hosts[0]["invprovision"] == "provisioning":
        return False
    if len(hosts) > 1 and any(is_locked(host) and host["availability"] == "online" for host in hosts):
        return True
    raise refuse(
        f"Failed to {operation}: It is only possible to {operation} the controllerfs with the standby controller"
        " locked."
    )
