"""Physical volumes: a disk or a partition given to a volume group.

starlingx/config api/controllers/v1/pv.py. A volume is ``adding`` until the host's unlock, but one of cgts-vg on a
host that acts in service is provisioned at once; one that is ``adding`` is deleted at once, others are ``removing``
until the unlock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import has_worker
from reconciler.simulator.sysinv.partitions import CREATING_ON_UNLOCK, IN_USE, READY, WORDS
from reconciler.simulator.sysinv.topology import acts_at_once, stays_locked
from reconciler.simulator.sysinv.volume_groups import ADDING, CGTS, NAMES, NOVA_LOCAL, PROVISIONED, REMOVING, group
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("physical_volumes")

VOLUMES = family.collection(
    Collection(
        "ipvs",
        columns="uuid pv_state pv_type disk_or_part_uuid disk_or_part_device_node disk_or_part_device_path lvm_pv_name"
        " lvm_vg_name lvm_pv_uuid lvm_pv_size lvm_pe_total lvm_pe_alloced capabilities ihost_uuid forilvgid ilvg_uuid"
        " created_at updated_at",
        sublinks="idisks partitions",
        host_key="ihost_uuid",
    )
)


@family.on("GET", "/ipvs/{uuid}")
def show_volume(system: System, call: Call) -> Row:
    return shown(system, VOLUMES, volume(system, call["uuid"]), call)


@family.on("GET", "/ilvgs/{uuid}/ipvs")
def list_of_group(system: System, call: Call) -> Row:
    rows = system.tables.rows("ipvs", ilvg_uuid=group(system, call["uuid"])["uuid"])
    return {"ipvs": [shown(system, VOLUMES, row, call) for row in rows]}


@family.on("POST", "/ipvs")
def create_volume(system: System, call: Call) -> Row:
    body = attributes(call.body, "pv", "ihost_uuid ilvg_uuid disk_or_part_uuid pv_type capabilities")
    host = system.host(body.get("ihost_uuid") or "None")
    if body.get("ilvg_uuid") is None:
        raise Fault(500, 'Entity namespace for "i_lvg" has no property "hostname"')
    target = group(system, body["ilvg_uuid"])
    _check_host(host, target)
    kind, device = _device(system, body.get("disk_or_part_uuid"))
    _check_device(system, host, target, kind, device)
    _check_group(target)
    row = _revived(system, host, device) or _insert(system, host, target, kind, device)
    _associate(system, row, kind, device)
    if target["lvm_vg_name"] == CGTS:
        _extend_platform(system, host, row)
    return shown(system, VOLUMES, row, call)


@family.on("DELETE", "/ipvs/{uuid}")
def delete_volume(system: System, call: Call) -> None:
    row = volume(system, call["uuid"])
    _check_removal(system, row)
    table = "idisks" if row["pv_type"] == "disk" else "partitions"
    if row["pv_state"] == ADDING:
        _free(system, row, table)
        system.tables.delete("ipvs", row["uuid"])
    else:
        system.update(table, row["disk_or_part_uuid"], ipv_uuid=None)
        system.update("ipvs", row["uuid"], pv_state=REMOVING)


@family.at(HostEvent.ENABLED)
def provision(system: System, host: Row) -> None:
    """The host's agent found the volumes that its manifests made; removed ones are reported a little later."""
    for row in system.tables.rows("ipvs", ihost_uuid=host["uuid"], pv_state=ADDING):
        provision_one(system, row["uuid"])
    system.after(system.durations.services_enabled + system.durations.lvg_report, forget_removed, host["uuid"])


def provision_one(system: System, uuid: str) -> None:
    row = system.tables.find("ipvs", uuid)
    if row is None or row["pv_state"] != ADDING:
        return
    system.update("ipvs", uuid, pv_state=PROVISIONED)
    if row["pv_type"] == "partition":
        system.update("partitions", row["disk_or_part_uuid"], status=IN_USE)


def forget_removed(system: System, host: str) -> None:
    for row in system.tables.rows("ipvs", ihost_uuid=host, pv_state=REMOVING):
        if row["pv_type"] == "partition":
            _free(system, row, "partitions")
        system.tables.delete("ipvs", row["uuid"])


def volume(system: System, uuid: str) -> Row:
    """The physical volume, or sysinv's 404."""
    row = system.tables.find("ipvs", uuid)
    if row is None:
        raise refuse(f"No LVM Physical Volume with id {uuid}", 404)
    return row


def _device(system: System, uuid: str | None) -> tuple[str, Row]:
    for kind, table in (("disk", "idisks"), ("partition", "partitions")):
        row = system.tables.find(table, uuid)
        if row is not None:
            return kind, row
    raise Fault(500, "not enough arguments for format string")  # pv.py _check_device formats two with one


def _check_host(host: Row, target: Row) -> None:
    name = target["lvm_vg_name"]
    if name == CGTS and host["personality"] not in ("controller", "worker"):
        raise refuse(f"Physical volume operations for {CGTS} are only supported on worker and controller hosts")
    nova = name == NOVA_LOCAL and has_worker(host)
    platform = name == CGTS and host["personality"] == "worker"
    if (nova or platform) and not stays_locked(host):
        raise refuse("Host must be locked")


