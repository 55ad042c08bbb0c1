"""Memory of a NUMA node: what is asked for counts, not what is there until the unlock."""

from __future__ import annotations

import pytest

from reconciler.model.words import Needs
from tests.kinds.machines import AIO, HOST, KINDS, context, difference, differences, host, resource, rows, sent, why_not
from tests.kinds.networks import system_row

NODE = {
    "uuid": "mem-0",
    "numa_node": 0,
    "ihost_uuid": f"host-{HOST}",
    "platform_reserved_mib": 8000,
    "vm_hugepages_nr_2M": 0,
    "vm_hugepages_nr_1G": 4,
    "vm_hugepages_nr_2M_pending": None,
    "vm_hugepages_nr_1G_pending": None,
    "vswitch_hugepages_size_mib": 2,
    "vswitch_hugepages_reqd": None,
    "vswitch_hugepages_nr": 0,
}


SWITCHED = system_row("simplex") | {"capabilities": {"vswitch_type": "ovs-dpdk"}}


def listed(system=None, **more):
    return rows(host(**AIO), imemorys=[NODE | more], **({"system": system} if system else {}))


def text(function: str, size: str, count: int) -> str:
    function_ = {"function": function, "pageSize": size, "pageCount": count}
    return f"hosts: {{controller-0: {{memory: [{{node: 0, functions: [{function_}]}}]}}}}"


def test_pages_that_wait_for_the_unlock_are_the_ones_that_count():
    spec = resource("memory", listed(vm_hugepages_nr_1G_pending=10, vswitch_hugepages_reqd=3)).spec
    assert (spec.vm_1g_pages, spec.vm_2m_pages, spec.vswitch_2m_pages, spec.platform_mib) == (10, 0, 3, 8000)
    assert resource("memory", listed()).spec.vm_1g_pages == 4


def test_small_pages_of_the_vswitch_are_not_taken_for_the_applications():
    spec = resource("memory", listed(vm_hugepages_nr_2M=500, vswitch_hugepages_nr=100)).spec
    assert (spec.vm_2m_pages, spec.vswitch_2m_pages) == (400, 100)


@pytest.mark.parametrize(
    ("said", "system", "patch"),
    [
        (("platform", "4KB", 9000 * 256), None, "platform_reserved_mib=9000"),
        (("vm", "1GB", 10), None, "vm_hugepages_nr_1G_pending=10 vm_pending_as_percentage=False"),
        (("vswitch", "1GB", 1), SWITCHED, "vswitch_hugepages_reqd=1 vswitch_hugepages_size_mib=1024"),
    ],
)
def test_each_function_has_its_attributes(said, system, patch):
    assert sent(text(*said), listed(system=system)) == [f"PATCH imemorys/<0> {patch}"]


def test_small_huge_pages_have_an_attribute_of_their_own():
    found = listed(vm_hugepages_nr_1G=0)
    assert sent(text("vm", "2MB", 512), found) == [
        "PATCH imemorys/<0> vm_hugepages_nr_2M_pending=512 vm_pending_as_percentage=False"
    ]


@pytest.mark.parametrize(
    ("said", "found", "why"),
    [
        (("vm", "2MB", 512), listed(), "say 0 of 2MB or 0 of 1GB"),
        (("vswitch", "2MB", 10), listed(), "there is no vSwitch"),
        (("vswitch", "2MB", 10), listed(system=SWITCHED), "the vSwitch's size, 2MB"),
        (
            ("vm", "2MB", 512),
            listed(system=SWITCHED, vswitch_hugepages_size_mib=1024, vswitch_hugepages_nr=1),
            "size, 1GB",
        ),
    ],
)
def test_huge_pages_of_a_node_have_one_size(said, found, why):
    assert why in why_not(text(*said), found)["controller-0/memory/0"]


def test_what_is_as_git_says_is_not_sent():
    assert differences(text("platform", "4KB", 8000 * 256), listed()) == {}
    assert differences(text("vm", "1GB", 4), listed()) == {}


def test_it_takes_a_lock():
    around = context(text("vm", "1GB", 8), listed())
    assert KINDS["memory"].needs_of(difference(text("vm", "1GB", 8), listed()), around) is Needs.LOCKED


def test_a_host_without_worker_function_has_no_huge_pages():
    found = rows(host(), imemorys=[NODE])
    assert "no huge pages" in why_not(text("vm", "1GB", 8), found)["controller-0/memory/0"]
    assert sent(text("platform", "4KB", 9000 * 256), found)
