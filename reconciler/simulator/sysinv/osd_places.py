"""On which hosts and disks an OSD may be now.

starlingx/config api/controllers/v1/storage.py ``_check_host``, ``_check_disk``. Under ceph the deployment model says on
which hosts: controllers may be locked or enabled, storage hosts must be locked. Under ceph-rook its own model does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.sysinv.disks import disk
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.sysinv.storage_rook import deployment_model
from reconciler.simulator.sysinv.topology import is_aio
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System


def check_host(system: System, host: Row) -> None:
    """Whether this host may have OSDs added or removed now (``_check_host``)."""
    if ceph.has_backend(system, ceph.CEPH):
        _check_ceph_host(system, host)
        if not is_aio(system):
            ceph.refuse_without_quorum(system, host)
    elif ceph.has_backend(system, ceph.ROOK):
        _check_rook_host(system, host)
    else:
        raise refuse("System must have either a ceph or a ceph-rook backend")


def _check_ceph_host(system: System, host: Row) -> None:
    model = ceph.model(system)
    place = {ceph.MODEL_STORAGE: "storage", ceph.MODEL_CONTROLLER: "controller"}.get(model)
    if place and host["personality"] != place:
        raise refuse(f"Storage model is '{model}'. Storage devices can only be added to {place} nodes.")
    if model == ceph.MODEL_UNDEFINED:
        raise refuse(
            "Please install storage-0 or configure a Ceph monitor on a worker node before adding storage devices."
        )
    if model in (ceph.MODEL_CONTROLLER, ceph.MODEL_SX):
        if not is_locked(host) and host["operational"] != "enabled":
            raise refuse(f"Host {host['hostname']} must be unlocked and operational state enabled.")
    elif not is_locked(host):
        raise refuse(f"Host {host['hostname']} must be locked.")


def _check_rook_host(system: System, host: Row) -> None:
    model = deployment_model(system)
    wanted = {"controller": "controller", "dedicated": "worker"}.get(model)
    if wanted and host["personality"] != wanted:
        raise refuse(
            f"Deployment model {model} from storage backend ceph-rook-store does not support osd on host"
            f" {host['hostname']}."
        )


def free_disk(system: System, host: Row, uuid: str | None) -> Row:
    """The disk, where nothing lies on it. Raises Fault."""
    if not uuid:
        raise refuse("Invalid data: failed to create a storage object")
    found = disk(system, uuid)
    if found["istor_uuid"]:
        raise refuse("Disk already assigned.")
    if found["ihost_uuid"] != host["uuid"]:
        raise refuse("Disk is attached to a different host")
    if found["capabilities"].get("stor_function") == "rootfs":
        raise refuse("Can not associate to a rootfs disk")
    if system.tables.first("partitions", idisk_uuid=uuid):
        raise refuse("Cannot assign storage function to a disk that contains other partitions.")
    if found["ipv_uuid"]:
        raise refuse(
            "Cannot assign storage function to a disk already assigned as a physical volume to a volume group."
        )
    return found
