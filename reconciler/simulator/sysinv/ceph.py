"""Bare-metal Ceph as the checks see it: deployment model, monitors, replication, backends by type.

starlingx/config common/ceph.py ``get_ceph_storage_model``, ``get_monitors_status``; common/storage_backend_conf.py;
api/controllers/v1/utils.py ``check_node_lock_ceph_mon``. The simulated cluster is healthy: a monitor on a host that is
up is in the quorum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.sysinv.topology import hosts_of, is_aio, is_aio_duplex, is_aio_simplex, is_up
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

CEPH, ROOK = "ceph", "ceph-rook"
STORE = "ceph-store"
CONFIGURED, CONFIGURING, ON_UNLOCK = "configured", "configuring", "configuring-on-unlock"
WITH_APP = "configuring-with-app"
PROVISION_STORAGE = "provision-storage"
MODEL_SX, MODEL_CONTROLLER, MODEL_STORAGE, MODEL_UNDEFINED = "aio-sx", "controller-nodes", "storage-nodes", "undefined"
MINIMUM_BY_REPLICATION = {1: 1, 2: 1, 3: 2}
MONITORS_NEEDED_AIO, MONITORS_NEEDED = 1, 2


def model(system: System) -> str:
    """Where OSDs go. On a standard system a monitor on a worker decides for the controllers, storage-0 for itself."""
    if is_aio_simplex(system):
        return MODEL_SX
    if is_aio_duplex(system):
        return MODEL_CONTROLLER
    if _has_storage_hosts(system):
        return MODEL_STORAGE
    return MODEL_CONTROLLER if _has_worker_monitor(system) or _has_controller_osds(system) else MODEL_UNDEFINED


def primary(system: System) -> Row | None:
    """The backend ceph-store."""
    return system.tables.first("storage_backend", backend=CEPH, name=STORE)


def has_backend(system: System, kind: str) -> bool:
    return system.tables.first("storage_backend", backend=kind) is not None


def is_configured(system: System) -> bool:
    row = primary(system)
    return row is not None and row["state"] == CONFIGURED


def replication(system: System) -> int:
    """The largest of all Ceph backends; the default of 2 without any."""
    rows = system.tables.rows("storage_backend", backend=CEPH)
    return max((int(row["capabilities"]["replication"]) for row in rows), default=2)


def minimum_replication(system: System) -> int:
    row = primary(system)
    return int(row["capabilities"]["min_replication"]) if row else 1


def monitor_of(system: System, host: Row) -> Row | None:
    return system.tables.first("ceph_mon", ihost_uuid=host["uuid"])


def active_monitors(system: System) -> list[str]:
    """Names of the hosts whose monitor runs and which are not being locked."""
    hosts = [system.tables.find("ihosts", row["ihost_uuid"]) for row in system.tables.rows("ceph_mon")]
    return [host["hostname"] for host in hosts if host and is_up(host) and not _is_locking(host)]


def monitors_needed(system: System) -> int:
    return MONITORS_NEEDED_AIO if is_aio(system) else MONITORS_NEEDED


def refuse_without_quorum(system: System, host: Row) -> None:
    """Refuse to lose a monitor where only the needed number runs."""
    active, needed = active_monitors(system), monitors_needed(system)
    if len(active) <= needed and host["hostname"] in active:
        raise too_few_monitors(len(active), needed)


def too_few_monitors(active: int, needed: int) -> Fault:
    return refuse(
        f"Only {active} storage monitor available. At least {needed} unlocked and enabled hosts with monitors are"
        " required. Please ensure hosts with monitors are unlocked and enabled. Use --force --unsafe if you wish to"
        " lock anyway."
    )


def _is_locking(host: Row) -> bool:
    return (host["ihost_action"] or "").startswith(("lock", "force-lock", "force-unsafe-lock"))


def _has_storage_hosts(system: System) -> bool:
    return bool(hosts_of(system, "storage"))


def _has_worker_monitor(system: System) -> bool:
    workers = {host["uuid"] for host in hosts_of(system, "worker")}
    return any(row["ihost_uuid"] in workers for row in system.tables.rows("ceph_mon"))


def _has_controller_osds(system: System) -> bool:
    controllers = {host["uuid"] for host in hosts_of(system, "controller")}
    return any(row["ihost_uuid"] in controllers for row in system.tables.rows("istors"))
