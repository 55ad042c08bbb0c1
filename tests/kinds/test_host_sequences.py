"""From bootstrap to service, visit by visit: what is sent where, and what waits for what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.machines import (
    AIO,
    DISKS,
    SDA,
    SDB,
    TIER,
    backend,
    disk,
    group,
    host,
    of,
    planned,
    rows,
)
from tests.kinds.networks import system_row
from tests.kinds.test_cpu_function import cpus

DUPLEX, STANDARD = system_row("duplex"), system_row("duplex", "Standard")
OSD = f"osds: [{{function: osd, path: {SDB}}}]"
LOCAL = f"volumeGroups: [{{name: nova-local, physicalVolumes: [{{path: {SDA}, size: 4, type: partition}}]}}]"
NEW_VOLUME = ["POST ilvgs", "POST partitions", "POST ipvs"]
SYSTEM = """
system: {location: vbox, ntpServers: [0.pool.ntp.org], storage: {backends: [{name: ceph-store, type: ceph}]}}
hosts:
"""
LISTS = {"idns": [{"uuid": "dns", "nameservers": "8.8.8.8"}], "intp": [{"uuid": "ntp", "ntpservers": ""}]}


def profile(name: str, number: int, *storage: str, subfunctions: str = "", more: str = "") -> str:
    personality = name.split("-", maxsplit=1)[0].replace("compute", "worker")
    said = f"personality: {personality}, administrativeState: unlocked, provisioningMode: static, console: tty0"
    mac = f'bootMAC: "52:54:00:00:00:{number:02x}"'
    subfunctions = f"subfunctions: [{subfunctions}], " if subfunctions else ""
    return f"  {name}: {{{said}, {subfunctions}{mac}, {more}storage: {{{', '.join(storage)}}}}}\n"


def visit(text: str, *hosts: dict[str, Any], system: Any = None, **lists: Any) -> tuple[list[Any], dict[str, str]]:
    """Stages as (host or online, calls by method and list), and what is blocked."""
    given = {**LISTS, "idisks": disks(*hosts), **lists}
    made = planned(text, rows(*hosts, system=system, **given))
    stages = [(s.host or "online", [short(c) for step in s.steps for c in step.calls]) for s in made.stages]
    return stages, {str(b.key): b.reason for b in made.blocked}


def short(call: Any) -> str:
    """`POST ihosts`: the method and the list."""
    return f"{call.method} {call.path.split('/')[2].partition('?')[0]}"


def disks(*hosts: dict[str, Any]) -> list[dict[str, Any]]:
    return [of(h["hostname"], d) for h in hosts if h["inv_state"] for d in DISKS]


def new(name: str = "controller-0", number: int = 1, **more: Any) -> dict[str, Any]:
    return host(name, "new", number, **more)


def test_an_all_in_one_simplex_system_comes_into_service_in_one_go():
    cores = "processors: [{node: 0, functions: [{function: platform, count: 2}]}]"
    more = f"labels: {{openvswitch: enabled, sriov: enabled}}, kernel: lowlatency, {cores}, "
    text = SYSTEM + profile("controller-0", 1, OSD, LOCAL, subfunctions="controller, worker", more=more)
    stages, blocked = visit(text, new(**AIO), icpus=cpus("Platform", "Application", "Application"))
    assert blocked == {}
    assert stages == [
        ("online", ["POST labels", "POST storage_ceph", "PATCH isystems", "PATCH intp"]),
        (
            "controller-0",
            ["PUT ihosts", "PATCH ihosts", "PATCH ihosts", "POST labels", *NEW_VOLUME, "POST istors"],
        ),
    ]


DX = (
    SYSTEM
    + profile("controller-0", 1, OSD, LOCAL, subfunctions="controller, worker")
    + profile("controller-1", 2, OSD, LOCAL, subfunctions="controller, worker")
)
DONE = {"system": {**DUPLEX, "location": "vbox"}, "intp": [{"uuid": "ntp", "ntpservers": "0.pool.ntp.org"}]}
STORED = {"storage_backend": [backend()], "storage_tiers": [TIER]}


def stor(name: str) -> dict[str, Any]:
    row = {
        "uuid": f"stor-{name}",
        "function": "osd",
        "idisk_uuid": f"disk-/dev/sdb-{name}",
        "ihost_uuid": f"host-{name}",
    }
    return row | {"journal_location": f"stor-{name}"}


def test_an_all_in_one_duplex_system_takes_its_backend_before_there_is_a_second_controller():
    stages, blocked = visit(DX, new(**AIO), system=DUPLEX)
    assert stages == [
        ("online", ["POST storage_ceph", "PATCH isystems", "PATCH intp"]),
        ("controller-0", ["PATCH ihosts", *NEW_VOLUME, "POST istors"]),
    ]
    assert blocked == {"host/controller-1": "hosts are added once a controller is in service; 3 resources follow"}


def test_its_second_controller_is_added_when_the_first_is_in_service_and_brought_up_when_it_is_installed():
    first = host(console="tty0", **AIO)
    done = {**DONE, **STORED, "istors": [stor("controller-0")], "ilvgs": [of("controller-0", group())]}
    text = DX.replace(LOCAL, "volumeGroups: []", 1)
    stages, blocked = visit(text, first, **done)
    assert stages == [("online", ["POST ihosts"])]
    assert blocked == {
        "host/controller-1": "once it is on the system, it boots from the network and is installed, by hand or by its"
        " board management; 3 resources follow"
    }
    offline = new("controller-1", 2, inv_state=None, availability="offline", console="tty0", **AIO)
    stages, blocked = visit(text, first, offline, **done)
    assert stages == []
    assert list(blocked) == ["host/controller-1"]
    assert "is not installed yet" in blocked["host/controller-1"]
    assert blocked["host/controller-1"].endswith("; 3 resources follow")
    stages, blocked = visit(text, first, new("controller-1", 2, console="tty0", **AIO), **done)
    assert blocked == {}
    assert stages == [("controller-1", [*NEW_VOLUME, "POST istors"])]


MONITOR = "monitor: {size: 20}"
CONTROLLERS = profile("controller-0", 1, OSD) + profile("controller-1", 2, OSD)
WITH_MONITOR = SYSTEM + CONTROLLERS + profile("compute-0", 3, MONITOR, LOCAL) + profile("compute-1", 4, LOCAL)
IN_SERVICE = (host(console="tty0"), host("controller-1", number=2, console="tty0"))
SETTLED = {**DONE, "system": {**STANDARD, "location": "vbox"}, **STORED}


def test_osds_of_controllers_wait_for_the_monitor_of_a_worker():
    stages, blocked = visit(WITH_MONITOR, new(), system=STANDARD)
    assert stages == [
        ("online", ["POST storage_ceph", "PATCH isystems", "PATCH intp"]),
        ("controller-0", ["PATCH ihosts"]),
    ]
    assert "the third Ceph monitor, that of compute-0" in blocked[f"controller-0/osd{SDB}"]

    stages, blocked = visit(WITH_MONITOR, *IN_SERVICE, **SETTLED)
    assert stages == [("online", ["POST ihosts", "POST ihosts"])]
    assert {key.rpartition("/dev")[0] or key for key in blocked} == {
        "controller-0/osd",
        "controller-1/osd",
        "host/compute-0",
        "host/compute-1",
    }

    workers = (new("compute-0", 3, console="tty0"), new("compute-1", 4, console="tty0"))
    stages, blocked = visit(WITH_MONITOR, *IN_SERVICE, *workers, **SETTLED)
    assert blocked == {}
    assert stages == [
        ("online", ["POST ceph_mon"]),
        ("compute-0", NEW_VOLUME),
        ("online", ["POST istors", "POST istors"]),
        ("compute-1", NEW_VOLUME),
    ]


def test_storage_hosts_come_after_the_backend_and_have_their_osds_before_they_are_unlocked():
    storage = profile("storage-0", 5, OSD) + profile("storage-1", 6, OSD)
    text = SYSTEM + CONTROLLERS.replace(OSD, "osds: []") + storage + profile("compute-0", 3)
    early = {**SETTLED, "storage_backend": [backend(state="configuring")]}
    stages, blocked = visit(text, *IN_SERVICE, **early)
    assert stages == [("online", ["POST ihosts"])]
    assert set(blocked) == {"host/storage-0", "host/storage-1"}

    stages, blocked = visit(text, *IN_SERVICE, new("compute-0", 3, console="tty0"), **SETTLED)
    assert stages == [("online", ["POST ihosts", "POST ihosts"])]
    assert "third Ceph monitor" in blocked["host/compute-0"]

    hosts = [new(name, n, console="tty0") for name, n in (("compute-0", 3), ("storage-0", 5), ("storage-1", 6))]
    stages, blocked = visit(text, *IN_SERVICE, *hosts, **SETTLED)
    assert blocked == {}
    assert stages == [("storage-0", ["POST istors"]), ("storage-1", ["POST istors"]), ("compute-0", [])]


@pytest.mark.parametrize("path", ["/dev/sdb", "sdb", SDB])
def test_a_disk_may_be_called_by_its_node_in_every_document(path):
    text = SYSTEM + profile("controller-0", 1, OSD.replace(SDB, path), subfunctions="controller, worker")
    given = {**STORED, "istors": [stor("controller-0")]}
    stages, blocked = visit(
        text, host(console="tty0", **AIO), **{**DONE, **given, "system": {**system_row(), "location": "vbox"}}
    )
    assert (stages, blocked) == ([], {})
    assert disk()["device_node"] == "/dev/sda"
