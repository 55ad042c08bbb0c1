"""What OSDs there must be before a host is unlocked, and which storage hosts hold copies of each other's data.

starlingx/config api/controllers/v1/host.py ``check_unlock_worker``, ``check_unlock_storage`` (asked only once the Ceph
backend is configured); conductor/ceph.py ``assign_host_to_peer_group``. Read in code, not recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Family, HostEvent, UnlockStage
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.sysinv.facts import is_controller
from reconciler.simulator.sysinv.topology import is_aio_duplex, is_aio_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("osd_unlock")


@family.unlock_check(UnlockStage.WORKER_STORAGE)
def enough_osds(system: System, host: Row) -> None:
    """host.py ``check_unlock_worker``: only once the Ceph backend is configured."""
    if not ceph.is_configured(system):
        return
    if is_aio_simplex(system):
        _check_simplex(system)
    elif is_aio_duplex(system):
        _check_duplex(system, host)
    elif ceph.model(system) == ceph.MODEL_UNDEFINED:
        raise refuse(
            "Can not unlock a worker node until the third Ceph monitor is defined by either adding a storage node or"
            " configuring a monitor on a worker node. Note that this will select the storage deployment model, check"
            " documentation for details and restrictions."
        )


@family.unlock_check(UnlockStage.STORAGE_HOST)
def storage_host_is_ready(system: System, host: Row) -> None:
    if not _of_host(system, host):
        raise refuse("Can not unlock a storage node without any Storage Volumes configured")
    active = len(ceph.active_monitors(system))
    again = host["hostname"] == "storage-0" and host["invprovision"] == "provisioned"
    needed = 1 if again else ceph.monitors_needed(system)
    if active < needed:
        raise refuse(
            f"Can not unlock storage node. Only {active} storage monitor available. At least {needed} unlocked and"
            " enabled hosts with monitors are required. Please ensure hosts with monitors are unlocked and enabled."
        )


@family.at(HostEvent.UNLOCKING)
def join_peer_group(system: System, host: Row) -> None:
    """conductor/ceph.py ``assign_host_to_peer_group``: groups of as many storage hosts as there are replicas."""
    if host["personality"] != "storage" or host.get("peers"):
        return
    size = ceph.replication(system)
    others = [row for row in system.tables.rows("ihosts", personality="storage") if row.get("peers")]
    group = [row for row in others if row["peers"]["name"] == f"group-{len(others) // size}"]
    members = [*(row["hostname"] for row in group), host["hostname"]]
    for row in (*group, host):
        system.update("ihosts", row["uuid"], peers={"name": f"group-{len(others) // size}", "hosts": members})


def _of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("istors", ihost_uuid=host["uuid"])


def _check_simplex(system: System) -> None:
    for tier in system.tables.rows("storage_tiers", type=ceph.CEPH):
        owner = system.tables.find("storage_backend", tier["backend_uuid"])
        count = int(owner["capabilities"]["replication"]) if owner else ceph.replication(system)
        if len(system.tables.rows("istors", tier_uuid=tier["uuid"])) < count:
            raise refuse(
                f"Can not unlock node until at least {count} osd stor {'is' if count == 1 else 'are'} configured for"
                f" tier '{tier['name']}'."
            )


def _check_duplex(system: System, host: Row) -> None:
    if not is_controller(host):
        return
    own = _of_host(system, host)
    if not own:
        raise refuse("Can not unlock node until at least one OSD is configured.")
    for tier in system.tables.rows("storage_tiers", type=ceph.CEPH):
        if all(row["tier_uuid"] != tier["uuid"] for row in own):
            raise refuse(
                "Can not unlock node until every storage tier has at least one OSD configured. Tier"
                f' "{tier["name"]}" has no OSD configured.'
            )
