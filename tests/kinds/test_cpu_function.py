"""Cores per NUMA node and function: physical ones, all that differ in one call."""

from __future__ import annotations

from reconciler.model.words import Needs
from tests.kinds.machines import AIO, HOST, KINDS, context, differences, host, observed, planned, rows, why_not
from tests.kinds.networks import calls, key


def cpus(*functions: str, threads: int = 2, node: int = 0) -> list[dict[str, object]]:
    """Rows of /icpus: one core for each function, every thread of it."""
    return [
        {
            "uuid": f"cpu-{node}-{core}-{thread}",
            "core": core,
            "thread": thread,
            "numa_node": node,
            "allocated_function": function,
            "ihost_uuid": f"host-{HOST}",
        }
        for core, function in enumerate(functions)
        for thread in range(threads)
    ]


TWO_NODES = cpus("Platform", "Application", "Application-isolated") + cpus("Application", "Application", node=1)


def text(*functions: tuple[int, str, int]) -> str:
    nodes = [{"node": n, "functions": [{"function": f, "count": c}]} for n, f, c in functions]
    return f"hosts: {{controller-0: {{processors: {nodes}}}}}"


def test_cores_are_counted_and_not_their_threads_and_no_core_is_zero():
    seen = observed(rows(icpus=TWO_NODES)).resources
    found = {k.name: r.spec.count for k, r in seen.items() if k.kind == "cpu-function"}
    assert {name: count for name, count in found.items() if count} == {"0/platform": 1, "0/application-isolated": 1}
    assert (found["0/vswitch"], found["1/platform"], len(found)) == (0, 0, 8)


def test_no_vswitch_core_is_what_a_host_without_one_has():
    assert differences(text((0, "vswitch", 0)), rows(icpus=TWO_NODES)) == {}


def test_all_that_differs_is_one_call_and_other_nodes_keep_their_cores():
    said = text((0, "platform", 2), (0, "application-isolated", 0), (1, "application-isolated", 2), (1, "platform", 0))
    (call,) = calls(planned(said, rows(icpus=TWO_NODES)))
    assert (call.method, call.path) == ("PUT", "/v1/ihosts/{host}/state/host_cpus_modify")
    assert call.body == [
        {"function": "application-isolated", "sockets": [{"0": 0}, {"1": 2}]},
        {"function": "platform", "sockets": [{"0": 2}]},
    ]


def test_what_is_left_is_for_applications_whatever_git_says_of_it():
    assert differences(text((0, "application", 9)), rows(icpus=TWO_NODES)) == {}


def test_it_takes_a_lock():
    around = context(text((0, "platform", 2)), rows(icpus=TWO_NODES))
    (change,) = differences(text((0, "platform", 2)), rows(icpus=TWO_NODES)).values()
    assert KINDS["cpu-function"].needs_of(change, around) is Needs.LOCKED


def test_why_it_cannot_be():
    name = str(key("cpu-function", "3/platform"))
    assert "no NUMA node 3" in why_not(text((3, "platform", 1)), rows(icpus=TWO_NODES))[name]
    name = str(key("cpu-function", "0/platform"))
    assert "no worker function" in why_not(text((0, "platform", 2)), rows(host(), icpus=TWO_NODES))[name]
    new = host(state="new", inv_state=None, **AIO)
    assert "not installed yet" in why_not(text((0, "platform", 2)), rows(new))["host/controller-0"]
