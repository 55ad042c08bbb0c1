"""Partitions: made, grown and deleted one at a time per host.

starlingx/config api/controllers/v1/partition.py ``_semantic_checks``, ``_create``, ``_delete``. A host that was
provisioned (or is being so) acts in service whatever its lock state; others act at their first unlock. The list of
all systems is empty, silently (``_get_partitions_collection``).
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes, integer
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family, HostEvent, UnlockStage
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.disks import disk
from reconciler.simulator.sysinv.topology import acts_at_once
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("partitions")

READY, IN_USE, CREATING, CREATING_ON_UNLOCK, DELETING, MODIFYING = range(6)
FAILED = (10, 11, 12)
WORDS = {
    READY: "Ready",
    IN_USE: "In-Use",
    CREATING: "Creating",
    CREATING_ON_UNLOCK: "Creating (on unlock)",
    DELETING: "Deleting",
    MODIFYING: "Modifying",
    10: "Error",
    11: "Error: Internal script error",
    12: "Error: Missing GPT Table",
}
UNDER_WAY = (CREATING, DELETING, MODIFYING)
DELETABLE = (READY, CREATING_ON_UNLOCK, *FAILED)
USER_TYPE = "ba5eba11-0000-1111-2222-000000000001"

PARTITIONS = family.collection(
    Collection(
        "partitions",
        columns="uuid start_mib end_mib size_mib device_node device_path type_guid type_name idisk_uuid status"
        " ihost_uuid ipv_uuid capabilities created_at updated_at",
        host_key="ihost_uuid",
    )
)


@family.on("GET", "/partitions")
def list_nothing(_system: System, _call: Call) -> Row:
    return {"partitions": []}


@family.on("GET", "/partitions/{uuid}")
def show_partition(system: System, call: Call) -> Row:
    return shown(system, PARTITIONS, partition(system, call["uuid"]), call)


@family.on("POST", "/partitions")
def create_partition(system: System, call: Call) -> Row:
    body = attributes(call.body, "partition", "ihost_uuid idisk_uuid size_mib type_guid type_name start_mib end_mib")
    host = system.host(body.get("ihost_uuid") or "None")
    found = system.tables.find("idisks", body.get("idisk_uuid"))
    if found is None:
        raise refuse("Invalid data")
    _check_place(host, found, body.get("type_guid"))
    size = integer("size_mib", body.get("size_mib"))
    _check_creation(system, host, found, size)
    row = _insert(system, host, found, size, body.get("type_guid") or USER_TYPE)
    return shown(system, PARTITIONS, row, call)


@family.on("PATCH", "/partitions/{uuid}")
def grow_partition(system: System, call: Call) -> Row:
    row = partition(system, call["uuid"])
    size = _wanted_size(row, replaced(typed_operations(call.body)).get("size_mib"))
    _check_growth(system, row, size)
    row = system.update("partitions", row["uuid"], size_mib=size, status=MODIFYING)
    _hand_to_agent(system, row, system.durations.partition, finish)
    return shown(system, PARTITIONS, row, call)


@family.on("DELETE", "/partitions/{uuid}")
def delete_partition(system: System, call: Call) -> None:
    """The row stays, Deleting, until the agent removed the partition."""
    row = partition(system, call["uuid"])
    _check_deletion(system, row)
    if row["status"] == CREATING_ON_UNLOCK:
        found = disk(system, row["idisk_uuid"])
        system.update("idisks", found["uuid"], available_mib=found["available_mib"] + row["size_mib"])
    if row["status"] in (CREATING_ON_UNLOCK, 12):
        system.tables.delete("partitions", row["uuid"])
        return
    row = system.update("partitions", row["uuid"], status=DELETING)
    _hand_to_agent(system, row, system.durations.partition_delete, remove)


@family.unlock_check(UnlockStage.PARTITIONS)
def nothing_under_way(system: System, host: Row) -> None:
    if any(row["status"] in UNDER_WAY for row in of_host(system, host)):
        raise refuse(
            f"Cannot unlock host {host['hostname']} while partitions on the host are in a creating/deleting/modifying"
            " state."
        )


@family.at(HostEvent.ENABLED)
def create_what_waited(system: System, host: Row) -> None:
    for row in of_host(system, host):
        if row["status"] == CREATING_ON_UNLOCK:
            system.update("partitions", row["uuid"], status=IN_USE if row["ipv_uuid"] else READY)


def partition(system: System, uuid: str) -> Row:
    """The partition, or sysinv's 404."""
    row = system.tables.find("partitions", uuid)
    if row is None:
        raise refuse(f"No disk partition with id {uuid}", 404)
    return row


def of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("partitions", ihost_uuid=host["uuid"])


def on_disk(system: System, found: Row) -> list[Row]:
    return system.tables.rows("partitions", idisk_uuid=found["uuid"])


def finish(system: System, uuid: str) -> None:
    """The agent created or grew the partition."""
    row = system.tables.find("partitions", uuid)
    if row is not None and row["status"] in (CREATING, MODIFYING):
        system.update("partitions", uuid, status=READY)


def remove(system: System, uuid: str) -> None:
    """The agent deleted the partition."""
    if system.tables.find("partitions", uuid) is not None:
        system.tables.delete("partitions", uuid)


