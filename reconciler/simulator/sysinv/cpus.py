"""Processors and what each is for (starlingx/config api/controllers/v1/cpu.py, host.py ``host_cpus_modify``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, UnlockStage
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import cores, grub
from reconciler.simulator.sysinv.cores import Counts, Lists, Processors
from reconciler.simulator.sysinv.facts import has_worker, is_controller, is_locked
from reconciler.simulator.sysinv.topology import hosts_of, is_unlocked_simplex, must_be_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("cpus")

CPUS = family.collection(
    Collection(
        "icpus",
        columns="uuid cpu core thread cpu_family cpu_model allocated_function numa_node capabilities ihost_uuid"
        " inode_uuid created_at updated_at",
        more="function cpulist num_cores_on_processor0 num_cores_on_processor1 num_cores_on_processor2"
        " num_cores_on_processor3",
        host_key="ihost_uuid",
        noun="Server",
    )
)


@family.on("PUT", "/ihosts/{host}/state/host_cpus_modify")
def modify(system: System, call: Call) -> Row:
    """Counts are of physical cores; the answer lists all of the host's processors."""
    host = system.host(call["host"])
    _check_host(system, host)
    wanted = call.body if isinstance(call.body, list) else []
    present = _processors(system, host)
    for item in wanted:
        _check_item(host, present, item)
    counts, lists = present.counts(), _lists(wanted)
    for item in wanted:
        _count(present, counts, item)
    cores.check(present, counts, lists, vswitch=has_vswitch(system))
    _store(system, host, cores.allocate(present, counts, lists))
    grub.update(system, host)
    return listed(system, CPUS, of_host(system, host), call)


@family.on("PATCH", "/icpus/{uuid}")
def patch_one(system: System, call: Call) -> Row:
    """Deprecated upstream: the counts decide, so a function asked for here need not come out."""
    row = system.tables.find("icpus", call["uuid"])
    if row is None:
        raise refuse(f"Server {call['uuid']} could not be found.", 404)
    host = system.host(row["ihost_uuid"])
    replaced(typed_operations(call.body))
    _check_host(system, host)
    present = _processors(system, host)
    cores.check(present, present.counts(), {}, vswitch=has_vswitch(system))
    function = cores.allocate(present, present.counts(), {})[row["cpu"]]
    row = system.update("icpus", row["uuid"], allocated_function=function)
    return shown(system, CPUS, row, call)


@family.unlock_check(UnlockStage.WORKER_CPUS)
def vswitch_cores_fit_the_type(system: System, host: Row) -> None:
    kind = vswitch_type(system)
    used = system.tables.first("icpus", ihost_uuid=host["uuid"], allocated_function=cores.VSWITCH) is not None
    if kind == "none" and used:
        raise refuse("vSwitch cpus can only be used with a vswitch_type specified.")
    if kind == "ovs-dpdk" and not used:
        raise refuse("vSwitch cpus must be enabled on this host for ovs-dpdk to function.")


def of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("icpus", ihost_uuid=host["uuid"])


def vswitch_type(system: System) -> str:
    return str(system.own["capabilities"].get("vswitch_type") or "none")


def has_vswitch(system: System) -> bool:
    return vswitch_type(system) != "none"


def _check_host(system: System, host: Row) -> None:
    if is_unlocked_simplex(system, host):
        raise must_be_locked(host)
    alone = is_controller(host) and len(hosts_of(system, "controller")) == 1
    if not is_locked(host) and not alone:
        raise refuse("Host must be locked.")
    if not has_worker(host):
        raise refuse("Can only modify worker node cores.")


def _processors(system: System, host: Row) -> Processors:
    return cores.processors(of_host(system, host), worker=has_worker(host), controller=is_controller(host))


def _check_item(host: Row, present: Processors, item: Row) -> None:
    function, sockets, text = item.get("function"), item.get("sockets") or [], item.get("cpulist")
    if sockets and text:
        raise refuse(f"host {host['uuid']}:  socket={sockets} and cpulist={text} may not both be specified")
    if not function or not (sockets or text):
        raise refuse(
            f"host {host['uuid']}:  cpu function={function} or (socket={sockets} and cpulist={text}) not specified"
        )
    for node, count in _sockets(item):
        if node >= len(present.by_node):
            raise refuse(f"There is no Processor (Socket) {node} on this host.")
        if count < 0:
            raise refuse("Specified cpu values must be non-negative.")
    if text and max(cores.parse(text)) > max(present.function):
        raise refuse("Specified cpulist contains nonexistant CPUs.")


def _sockets(item: Row) -> list[tuple[int, int]]:
    return [(int(node), int(count)) for socket in item.get("sockets") or [] for node, count in socket.items()]


def _lists(wanted: list[Any]) -> Lists:
    return {cores.named(item["function"]): cores.parse(item.get("cpulist") or "") for item in wanted}


def _count(present: Processors, counts: Counts, item: Row) -> None:
    """A function that is given by a list has no count left."""
    name, sockets = cores.named(item["function"]), _sockets(item)
    if not sockets:
        for node in counts:
            counts[node][name] = 0
    for node, count in sockets:
        counts[node][name] = count * present.threads


def _store(system: System, host: Row, function: dict[int, str]) -> None:
    for row in of_host(system, host):
        if row["allocated_function"] != function[row["cpu"]]:
            system.update("icpus", row["uuid"], allocated_function=function[row["cpu"]])
