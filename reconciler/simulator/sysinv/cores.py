"""Which logical processors do what: counts and lists per function, and the processors that they come to.

starlingx/config api/controllers/v1/cpu_utils.py. Counts are of physical cores: with hyper-threading each takes both
its siblings. Lists come first, then counts in the order of FUNCTIONS, from the lowest core up; the rest goes to
applications, or to the platform on hosts without worker functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.simulator.exchange import refuse
from reconciler.simulator.tables import Row

PLATFORM, VSWITCH, SHARED, APPLICATION, ISOLATED = (
    "Platform",
    "Vswitch",
    "Shared",
    "Application",
    "Application-isolated",
)
FUNCTIONS = (PLATFORM, VSWITCH, SHARED, APPLICATION, ISOLATED)
COUNTED = (PLATFORM, VSWITCH, SHARED, ISOLATED)
MOST_VSWITCH = 8

Counts = dict[int, dict[str, int]]
Lists = dict[str, list[int]]


@dataclass(frozen=True)
class Processors:
    """A host's logical processors by node, siblings side by side."""

    by_node: dict[int, list[int]]
    function: dict[int, str]
    threads: int
    worker: bool
    controller: bool

    @property
    def default(self) -> str:
        return APPLICATION if self.worker else PLATFORM

    def counts(self) -> Counts:
        """How many logical processors each function has on each node now."""
        return {
            node: {name: sum(self.function[cpu] == name for cpu in cpus) for name in FUNCTIONS}
            for node, cpus in self.by_node.items()
        }

    def node_of(self, cpu: int) -> int:
        for node, cpus in self.by_node.items():
            if cpu in cpus:
                return node
        raise refuse(f"Specified CPU {cpu} is invalid.")


def processors(rows: list[Row], *, worker: bool, controller: bool) -> Processors:
    """From the rows of icpus."""
    ordered = sorted(rows, key=lambda row: (row["core"], row["thread"]))
    by_node: dict[int, list[int]] = {}
    for row in ordered:
        by_node.setdefault(row["numa_node"], []).append(row["cpu"])
    threads = 1 + max((row["thread"] for row in rows), default=0)
    default = APPLICATION if worker else PLATFORM
    function = {row["cpu"]: row["allocated_function"] or default for row in rows}
    return Processors(dict(sorted(by_node.items())), function, threads, worker, controller)


def allocate(host: Processors, counts: Counts, lists: Lists) -> dict[int, str]:
    """The function of every processor."""
    function: dict[int, str] = {}
    for name in FUNCTIONS:
        for cpu in lists.get(name, ()):
            host.node_of(cpu)
            function[cpu] = name
    for node, cpus in host.by_node.items():
        free = [cpu for cpu in cpus if cpu not in function]
        for name in COUNTED:
            taken, free = free[: counts[node][name]], free[counts[node][name] :]
            function.update(dict.fromkeys(taken, name))
        function.update(dict.fromkeys(free, host.default))
    return function


def check(host: Processors, counts: Counts, lists: Lists, *, vswitch: bool) -> None:
    """Refuse what does not fit (``check_core_allocations``)."""
    _check_overlap(lists)
    _check_present(host, counts)
    total = {name: sum(counts[node][name] for node in counts) + len(lists.get(name, ())) for name in COUNTED}
    _check_platform(host, total[PLATFORM])
    if any(counts[node][SHARED] > host.threads for node in counts):
        raise refuse(f"{SHARED} cores are limited to 1 per processor.")
    if total[VSWITCH] and not vswitch:
        raise refuse("vSwitch cpus can only be used with a vswitch_type specified.")
    if total[VSWITCH] > MOST_VSWITCH * host.threads:
        raise refuse(f"The vswitch function can only be assigned up to {MOST_VSWITCH} cores.")
    if len(host.function) - total[PLATFORM] - total[VSWITCH] - total[ISOLATED] <= 0:
        raise refuse(f"There must be at least one unused core for {APPLICATION}.")


def parse(text: str) -> list[int]:
    """``3-5,6`` as numbers."""
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return sorted(numbers)


def named(text: str) -> str:
    """The function's own spelling."""
    return next((name for name in FUNCTIONS if name.lower() == text.lower()), text)


def _check_overlap(lists: Lists) -> None:
    chosen = [cpu for cpus in lists.values() for cpu in cpus]
    if len(chosen) != len(set(chosen)):
        raise refuse("Some CPUs are specified for more than one function.")


def _check_present(host: Processors, counts: Counts) -> None:
    for node, cpus in host.by_node.items():
        if sum(counts[node][name] for name in COUNTED) > len(cpus):
            raise refuse(f"More total logical cores requested than present on Processor {node} ({len(cpus)} cores).")


def _check_platform(host: Processors, total: int) -> None:
    if host.worker and host.controller:
        if total < 2:
            raise refuse(f"{PLATFORM} must have at least two cores.")
    elif total == 0:
        raise refuse(f"{PLATFORM} must have at least one core.")
