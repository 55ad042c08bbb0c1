"""What memory a node has for huge pages, and whether a request fits.

starlingx/config api/controllers/v1/memory.py ``_check_huge_values``, ``_check_memory``. Pages and percentages that are
asked for are ``pending`` until the host's unlock. The node's whole memory (``node_memtotal_mib``) is not shown by the
API; the recordings' fault texts give it away.
"""

from __future__ import annotations

from typing import Any

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.tables import Row

MIB_2M, MIB_1G = 2, 1024
KERNEL_OWN_MIB = 11_000
"""How much more a node has than memtotal_mib says (recorded: 96,000 of which 85,000 are shown)."""

TOLERANCE_MIB = 32
WHAT_IS_COUNTED = {
    "vm_hugepages_nr_2M_pending": "VM huge pages 2M",
    "vm_hugepages_nr_1G_pending": "VM huge pages 1G",
}


def total(row: Row) -> int:
    """All of the node's memory, MiB."""
    return int(row.get("node_memtotal_mib") or row["memtotal_mib"] + KERNEL_OWN_MIB)


def check_pages(row: Row, asked: Row, *, vswitch: bool) -> None:
    """Refuse huge pages that do not fit; the caller names the processor."""
    if row["vm_hugepages_use_1G"] is False and asked.get("vm_hugepages_nr_1G_pending"):
        raise refuse("Processor does not support 1G huge pages.")
    for name, words in WHAT_IS_COUNTED.items():
        _check_number(asked.get(name), words)
    _check_vswitch(asked, vswitch=vswitch)
    _check_sizes(row, asked, vswitch=vswitch)
    _check_fit(row, asked)


def check_platform(row: Row, asked: Row, *, worker: bool) -> None:
    """Refuse a platform reservation below the minimum, above two thirds, or more than what is left."""
    value = asked.get("platform_reserved_mib")
    if not value:
        return
    reserved, node = _number(value, "Platform memory must be a number"), row["numa_node"]
    if reserved < row["minimum_platform_reserved_mib"]:
        raise refuse(
            f"Platform reserved memory for numa node {node} must be greater than the minimum value"
            f" {row['minimum_platform_reserved_mib']}"
        )
    whole = total(row) if worker else row["memtotal_mib"]
    if reserved > whole * 2 // 3:
        raise refuse(
            f"Platform reserved memory {reserved} MiB on node {node} is not within range"
            f" [{row['minimum_platform_reserved_mib']}, {whole * 2 // 3}]"
        )
    taken = _taken(row, asked, whole - reserved)
    if reserved > whole - taken + TOLERANCE_MIB:
        raise _exceeds(reserved, whole, taken)


def allocated(row: Row) -> int:
    """What reservation and huge pages will take after the unlock, MiB."""
    return int(row["platform_reserved_mib"]) + _taken(row, {}, total(row) - row["platform_reserved_mib"])


def pages_of_4k(row: Row) -> int:
    """What is left in small pages once the pending huge ones are there (host.py ``_update_huge_pages``)."""
    return max(0, total(row) - allocated(row)) * 256


def _pages(row: Row, asked: Row, size: str) -> int:
    """The pages of this size that will be there: asked for, pending, or present."""
    if asked.get(f"vm_hugepages_nr_{size}_pending") is not None:
        return int(asked[f"vm_hugepages_nr_{size}_pending"])
    pending = row[f"vm_hugepages_nr_{size}_pending"]
    return int(row[f"vm_hugepages_nr_{size}"] or 0) if pending is None else int(pending)


def _in_percent(row: Row, asked: Row) -> bool:
    wanted = asked.get("vm_pending_as_percentage")
    return bool(row["vm_pending_as_percentage"]) if wanted is None else str(wanted).lower() == "true"


def _vswitch_mib(row: Row, asked: Row) -> int:
    count = asked.get("vswitch_hugepages_reqd")
    pages = row["vswitch_hugepages_nr"] if count is None else int(count)
    size = asked.get("vswitch_hugepages_size_mib") or row["vswitch_hugepages_size_mib"] or MIB_2M
    return int(pages or 0) * int(size)


