"""Local volume groups: cgts-vg of the platform, nova-local for instances.

starlingx/config api/controllers/v1/lvg.py. A group is ``adding`` until the host's unlock and ``removing`` until the
next; on a host that was never provisioned a removed one is gone at once. Adding a group that is being removed
answers with the row from before (``removing``) and revives it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent, UnlockStage
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv.facts import has_worker
from reconciler.simulator.sysinv.topology import functions, stays_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("volume_groups")

ADDING, PROVISIONED, REMOVING = "adding", "provisioned", "removing"
CGTS, NOVA_LOCAL = "cgts-vg", "nova-local"
NAMES = (NOVA_LOCAL, CGTS, "cinder-volumes")
CSI = "lvm-csi"

GROUPS = family.collection(
    Collection(
        "ilvgs",
        columns="uuid vg_state lvm_vg_name lvm_vg_uuid lvm_vg_access lvm_max_lv lvm_cur_lv lvm_max_pv lvm_cur_pv"
        " lvm_vg_size lvm_vg_avail_size lvm_vg_total_pe lvm_vg_free_pe capabilities ihost_uuid created_at updated_at",
        sublinks="ipvs",
        host_key="ihost_uuid",
    )
)


@family.on("GET", "/ilvgs/{uuid}")
def show_group(system: System, call: Call) -> Row:
    return shown(system, GROUPS, group(system, call["uuid"]), call)


@family.on("POST", "/ilvgs")
def create_group(system: System, call: Call) -> Row:
    body = attributes(call.body, "lvg", "ihost_uuid lvm_vg_name capabilities")
    host = system.host(body.get("ihost_uuid") or "None")
    name, capabilities = body.get("lvm_vg_name") or "", body.get("capabilities") or {}
    _check_host(host, name)
    _check_new(name, capabilities)
    _refuse_beside_instances(system, host, name)
    present = of_name(system, host, name)
    row = _revive(system, present) if present else _insert(system, host, name, capabilities)
    return shown(system, GROUPS, row, call)


@family.on("PATCH", "/ilvgs/{uuid}")
def change_group(system: System, call: Call) -> Row:
    """Only cgts-vg has something to change: its share for LVM-CSI."""
    row = group(system, call["uuid"])
    wanted = _capabilities(replaced(typed_operations(call.body)).get("capabilities"))
    _check_host(system.host(row["ihost_uuid"]), row["lvm_vg_name"])
    if row["lvm_vg_name"] != CGTS:
        raise refuse(f"{row['lvm_vg_name']} volume group does not have any parameters to modify")
    row = system.update("ilvgs", row["uuid"], capabilities={**row["capabilities"], **wanted})
    return shown(system, GROUPS, row, call)


@family.on("DELETE", "/ilvgs/{uuid}")
def delete_group(system: System, call: Call) -> None:
    row = group(system, call["uuid"])
    host = system.host(row["ihost_uuid"])
    _check_host(host, row["lvm_vg_name"])
    if row["lvm_vg_name"] == CGTS:
        raise refuse("cgts-vg volume group cannot be deleted")
    staged_only = row["lvm_vg_name"] == NOVA_LOCAL and host["invprovision"] != PROVISIONED
    for volume in volumes_of(system, row):
        _release(system, volume, gone=staged_only)
    if staged_only:
        system.tables.delete("ilvgs", row["uuid"])
    else:
        system.update("ilvgs", row["uuid"], vg_state=REMOVING)


@family.unlock_check(UnlockStage.CGTS_VG)
def platform_group_has_a_volume(system: System, host: Row) -> None:
    if system.tables.first("ipvs", ihost_uuid=host["uuid"], lvm_vg_name=CGTS) is None:
        raise refuse(f"The cgts-vg volume group on {host['hostname']} does not contain any physical volumes.")


@family.unlock_check(UnlockStage.WORKER_STORAGE)
def instances_have_a_place(system: System, host: Row) -> None:
    """Hosts for OpenStack need one; on others a group that is half made refuses too (host.py)."""
    needed = _runs_openstack(system, host) and not has_instances(system, host)
    row = of_name(system, host, NOVA_LOCAL)
    if row is None:
        _refuse_without_group(host, needed)
    elif row["vg_state"] != REMOVING:
        _refuse_empty(system, host, needed)


@family.at(HostEvent.ENABLED)
def report_groups_later(system: System, host: Row) -> None:
    """The agent's report of groups comes some seconds after the host's services are up."""
    system.after(system.durations.services_enabled + system.durations.lvg_report, report_groups, host["uuid"])


def report_groups(system: System, host: str) -> None:
    for row in system.tables.rows("ilvgs", ihost_uuid=host):
        if row["vg_state"] == ADDING:
            system.update("ilvgs", row["uuid"], vg_state=PROVISIONED)
        elif row["vg_state"] == REMOVING:
            system.tables.delete("ilvgs", row["uuid"])


def group(system: System, uuid: str) -> Row:
    """The volume group, or sysinv's 404."""
    row = system.tables.find("ilvgs", uuid)
    if row is None:
        raise refuse(f"No LVM Local Volume Group with id {uuid}", 404)
    return row


