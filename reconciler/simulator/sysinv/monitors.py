"""Ceph monitors: the controllers' and storage-0's come by themselves, a worker's is asked for.

starlingx/config api/controllers/v1/ceph_mon.py and conductor/manager.py ``_ceph_mon_create`` (when a controller or
storage-0 is configured: its personality is set, it is unlocked, or the backend is made in service). Nothing of it is
in the recordings. A monitor on a worker chooses the deployment model ``controller-nodes`` on a standard system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import ceph, config
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.sysinv.topology import hosts_of, is_aio, is_aio_duplex, is_up
from reconciler.simulator.sysinv.volume_groups import free_gib
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("monitors")

MONITOR_GIB, LARGEST_GIB = 20, 40


def _derived(system: System, row: Row) -> Mapping[str, Any]:
    disk = system.tables.first("idisks", ihost_uuid=row["ihost_uuid"], device_path=row["device_path"])
    host = system.tables.find("ihosts", row["ihost_uuid"])
    return {"device_node": disk["device_node"] if disk else None, "hostname": host["hostname"] if host else None}


MONITORS = family.collection(
    Collection(
        "ceph_mon",
        columns="uuid device_path device_node ihost_uuid hostname ceph_mon_dev ceph_mon_gib state task created_at"
        " updated_at",
        host_key="ihost_uuid",
        noun="Server",
        derive=_derived,
    )
)


@family.on("POST", "/ceph_mon")
def create_monitor(system: System, call: Call) -> Row:
    """The answer is a list of one."""
    if not ceph.has_backend(system, ceph.CEPH):
        raise refuse("ceph-mon API commands are only allowed for use with 'ceph' as the storage backend.")
    body = attributes(call.body, "cephmon", "uuid ihost_uuid ceph_mon_gib ceph_mon_dev device_path hostname state task")
    host = system.host(body.get("ihost_uuid") or "None")
    _check_new(system, host)
    gib = _size_of_others(system) or _integer(body.get("ceph_mon_gib") or MONITOR_GIB)
    _check_size(gib, MONITOR_GIB)
    check_room(system, host, gib)
    row = add_monitor(system, host, gib=gib)
    if row["state"] == ceph.CONFIGURING:
        config.mark_out_of_date(system, [each for each in hosts_of(system, "worker") if is_up(each)])
        system.after(system.durations.runtime_apply, configure, row["uuid"])
    return {"ceph_mon": [shown(system, MONITORS, row, call)]}


@family.on("PATCH", "/ceph_mon/{uuid}")
def resize_monitor(system: System, call: Call) -> Row:
    if not ceph.is_configured(system):
        raise refuse("Ceph backend is not configured.")
    row = system.tables.find("ceph_mon", call["uuid"])
    if row is None:
        raise refuse(f"Server {call['uuid']} could not be found.", 404)
    wanted = replaced(typed_operations(call.body)).get("ceph_mon_gib")
    if wanted is None or str(wanted) == str(row["ceph_mon_gib"]):
        raise refuse("Warning: ceph_mon parameters are not changed.")
    gib, before = _integer(wanted), row["ceph_mon_gib"]
    _check_size(gib, before + 1)
    check_room(system, system.host(row["ihost_uuid"]), gib - before)
    row = system.update("ceph_mon", row["uuid"], ceph_mon_gib=gib)
    _grow_filesystem(system, row)
    config.mark_out_of_date(system, [*hosts_of(system, "controller"), *hosts_of(system, "storage")])
    return shown(system, MONITORS, row, call)


def _grow_filesystem(system: System, row: Row) -> None:
    """On AIO-DX the host filesystem ceph always has the size of the host's monitor."""
    filesystem = system.tables.first("host_fs", ihost_uuid=row["ihost_uuid"], name="ceph")
    if is_aio_duplex(system) and filesystem is not None:
        system.update("host_fs", filesystem["uuid"], size=row["ceph_mon_gib"])


@family.on("DELETE", "/ceph_mon/{host}")
def delete_monitor(system: System, call: Call) -> None:
    row = system.tables.first("ceph_mon", ihost_uuid=call["host"])
    if row is None:
        raise refuse(f"No Ceph Monitor defined for host with uuid: {call['host']}")
    if row["state"] != "configuration-failed":
        raise refuse(
            "Direct Ceph monitor delete only allowed for state 'configuration-failed'. Please lock and delete node to"
            " remove the configured Ceph Monitor."
        )
    system.tables.delete("ceph_mon", row["uuid"])


