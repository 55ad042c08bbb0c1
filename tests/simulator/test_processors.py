"""Processors, huge pages, the kernel and PCI devices of a host."""

from __future__ import annotations

import pytest

from reconciler.simulator.bootstrapping import bootstrapped

from . import racks
from .conftest import Api, give_oam, patch, unlock

HOST = "controller-0"


@pytest.fixture
def mill() -> Api:
    return Api(bootstrapped(racks.SIMPLEX))


@pytest.fixture
def unlocked(mill) -> Api:
    give_oam(mill, HOST)
    unlock(mill, HOST)
    return mill


def assign(api: Api, *functions: dict) -> list[dict]:
    uuid = api.host(HOST)["uuid"]
    return api.ok("PUT", f"/ihosts/{uuid}/state/host_cpus_modify", list(functions))["icpus"]


def cpus(api: Api, function: str) -> list[int]:
    rows = api.get(f"/ihosts/{HOST}/icpus")["icpus"]
    return sorted(row["cpu"] for row in rows if row["allocated_function"] == function)


def refused(api: Api, *functions: dict) -> str:
    uuid = api.host(HOST)["uuid"]
    return api.refusal("PUT", f"/ihosts/{uuid}/state/host_cpus_modify", list(functions))[1]


def node(api: Api, number: int) -> dict:
    return next(row for row in api.get(f"/ihosts/{HOST}/imemorys")["imemorys"] if row["numa_node"] == number)


def pages(api: Api, number: int, **values: int) -> dict:
    return api.patch(f"/imemorys/{node(api, number)['uuid']}", **values)


class TestProcessors:
    def test_cores_are_taken_from_the_front_with_their_siblings(self, mill):
        assign(mill, {"function": "platform", "sockets": [{"0": 3}]})
        assert cpus(mill, "Platform") == [0, 1, 2, 16, 17, 18]

    def test_what_is_asked_for_replaces_what_was(self, mill):
        assign(mill, {"function": "platform", "sockets": [{"0": 1}, {"1": 1}]})
        assert cpus(mill, "Platform") == [0, 8, 16, 24]

    def test_processors_may_be_named(self, mill):
        assign(mill, {"function": "application-isolated", "cpulist": "8-10,24-26"})
        assert cpus(mill, "Application-isolated") == [8, 9, 10, 24, 25, 26]

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"function": "platform", "sockets": [{"0": 9}]}, "More total logical cores requested than present"),
            ({"function": "platform", "sockets": [{"2": 1}]}, "There is no Processor (Socket) 2 on this host."),
            ({"function": "platform", "sockets": [{"0": 0}]}, "Platform must have at least two cores."),
            ({"function": "platform", "sockets": [{"0": -1}]}, "Specified cpu values must be non-negative."),
            ({"function": "platform", "cpulist": "40"}, "Specified cpulist contains nonexistant CPUs."),
            ({"function": "vswitch", "sockets": [{"0": 1}]}, "vSwitch cpus can only be used with a vswitch_type"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_changes_nothing(self, mill, asked, said):
        before = cpus(mill, "Platform")
        assert said in refused(mill, asked)
        assert cpus(mill, "Platform") == before

    def test_the_host_must_be_locked(self, unlocked):
        said = refused(unlocked, {"function": "platform", "sockets": [{"0": 1}]})
        assert said.endswith(f"Host {HOST} is in administrative state = unlocked.")


class TestMemory:
    def test_pages_are_pending_until_the_unlock(self, mill):
        give_oam(mill, HOST)
        pages(mill, 0, vm_hugepages_nr_1G_pending=10)
        assert (node(mill, 0)["vm_hugepages_nr_1G_pending"], node(mill, 0)["vm_hugepages_nr_1G"]) == (10, 0)
        unlock(mill, HOST)
        assert (node(mill, 0)["vm_hugepages_nr_1G_pending"], node(mill, 0)["vm_hugepages_nr_1G"]) == (None, 10)

    def test_more_than_the_node_has_is_refused(self, mill):
        body = patch(vm_hugepages_nr_1G_pending=500)
        text = mill.refusal("PATCH", f"/imemorys/{node(mill, 1)['uuid']}", body)[1]
        assert text.startswith("Processor 1: ")

    def test_the_platform_needs_its_minimum(self, mill):
        body = patch(platform_reserved_mib=100)
        assert "6200" in mill.refusal("PATCH", f"/imemorys/{node(mill, 0)['uuid']}", body)[1]

    def test_the_host_must_be_locked(self, unlocked):
        body = patch(vm_hugepages_nr_1G_pending=10)
        assert unlocked.refusal("PATCH", f"/imemorys/{node(unlocked, 0)['uuid']}", body)[1] == "Host must be locked."


class TestTheKernelCommandLine:
    """Changed pages and cores owe the host a manifest that must be applied before it is unlocked."""

    @pytest.fixture
    def locked(self, unlocked) -> Api:
        unlocked.act(HOST, "lock")
        unlocked.system.settle()
        return unlocked

    def test_an_unlock_waits_for_it(self, locked):
        pages(locked, 0, vm_hugepages_nr_1G_pending=10)
        assert "is pending" in locked.refusal("PATCH", f"/ihosts/{HOST}", patch(action="unlock"))[1]
        locked.system.advance(locked.system.now + locked.system.durations.runtime_apply)
        locked.act(HOST, "unlock")

    def test_an_unlock_waits_two_minutes_at_most(self, locked):
        locked.system.marks.add("agents-silent")
        pages(locked, 0, vm_hugepages_nr_1G_pending=10)
        locked.refusal("PATCH", f"/ihosts/{HOST}", patch(action="unlock"))
        locked.system.advance(locked.system.now + locked.system.durations.runtime_blocking)
        locked.act(HOST, "unlock")


class TestTheKernel:
    def path(self, api: Api) -> str:
        return f"/ihosts/{api.host(HOST)['uuid']}/kernel"

    def test_another_runs_after_the_unlock(self, mill):
        give_oam(mill, HOST)
        mill.patch(self.path(mill), kernel_provisioned="lowlatency")
        shown = mill.get(self.path(mill))
        assert (shown["kernel_provisioned"], shown["kernel_running"]) == ("lowlatency", "standard")
        assert mill.host(HOST)["subfunctions"] == "controller,worker,lowlatency"
        unlock(mill, HOST)
        assert mill.get(self.path(mill))["kernel_running"] == "lowlatency"

    def test_the_unlock_waits_until_it_is_prepared(self, unlocked):
        unlocked.act(HOST, "lock")
        unlocked.system.settle()
        unlocked.patch(self.path(unlocked), kernel_provisioned="lowlatency")
        text = unlocked.refusal("PATCH", f"/ihosts/{HOST}", patch(action="unlock"))[1]
        assert text == f"Can not unlock {HOST} kernel configuration in progress."

    def test_there_are_two(self, mill):
        body = patch(kernel_provisioned="rt")
        assert mill.refusal("PATCH", self.path(mill), body)[1].startswith("Supported kernels: ")

    def test_the_host_must_be_locked(self, unlocked):
        body = patch(kernel_provisioned="lowlatency")
        assert unlocked.refusal("PATCH", self.path(unlocked), body)[1] == "Host must be locked."