def of_name(system: System, host: Row, name: str) -> Row | None:
    return system.tables.first("ilvgs", ihost_uuid=host["uuid"], lvm_vg_name=name)


def volumes_of(system: System, row: Row) -> list[Row]:
    return system.tables.rows("ipvs", ilvg_uuid=row["uuid"])


def free_gib(system: System, host: Row) -> int:
    """Free space of the host's cgts-vg (utils.py ``get_node_cgtsvg_limit``)."""
    row = of_name(system, host, CGTS)
    if row is None or not row["lvm_vg_size"] or not row["lvm_vg_total_pe"]:
        return 0
    return int(row["lvm_vg_size"] * row["lvm_vg_free_pe"] // row["lvm_vg_total_pe"]) // 1024**3


def has_unprovisioned_volume(system: System, host: Row) -> bool:
    """Whether a volume of the host's cgts-vg is still being added or removed."""
    rows = system.tables.rows("ipvs", ihost_uuid=host["uuid"], lvm_vg_name=CGTS)
    return any(row["pv_state"] != PROVISIONED for row in rows)


def has_instances(system: System, host: Row) -> bool:
    """Whether the host has the instances filesystem, which takes nova-local's place."""
    return system.tables.first("host_fs", ihost_uuid=host["uuid"], name="instances") is not None


def _check_host(host: Row, name: str) -> None:
    if not host["subfunctions"]:
        raise refuse(f"Host {host['hostname']} has uninitialized subfunctions.")
    if "storage" in functions(host):
        raise refuse("Volume group operations not allowed on hosts with personality: storage")
    if name == NOVA_LOCAL and not has_worker(host):
        raise refuse(f"{NOVA_LOCAL} can only be added to a host which has a worker subfunction.")
    if name == NOVA_LOCAL and not stays_locked(host):
        raise refuse("Host must be locked")


def _check_new(name: str, capabilities: Row) -> None:
    if capabilities.get("lvm_function") != CSI and name not in NAMES:
        raise refuse(f"Volume Group name ({name}) must be \"'{NOVA_LOCAL}' or '{CGTS}'\"")
    if name == CGTS:
        raise refuse("cgts-vg volume group already exists")
    if capabilities.get("lvm_type") and not capabilities.get("lvm_function"):
        raise refuse(f"{capabilities['lvm_type']} provisioning requires to set the function as {CSI}")


def _refuse_beside_instances(system: System, host: Row, name: str) -> None:
    if name == NOVA_LOCAL and has_instances(system, host):
        raise refuse(
            f"{name} volume group can not be added while filesystem instances exists. Remove the filesytem and try"
            " again."
        )


def _revive(system: System, row: Row) -> Row:
    if row["vg_state"] != REMOVING:
        raise refuse(f"Volume Group ({row['lvm_vg_name']}) already present")
    system.update("ilvgs", row["uuid"], vg_state=ADDING)
    return row


def _insert(system: System, host: Row, name: str, capabilities: Row) -> Row:
    numbers = "lvm_max_lv lvm_cur_lv lvm_max_pv lvm_cur_pv lvm_vg_size lvm_vg_avail_size lvm_vg_total_pe lvm_vg_free_pe"
    values: Row = dict.fromkeys(numbers.split(), 0)
    return system.insert(
        "ilvgs", **values, vg_state=ADDING, lvm_vg_name=name, capabilities=capabilities, ihost_uuid=host["uuid"]
    )


def _capabilities(value: Any) -> Row:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise refuse("Invalid capabilities, could not be decoded as JSON") from None
    return found if isinstance(found, dict) else {}


def _release(system: System, volume: Row, *, gone: bool) -> None:
    table = "idisks" if volume["pv_type"] == "disk" else "partitions"
    if system.tables.find(table, volume["disk_or_part_uuid"]) is not None:
        system.update(table, volume["disk_or_part_uuid"], ipv_uuid=None)
    if gone:
        system.tables.delete("ipvs", volume["uuid"])
    else:
        system.update("ipvs", volume["uuid"], pv_state=REMOVING, ilvg_uuid=None, forilvgid=None)


def _runs_openstack(system: System, host: Row) -> bool:
    labels = system.tables.rows("labels", host_uuid=host["uuid"], label_key="openstack-compute-node")
    return any(label["label_value"] == "enabled" for label in labels)


def _refuse_without_group(host: Row, needed: bool) -> None:
    if needed:
        kind = "controller with worker functionality" if host["personality"] == "controller" else "worker"
        raise refuse(
            f"A {kind} requires a cgts-vg/instances-lv or a nova-local volume group prior to being enabled. Please"
            " update the storage settings for the host."
        )


def _refuse_empty(system: System, host: Row, needed: bool) -> None:
    rows = system.tables.rows("ipvs", ihost_uuid=host["uuid"], lvm_vg_name=NOVA_LOCAL)
    if all(row["pv_state"] == REMOVING for row in rows):
        needs = (
            "A host with worker functionality requires a cgts-vg/instances-lv or a nova-local volume group prior to"
            " being enabled. "
        )
        raise refuse(
            f"{needs if needed else ''}The nova-local volume group does not contain any physical volumes in the adding"
            " or provisioned state."
        )