def _check_device(system: System, host: Row, target: Row, kind: str, device: Row) -> None:
    if kind == "disk":
        _check_disk(system, host, device)
    else:
        _check_partition(host, target, device)
    _refuse_overlap(system, host, kind, device)


def _check_disk(system: System, host: Row, device: Row) -> None:
    if device["capabilities"].get("stor_function") == "rootfs":
        raise refuse("Cannot assign the rootfs disk to a physical volume.")
    if device["ipv_uuid"]:
        raise refuse("Disk already assigned to a physical volume.")
    if device["istor_uuid"]:
        raise refuse("Disk already assigned to a storage volume.")
    if system.tables.first("partitions", idisk_uuid=device["uuid"]):
        raise refuse("Cannot assign disk to a physical volume because disk contains other partitions.")
    if device["ihost_uuid"] != host["uuid"]:
        raise refuse("Disk is attached to a different host")


def _check_partition(host: Row, target: Row, device: Row) -> None:
    """A host that acts in service minds the state for cgts-vg only; others for every group."""
    if acts_at_once(host):
        bad = target["lvm_vg_name"] == CGTS and device["status"] != READY
    else:
        bad = device["status"] not in (CREATING_ON_UNLOCK, READY)
    if bad:
        raise refuse(
            f"The partition {device['device_path']} is not in an acceptable state to be added as a physical volume:"
            f" {WORDS[device['status']]}."
        )


def _refuse_overlap(system: System, host: Row, kind: str, device: Row) -> None:
    path = device["device_path"]
    for other in system.tables.rows("ipvs", ihost_uuid=host["uuid"]):
        taken = other["disk_or_part_device_path"]
        if other["pv_state"] != REMOVING and (taken in path or path in taken):
            raise _in_use(kind, path)


def _in_use(kind: str, path: str) -> Fault:
    if kind == "disk":
        return refuse(f"Invalid data: This disk is in use by another physical volume. Cannot use this disk: {path}")
    return refuse(
        "Invalid data: The device requested for this Physical Volume is already in use by another physical volume:"
        f" {path}"
    )


def _check_group(target: Row) -> None:
    name = target["lvm_vg_name"]
    if name not in NAMES and not target["capabilities"].get("lvm_function"):
        raise refuse(f"This operation can not be performed on Local Volume Group {name}")
    if target["vg_state"] == REMOVING:
        raise refuse(f"Local volume Group. {name} set to be deleted. Add it again to allow adding physical volumes. ")


def _revived(system: System, host: Row, device: Row) -> Row | None:
    """A volume that is being removed comes back; the answer shows the row from before."""
    path = device["device_path"]
    row = system.tables.first("ipvs", ihost_uuid=host["uuid"], disk_or_part_device_path=path)
    if row is not None:
        system.update("ipvs", row["uuid"], pv_state=ADDING)
    return row


def _insert(system: System, host: Row, target: Row, kind: str, device: Row) -> Row:
    return system.insert(
        "ipvs",
        pv_state=ADDING,
        pv_type=kind,
        disk_or_part_uuid=device["uuid"],
        disk_or_part_device_node=device["device_node"],
        disk_or_part_device_path=device["device_path"],
        lvm_pv_name=device["device_node"],
        lvm_vg_name=target["lvm_vg_name"],
        lvm_pv_size=0,
        lvm_pe_total=0,
        lvm_pe_alloced=0,
        capabilities={},
        ihost_uuid=host["uuid"],
        forilvgid=target["id"],
        ilvg_uuid=target["uuid"],
    )


def _associate(system: System, row: Row, kind: str, device: Row) -> None:
    system.update("idisks" if kind == "disk" else "partitions", device["uuid"], ipv_uuid=row["uuid"])


def _extend_platform(system: System, host: Row, row: Row) -> None:
    """cgts-vg grows in service (conductor ``update_lvm_config``)."""
    if acts_at_once(host):
        config.mark_out_of_date(system, [host])
        system.after(system.durations.runtime_apply, provision_one, row["uuid"])


def _check_removal(system: System, row: Row) -> None:
    target = system.tables.find("ilvgs", row["ilvg_uuid"])
    if target is not None:
        _check_host(system.host(row["ihost_uuid"]), target)
    if row["pv_state"] == REMOVING:
        raise refuse(f"Physical Volume ({row['lvm_pv_name']}) already marked for removal.")
    if target is not None:
        _check_group(target)
        if target["lvm_vg_name"] == CGTS:
            raise refuse("Physical volumes cannot be removed from the cgts-vg volume group.")


def _free(system: System, row: Row, table: str) -> None:
    """What the volume lay on is free again; a partition that was in use is Ready."""
    device = system.tables.find(table, row["disk_or_part_uuid"])
    if device is None:
        return
    in_use = table == "partitions" and device["status"] == IN_USE
    system.update(table, device["uuid"], ipv_uuid=None, **({"status": READY} if in_use else {}))