@family.at(HostEvent.UNLOCKING)
def add_platform_monitor(system: System, host: Row) -> None:
    belongs = host["personality"] == "controller" or host["hostname"] == "storage-0"
    if belongs and ceph.has_backend(system, ceph.CEPH):
        add_monitor(system, host)


@family.at(HostEvent.ENABLED)
def report_monitor(system: System, host: Row) -> None:
    """The first report after a boot sets what waited (``_clear_ceph_mon_state``)."""
    row = ceph.monitor_of(system, host)
    if row is not None and row["state"] != ceph.CONFIGURED:
        configure(system, row["uuid"])


@family.at(HostEvent.DELETED)
def remove_with_host(system: System, host: Row) -> None:
    row = ceph.monitor_of(system, host)
    if row is not None:
        system.tables.delete("ceph_mon", row["uuid"])


def add_monitor(system: System, host: Row, *, gib: int = 0) -> Row:
    """The host's monitor, new unless it has one."""
    present = ceph.monitor_of(system, host)
    if present is not None:
        return present
    state = ceph.ON_UNLOCK if is_locked(host) else ceph.CONFIGURING
    task = str({host["hostname"]: state}) if host["personality"] == "worker" else None
    return system.insert(
        "ceph_mon",
        device_path=host["rootfs_device"],
        ihost_uuid=host["uuid"],
        ceph_mon_dev=None,
        ceph_mon_gib=gib or _size_of_others(system) or MONITOR_GIB,
        state=state,
        task=task,
    )


def configure(system: System, uuid: str) -> None:
    if system.tables.find("ceph_mon", uuid) is not None:
        system.update("ceph_mon", uuid, state=ceph.CONFIGURED, task=None)


def check_room(system: System, host: Row, gib: int) -> None:
    """cgts-vg must hold the monitor's volume; twice on AIO-DX, where the host filesystem ceph has as much."""
    needed, free = gib * 2 if is_aio_duplex(system) else gib, free_gib(system, host)
    if needed > free:
        raise refuse(
            f"Node '{host['hostname']}' does not have enough free space available in cgts-vg volume group to allocate"
            f" ceph-mon data. {needed} GiB is required but {free} GiB is available."
        )


def _check_new(system: System, host: Row) -> None:
    if ceph.monitor_of(system, host):
        raise refuse(f"Ceph monitor already configured for host '{host['hostname']}'.")
    for row in system.tables.rows("ceph_mon"):
        other = system.tables.row("ihosts", row["ihost_uuid"])
        if other["personality"] in ("storage", "worker"):
            raise refuse(f"Ceph monitor already configured for host '{other['hostname']}'.")
    if host["personality"] == "worker":
        _check_worker(system)
    if host["personality"] == "storage" and host["hostname"] != "storage-0":
        raise refuse("Ceph monitor can only be added to storage-0 or any worker.")


def _check_worker(system: System) -> None:
    model = ceph.model(system)
    if model not in (ceph.MODEL_CONTROLLER, ceph.MODEL_UNDEFINED) or is_aio(system):
        raise refuse(
            "Can not add a storage monitor to a worker if ceph's deployments model is already set to"
            f" {model} or system is All-in-one."
        )
    if ceph.replication(system) != 2:
        raise refuse(
            "Ceph monitor can be added to a worker only if replication is set to: [2]'. Please update replication"
            " before configuring a monitor on a worker node."
        )


def _size_of_others(system: System) -> int:
    row = system.tables.first("ceph_mon")
    return int(row["ceph_mon_gib"]) if row else 0


def _integer(value: Any) -> int:
    if not str(value).lstrip("-").isdigit():
        raise refuse("ceph_mon_gib must be an integer.")
    return int(value)


def _check_size(gib: int, least: int) -> None:
    if not least <= gib <= LARGEST_GIB:
        raise refuse(f"ceph_mon_gib = {gib}. Value must be between {least} and {LARGEST_GIB}.")