def _insert(system: System, host: Row, found: Row, size: int, guid: str) -> Row:
    at_once = acts_at_once(host)
    number = len(on_disk(system, found)) + 1
    row = system.insert(
        "partitions",
        size_mib=size,
        device_node=_node(found["device_node"], number),
        device_path=f"{found['device_path']}-part{number}",
        type_guid=guid,
        idisk_uuid=found["uuid"],
        status=CREATING if at_once else CREATING_ON_UNLOCK,
        ihost_uuid=host["uuid"],
        ipv_uuid=None,
        capabilities={},
    )
    if at_once:
        _hand_to_agent(system, row, system.durations.partition, finish)
    else:
        system.update("idisks", found["uuid"], available_mib=found["available_mib"] - size)
    return row


def _node(device: str, number: int) -> str:
    """``/dev/sda2``, ``/dev/nvme0n1p2``: named after how many there are (``_build_device_node_path``)."""
    return f"{device}p{number}" if "nvme" in device else f"{device}{number}"


def _hand_to_agent(system: System, row: Row, seconds: float, end: Callable[[System, str], None]) -> None:
    host = system.tables.row("ihosts", row["ihost_uuid"])
    config.mark_out_of_date(system, [host])
    system.after(seconds, end, row["uuid"])


def _check_place(host: Row, found: Row, guid: str | None) -> None:
    if not host["personality"]:
        raise refuse(f"Host {host['hostname']} has uninitialized personality.")
    if host["personality"] not in ("controller", "worker"):
        raise refuse("Host personality must be a one of [controller, worker]")
    if found["ihost_uuid"] != host["uuid"]:
        raise refuse(
            f"The requested disk ({found['uuid']}) for the partition is not present on host {host['hostname']}."
        )
    if guid not in (None, USER_TYPE):
        raise refuse("This type of partition does not support the requested operation.")
    _check_free(found)


def _check_free(found: Row) -> None:
    if found["istor_uuid"]:
        raise refuse("Cannot create partition on a disk that is assigned as a storage volume.")
    if found["ipv_uuid"]:
        raise refuse(
            "Cannot create partition on a disk that is already assigned as a physical volume to a volume group."
        )


def _check_creation(system: System, host: Row, found: Row, size: int) -> None:
    present = sorted(on_disk(system, found), key=lambda row: str(row["device_node"]))
    if present and present[-1]["status"] in FAILED:
        raise refuse(
            "Cannot create partition on a disk where the last partition has an error status. Delete it before creating"
            " a new partition."
        )
    if size <= 0:
        raise refuse("Partition size must be greater than 0.")
    _check_room("size", size, found)
    _check_alone(system, host, "create")


def _check_room(what: str, size: int, found: Row) -> None:
    if size > found["available_mib"]:
        raise refuse(
            f"Requested {what} {size // 1024} GiB is larger than the {_gib(found['available_mib'])} GiB available."
        )


def _gib(mib: int) -> float:
    return floor(mib / 1024 * 1000) / 1000.0


def _check_alone(system: System, host: Row, operation: str) -> None:
    if not acts_at_once(host):
        return
    for row in of_host(system, host):
        if row["status"] in UNDER_WAY:
            raise refuse(
                f"Cannot {operation} a partition while the current status of another partition is"
                f" '{WORDS[row['status']]}'. Wait for the operation to finish."
            )


def _wanted_size(row: Row, value: object) -> int:
    text = str(value)
    if not text.lstrip("-").isdigit():
        raise refuse(f"Requested partition size must be an integer greater than 0: {value} ")
    if int(text) <= 0:
        raise refuse(f"Requested partition size must be an integer greater than 0: {int(text) // 1024} GiB")
    if int(text) <= row["size_mib"]:
        raise refuse(
            "Requested partition size must be larger than current size:"
            f" {int(text) // 1024} GiB <= {_gib(row['size_mib'])} GiB"
        )
    return int(text)


def _check_growth(system: System, row: Row, size: int) -> None:
    host = system.tables.row("ihosts", row["ihost_uuid"])
    found = disk(system, row["idisk_uuid"])
    _check_place(host, found, row["type_guid"])
    if host["invprovision"] not in ("provisioned", "upgrading"):
        raise refuse("Only partition Add/Delete operations are allowed on an unprovisioned host.")
    if row["ipv_uuid"] or row["status"] == IN_USE:
        raise _used("modify", row, ".")
    if row["status"] != READY:
        raise refuse("Can not modify partition. Only partitions in the Ready state can be modified.")
    if not _is_last(system, row):
        raise refuse("Can not modify partition. Only the last partition on disk can be modified.")
    _check_room("extra size", size - row["size_mib"], found)


def _check_deletion(system: System, row: Row) -> None:
    host = system.tables.row("ihosts", row["ihost_uuid"])
    _check_place(host, disk(system, row["idisk_uuid"]), row["type_guid"])
    if row["ipv_uuid"] or row["status"] == IN_USE:
        raise _used("delete", row, "")
    _check_alone(system, host, "delete")
    if row["status"] not in DELETABLE:
        states = ", ".join(WORDS[status] for status in DELETABLE)
        raise refuse(f"Can not delete partition. Only partitions in one of these states can be deleted: {states}")
    if not _is_last(system, row):
        raise refuse("Can not delete partition. Only the last partition on disk can be deleted.")


def _used(operation: str, row: Row, end: str) -> Fault:
    return refuse(
        f"Can not {operation} partition. A physical volume ({row['device_node']}) is currently associated with this"
        f" partition{end}"
    )


def _is_last(system: System, row: Row) -> bool:
    numbers = [_number(other) for other in system.tables.rows("partitions", idisk_uuid=row["idisk_uuid"])]
    return _number(row) == max(numbers)


def _number(row: Row) -> int:
    tail = str(row["device_path"]).rpartition("-part")[2]
    return int(tail) if tail.isdigit() else 0
