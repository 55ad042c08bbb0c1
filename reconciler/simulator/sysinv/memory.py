"""Memory per processor: platform reservation and huge pages (starlingx/config api/controllers/v1/memory.py).

A host must be locked, but a lone unlocked host of a system that is not simplex may be changed. Every change starts a
forced grub manifest; pending pages become present with the host's unlock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family, HostEvent, UnlockStage
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import grub, huge_pages
from reconciler.simulator.sysinv.cpus import has_vswitch
from reconciler.simulator.sysinv.facts import has_worker, is_locked
from reconciler.simulator.sysinv.topology import is_unlocked_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("memory")

SIZES = ("2M", "1G")
NUMBERS = (
    "platform_reserved_mib",
    "vm_hugepages_nr_2M_pending",
    "vm_hugepages_nr_1G_pending",
    "vswitch_hugepages_reqd",
    "vswitch_hugepages_size_mib",
)

MEMORY = family.collection(
    Collection(
        "imemorys",
        columns="uuid memtotal_mib memavail_mib platform_reserved_mib hugepages_configured vswitch_hugepages_size_mib"
        " vswitch_hugepages_reqd vswitch_hugepages_nr vswitch_hugepages_avail vm_pending_as_percentage"
        " vm_hugepages_nr_2M_pending vm_hugepages_2M_percentage vm_hugepages_nr_2M vm_hugepages_avail_2M"
        " vm_hugepages_nr_1G_pending vm_hugepages_1G_percentage vm_hugepages_nr_1G vm_hugepages_nr_4K"
        " vm_hugepages_use_1G vm_hugepages_avail_1G vm_hugepages_possible_2M vm_hugepages_possible_1G"
        " minimum_platform_reserved_mib numa_node capabilities ihost_uuid inode_uuid created_at updated_at",
        host_key="ihost_uuid",
        noun="Server",
    )
)


@family.on("PATCH", "/imemorys/{uuid}")
def change_memory(system: System, call: Call) -> Row:
    row = system.tables.find("imemorys", call["uuid"])
    if row is None:
        raise refuse(f"Server {call['uuid']} could not be found.", 404)
    host = system.host(row["ihost_uuid"])
    asked = replaced(typed_operations(call.body))
    if host["personality"] == "storage":
        raise refuse("Operation not permitted.", 403)
    _check_host(system, host)
    _check_pages(system, host, row, asked)
    huge_pages.check_platform(row, asked, worker=has_worker(host))
    row = system.update("imemorys", row["uuid"], **_stored(row, asked))
    grub.update(system, host, forced=True)
    return shown(system, MEMORY, row, call)


@family.unlock_check(UnlockStage.WORKER_MEMORY)
def pages_have_one_size(system: System, host: Row) -> None:
    """host.py ``_check_memory_for_single_size``: 2M and 1G pages exclude each other on a whole host."""
    asked = {size: any(row[f"vm_hugepages_nr_{size}_pending"] for row in of_host(system, host)) for size in SIZES}
    if all(asked.values()):
        raise refuse("Rejected: Only 2M huge page allocation is supported")


@family.unlock_check(UnlockStage.WORKER_MEMORY)
def memory_suffices(system: System, host: Row) -> None:
    for row in of_host(system, host):
        if huge_pages.allocated(row) > huge_pages.total(row):
            raise refuse(
                f"Rejected: Total allocated memory exceeds the total memory of {host['hostname']} numa node"
                f" {row['numa_node']} "
            )


@family.at(HostEvent.UNLOCKING)
def count_small_pages(system: System, host: Row) -> None:
    if has_worker(host):
        for row in of_host(system, host):
            system.update("imemorys", row["uuid"], vm_hugepages_nr_4K=huge_pages.pages_of_4k(row))


@family.at(HostEvent.ENABLED)
def have_what_was_pending(system: System, host: Row) -> None:
    for row in of_host(system, host):
        present: Row = {}
        for size in SIZES:
            pending = row[f"vm_hugepages_nr_{size}_pending"]
            if pending is not None:
                present[f"vm_hugepages_nr_{size}"] = _count(row, size, pending)
                present[f"vm_hugepages_nr_{size}_pending"] = None
        if present:
            system.update("imemorys", row["uuid"], **present)


@family.after_load
def complete(system: System) -> None:
    """The node's whole memory is not shown, so it is worked out once."""
    for row in system.tables.rows("imemorys"):
        system.tables.update("imemorys", row["uuid"], {"node_memtotal_mib": huge_pages.total(row)})


def of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("imemorys", ihost_uuid=host["uuid"])


def _check_host(system: System, host: Row) -> None:
    if is_locked(host):
        return
    others = [each for each in system.hosts() if not is_locked(each) and each["uuid"] != host["uuid"]]
    if is_unlocked_simplex(system, host) or others:
        raise refuse("Host must be locked.")


def _check_pages(system: System, host: Row, row: Row, asked: Row) -> None:
    if not has_worker(host):
        if any(asked.get(name) is not None for name in NUMBERS[1:]):
            raise refuse("Hugepages memory configuration is not supported for this node.")
        return
    try:
        huge_pages.check_pages(row, asked, vswitch=has_vswitch(system))
    except Fault as fault:
        raise refuse(f"Processor {row['numa_node']}: {fault.text}") from None


def _stored(row: Row, asked: Row) -> Row:
    values = {name: int(value) if name in NUMBERS and value is not None else value for name, value in asked.items()}
    if "vm_pending_as_percentage" in values:
        values["vm_pending_as_percentage"] = str(values["vm_pending_as_percentage"]).lower() == "true"
    if values.get("vm_pending_as_percentage"):
        for size in SIZES:
            if values.get(f"vm_hugepages_nr_{size}_pending") is not None:
                values[f"vm_hugepages_{size}_percentage"] = values[f"vm_hugepages_nr_{size}_pending"]
    return values


def _count(row: Row, size: str, pending: int) -> int:
    """Pages that a percentage amounts to on this node."""
    if not row["vm_pending_as_percentage"]:
        return int(pending)
    available = huge_pages.total(row) - row["platform_reserved_mib"]
    return int(available * pending) // 100 // (huge_pages.MIB_2M if size == "2M" else huge_pages.MIB_1G)
