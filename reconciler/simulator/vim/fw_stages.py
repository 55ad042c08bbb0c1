"""Writing images into devices: the stages and steps of a strategy `fw-update` (nfv_vim/strategy/_strategy.py FwUpdateStrategy).

Hosts with workloads whose images are pending: each writes them while it is in service, and is locked and unlocked then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault
from reconciler.simulator.sysinv import device_images
from reconciler.simulator.sysinv.facts import has_worker, is_controller, is_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.vim.rows import DONE, INITIAL

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Step = tuple[str, tuple[str, ...]]
Stage = tuple[str, tuple[Step, ...]]
NAME, HOSTS, ABORT = "fw-update", "fw-update-hosts", "fw-update-abort-hosts"
IGNORED = frozenset({"100.119", "200.001", "280.002", "700.004", "900.006", "900.301", "900.701"})
"""FwUpdateStrategy IGNORE_ALARMS."""
LOOK_S = 60.0
"""How often VIM asks for the host while it writes."""


def nonsense(row: Row) -> str:
    if row["worker_apply_type"] == "ignore":
        return "Worker apply type is 'ignore' ; must be 'serial' or 'parallel'"
    return ""


def applying(system: System, row: Row) -> list[Stage] | str:
    """The stages, or why there are none."""
    due = [host for host in system.hosts() if _is_due(host)]
    stages = [("fw-update-worker-hosts", tuple(_steps(system, group))) for group in _in_turn(row, due)]
    return stages or "no firmware update required"


def _is_due(host: Row) -> bool:
    in_service = (host["administrative"], host["operational"]) == ("unlocked", "enabled")
    return has_worker(host) and in_service and host.get("device_image_update") == device_images.PENDING


def _in_turn(row: Row, due: Sequence[Row]) -> Iterator[list[Row]]:
    """Controllers first, each alone (_create_worker_host_lists)."""
    yield from ([host] for host in due if is_controller(host))
    workers = [host for host in due if not is_controller(host)]
    size = row["max_parallel_worker_hosts"] if row["worker_apply_type"] == "parallel" else 1
    yield from (workers[at : at + size] for at in range(0, len(workers), size))


def _steps(system: System, hosts: Sequence[Row]) -> Iterator[Step]:
    names = tuple(host["hostname"] for host in hosts)
    yield "query-alarms", ()
    yield HOSTS, names
    if is_controller(hosts[0]) and not is_simplex(system):
        yield "swact-hosts", names
    yield "lock-hosts", names
    yield "system-stabilize", ()
    yield "unlock-hosts", names
    yield "system-stabilize", ()


def undoing(steps: Sequence[Row]) -> tuple[Step, ...]:
    """Hosts that were writing when it ended are told to stop behind what they write."""
    left = (step for step in steps if step["name"] == HOSTS and step["result"] not in {INITIAL, DONE})
    return tuple((ABORT, tuple(step["hosts"])) for step in left)


def _begin(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    try:
        for name in step["hosts"]:
            device_images.update(system, system.host(name))
    except Fault as fault:
        return fault.text
    return ""


def _written(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    """Done where nothing is left; a host of which something failed is pending again."""
    if system.now - step["begun"] < LOOK_S:
        return None
    states = {name: system.host(name).get("device_image_update") for name in step["hosts"]}
    if device_images.GOING in states.values():
        return None
    failed = [name for name, state in states.items() if state]
    return f"Firmware update failed ; {' '.join(failed)} " if failed else ""


def _stop(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    for name in step["hosts"]:
        device_images.abort(system, system.host(name))
    return ""


BEGIN: dict[str, Callable[[System, Row, Row], str]] = {HOSTS: _begin, ABORT: _stop}
END: dict[str, Callable[[System, Row, Row], str | None]] = {HOSTS: _written}
