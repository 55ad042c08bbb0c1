"""Disks: inventory, which partitions, physical volumes and OSDs occupy.

starlingx/config api/controllers/v1/disk.py. ``available_mib`` is what the agent last reported: only partitions that
wait for the first unlock reduce it at once (storage recordings: it stays when a partition is made in service).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import typed_operations
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("disks")

DISKS = family.collection(
    Collection(
        "idisks",
        columns="uuid device_node device_type device_num device_id device_path device_wwn size_mib available_mib"
        " serial_id capabilities ihost_uuid istor_uuid ipv_uuid rpm created_at updated_at",
        sublinks="partitions",
        host_key="ihost_uuid",
    )
)


@family.on("GET", "/idisks/{uuid}")
def show_disk(system: System, call: Call) -> Row:
    return shown(system, DISKS, disk(system, call["uuid"]), call)


@family.on("PATCH", "/idisks/{uuid}")
def wipe_disk(system: System, call: Call) -> None:
    """Format a disk: partitions that no physical volume uses are gone."""
    row = disk(system, call["uuid"])
    values = {item.path: item.value for item in typed_operations(call.body)}
    if values.get("partition_table") != "gpt":
        raise refuse("Only gpt disk formatting is supported.")
    _refuse_used(system, row)
    for partition in system.tables.rows("partitions", idisk_uuid=row["uuid"]):
        system.tables.delete("partitions", partition["uuid"])
    system.update("idisks", row["uuid"], available_mib=row["size_mib"])


def disk(system: System, uuid: str) -> Row:
    """The disk, or sysinv's 404."""
    row = system.tables.find("idisks", uuid)
    if row is None:
        raise refuse(f"No disk with id {uuid}", 404)
    return row


def _refuse_used(system: System, row: Row) -> None:
    path = row["device_path"]
    volumes = system.tables.rows("ipvs", ihost_uuid=row["ihost_uuid"])
    if any(path in volume["disk_or_part_device_path"] for volume in volumes):
        raise refuse(
            "ERROR: Can only wipe and GPT format a disk that is not used and does not have partitions used by a"
            " physical volume."
        )