def _taken(row: Row, asked: Row, available: int) -> int:
    vswitch = _vswitch_mib(row, asked)
    return vswitch + _mib(row, asked, "2M", available - vswitch) + _mib(row, asked, "1G", available - vswitch)


def _mib(row: Row, asked: Row, size: str, available: int) -> int:
    pages = _pages(row, asked, size)
    if _in_percent(row, asked):
        return available * pages // 100
    return pages * (MIB_2M if size == "2M" else MIB_1G)


def _check_number(value: Any, words: str) -> None:
    if value is not None and _number(value, f"{words} must be a number") < 0:
        raise refuse(f"{words} must be greater than or equal to zero")


def _number(value: Any, text: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise refuse(text) from None


def _check_vswitch(asked: Row, *, vswitch: bool) -> None:
    count, size = asked.get("vswitch_hugepages_reqd"), asked.get("vswitch_hugepages_size_mib")
    if count and not size:
        raise refuse("No vswitch hugepage size specified.")
    if count and not vswitch and _number(count, "vSwitch huge pages must be a number") != 0:
        raise refuse("vSwitch huge pages must be 0 when vSwitch type is none")
    if size:
        mib = _number(size, "vSwitch huge pages must be a number")
        if mib <= 0:
            raise refuse("vSwitch huge pages size (MiB) must be greater than zero")
        if mib & (mib - 1):
            raise refuse("vSwitch hugepage size (MiB) must be a power of 2")


def _check_sizes(row: Row, asked: Row, *, vswitch: bool) -> None:
    small, large = _pages(row, asked, "2M"), _pages(row, asked, "1G")
    if vswitch and (small or large):
        size = int(asked.get("vswitch_hugepages_size_mib") or row["vswitch_hugepages_size_mib"] or MIB_2M)
        if size == MIB_1G and small:
            raise refuse("Only 1G huge page allocation is supported")
        if size != MIB_1G and large:
            raise refuse("Only 2M huge page allocation is supported")
    elif small and large:
        raise refuse("Host only supports single huge page size.")
    if _in_percent(row, asked):
        for size_name, pages in (("2M", small), ("1G", large)):
            if not 0 <= pages <= 100:
                raise refuse(f"{size_name} hugepage percent allocation must be within 0% - 100%.")


def _check_fit(row: Row, asked: Row) -> None:
    reserved = int(asked.get("platform_reserved_mib") or row["platform_reserved_mib"])
    possible, vswitch = total(row) - reserved, _vswitch_mib(row, asked)
    small, large = (_mib(row, asked, size, possible - vswitch) for size in ("2M", "1G"))
    if small + large + vswitch > possible:
        most = (possible - vswitch - large) // MIB_2M, (possible - vswitch - small) // MIB_1G
        raise _too_much(row, asked, (possible, small + large + vswitch), (max(0, most[0]), max(0, most[1])))


def _too_much(row: Row, asked: Row, room: tuple[int, int], most: tuple[int, int]) -> Fault:
    """``room``: MiB possible and requested; ``most``: how many 2M and 1G pages would fit."""
    small, large = _pages(row, asked, "2M"), _pages(row, asked, "1G")
    start = f"For a requested vSwitch hugepage allocation of {_vswitch_mib(row, asked)} MiB, max"
    if small and large:
        return refuse(
            f"{start} 1G pages is {most[1]} when 2M is {small}, or max 2M pages is {most[0]} when 1G is {large}"
        )
    if large:
        return refuse(f"{start} 1G pages: {most[1]}. . hp_possible: {room[0]}. hp_requested: {room[1]}")
    if small:
        return refuse(f"{start} 2M pages: {most[0]}")
    return refuse(f"Max vSwitch hugepage allocation is {room[1]} MiB, when 2M is {small} and 1G is {large}")


def _exceeds(reserved: int, whole: int, taken: int) -> Fault:
    available = whole - taken
    delta = reserved - available
    return refuse(
        f"Platform reserved memory {reserved} MiB exceeds {available} MiB available by {delta} MiB (2M:"
        f" {delta // 2} pages; 1G: {delta // 1024} pages). total memory={whole} MiB, allocated={taken} MiB."
    )
