"""Hosts: what changes where, what never does, how one comes to be, and when it may be unlocked."""

from __future__ import annotations

import pytest

from reconciler.diff import compare
from reconciler.model.words import Action, Disruption, Needs
from reconciler.plan import plan
from tests.kinds.machines import (
    AIO,
    HOST,
    KINDS,
    SDA,
    TIER,
    backend,
    context,
    difference,
    differences,
    disk,
    host,
    planned,
    resource,
    rows,
    sent,
    why_not,
    written,
)
from tests.kinds.networks import calls, system_row, told

KIND = KINDS["host"]
DUPLEX = system_row("duplex", "All-in-one")
STANDARD = system_row("duplex", "Standard")


def profile(**said: object) -> str:
    return f"hosts: {{controller-0: {said}}}"


def test_a_host_is_read_as_git_would_say_it():
    row = host(location={"locn": "rack 7"}, subfunctions="controller,worker,lowlatency", boot_device="/dev/sda")
    spec = resource("host", rows(row, idisks=[disk()])).spec
    assert (spec.location, spec.subfunctions) == ("rack 7", ("controller", "worker", "lowlatency"))
    assert (spec.boot_device, spec.root_device) == (SDA, SDA)


def test_a_machine_that_nobody_has_named_is_no_host():
    assert list(KIND.read(rows(host(), {**host("x", number=9), "hostname": None}))) == [resource("host", rows(host()))]


def test_what_is_written_differently_and_means_the_same_needs_nothing():
    said = profile(
        personality="controller-worker",
        subfunctions=["worker", "controller"],
        bootDevice="/dev/sda",
        rootDevice="sda",
        bootMAC="52:54:00:00:00:AB",
        administrativeState="unlocked",
    )
    row = host(subfunctions="controller,worker,lowlatency", mgmt_mac="52:54:00:00:00:ab")
    assert differences(said, rows(row, idisks=[disk()])) == {}


def test_the_boot_address_of_a_simplex_system_is_not_compared():
    row = host(mgmt_mac="00:00:00:00:00:00")
    assert differences(profile(bootMAC="52:54:00:00:00:99", match={"bootMAC": "x"}), rows(row)) == {}


def test_a_location_changes_in_service_and_is_sent_as_an_object():
    (call,) = written(profile(location="rack 8", console="ttyS0,115200n8"), rows())
    assert told(call) == "PATCH ihosts/<controller-0> location={'locn': 'rack 8'}"
    change = difference(profile(location="rack 8"), rows())
    assert KIND.needs_of(change, context("", rows())) is Needs.ANY
    assert KIND.disruption_of(change, context("", rows())) is Disruption.NONE


@pytest.mark.parametrize(
    ("member", "value", "attribute"),
    [
        ("bootDevice", "/dev/sdb", "boot_device"),
        ("rootDevice", "/dev/sdb", "rootfs_device"),
        ("console", "tty0", "console"),
        ("installOutput", "graphical", "install_output"),
        ("hwSettle", "30", "hw_settle"),
        ("appArmor", "enabled", "apparmor"),
    ],
)
def test_installation_parameters_and_apparmor_change_under_lock(member, value, attribute):
    text = profile(**{member: value})
    change = difference(text, rows())
    assert KIND.needs_of(change, context(text, rows())) is Needs.LOCKED
    assert KIND.disruption_of(change, context(text, rows())) is Disruption.LOCK
    assert [told(c) for c in written(text, rows())] == [f"PATCH ihosts/<controller-0> {attribute}={value}"]


CLOCK = {"id": 1, "uuid": "ptp", "name": "clock0", "service": "ptp4l", "hostnames": [HOST], "parameters": {}}


def test_a_host_with_ptp_and_nothing_of_it_would_not_unlock_again():
    reasons = why_not(profile(clockSynchronization="ptp"), rows(host(**AIO)))
    assert "say ptpInstances, or ptpRole of an interface" in reasons["host/controller-0"]


def test_another_clock_source_is_sent_in_service_and_taken_up_by_a_lock_of_that_host():
    found = rows(host(**AIO), host("controller-1", number=2), system=DUPLEX, ptp_instances=[CLOCK])
    made = planned(profile(clockSynchronization="ptp"), found)
    assert [(s.host, [told(c) for step in s.steps for c in step.calls]) for s in made.stages] == [
        ("", ["PATCH ihosts/<controller-0> clock_synchronization=ptp"]),
        ("controller-0", []),
        ("controller-0", []),
    ]
    assert made.disruption is Disruption.LOCK


def test_a_host_that_never_was_in_service_takes_its_clock_source_for_nothing():
    made = planned(profile(clockSynchronization="ptp"), rows(host(state="new")))
    assert [(s.host, s.disruption) for s in made.stages] == [("", Disruption.NONE)]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({"personality": "worker"}, host()),
        ({"personality": "worker"}, host(state="new")),
        ({"subfunctions": ["controller"]}, host(**AIO)),
        ({"subfunctions": ["controller"]}, host(state="new", **AIO | {"invprovision": "provisioning"})),
    ],
)
def test_what_a_host_is_cannot_change(said, row):
    assert "cannot change" in why_not(profile(**said), rows(row))["host/controller-0"]


def test_the_administrative_state_is_nobody_s_to_write():
    text = profile(administrativeState="unlocked", location="x")
    assert [told(c) for c in written(text, rows(host(state="new")))] == [
        "PATCH ihosts/<controller-0> location={'locn': 'x'}"
    ]
    only = profile(administrativeState="unlocked")
    assert written(only, rows(host(state="new"))) == []
    assert planned(only, rows(host(state="new"))).stages[0].unlocks


NEW = """
hosts:
  controller-1:
    personality: controller
    subfunctions: [controller, worker]
    provisioningMode: static
    bootMAC: "52:54:00:00:00:AA"
    location: vbox
    bootDevice: /dev/sda
    console: tty0
    administrativeState: unlocked
"""


def test_a_host_is_added_with_all_that_the_installer_needs():
    (call,) = sent(NEW, rows(host(**AIO), system=DUPLEX))
    assert call == (
        "POST ihosts hostname=controller-1 personality=controller subfunctions=controller,worker "
        "location={'locn': 'vbox'} boot_device=/dev/sda console=tty0 mgmt_mac=52:54:00:00:00:aa"
    )


def booted(number: int = 2, **more: object) -> dict:
    """A machine that has booted from the network and has no name."""
    facts = {"hostname": None, "personality": None, "subfunctions": None, "uuid": f"machine-{number}"}
    return {
        **host("x", "new", number, inv_state=None),
        **facts,
        "serialid": None,
        "bm_ip": None,
        "bm_type": None,
        **more,
    }


def test_a_machine_that_booted_and_is_recognised_becomes_the_host():
    text = NEW.replace("static", "dynamic").replace('bootMAC: "52', 'match: {bootMAC: "52').replace('AA"', 'AA"}')
    (call,) = sent(text, rows(host(**AIO), booted(mgmt_mac="52:54:00:00:00:aa"), system=DUPLEX))
    assert call == (
        "PATCH ihosts/<52:54:00:00:00:aa> hostname=controller-1 personality=controller subfunctions=controller,worker "
        "location={'locn': 'vbox'} boot_device=/dev/sda console=tty0"
    )


def dynamic(match: str, name: str = "compute-0") -> str:
    return f"  {name}: {{personality: worker, provisioningMode: dynamic, match: {match}}}\n"


def seen(*machines: dict):
    return rows(host(), *machines, system=STANDARD)


@pytest.mark.parametrize(
    ("match", "fact"),
    [
        ("{bootMAC: '52:54:00:00:00:AB'}", {"mgmt_mac": "52:54:00:00:00:ab"}),
        ("{boardManagement: {address: 'FD00::0:9'}}", {"bm_ip": "fd00::9"}),
        ("{boardManagement: {address: 10.9.9.9, type: redfish}}", {"bm_ip": "10.9.9.9", "bm_type": "redfish"}),
        ("{dmi: {serialNumber: SN-1}}", {"serialid": "sn-1"}),
        ("{dmi: {assetTag: A-7}}", {"asset_tag": "A-7"}),
    ],
)
def test_any_criterion_recognises_its_machine_among_others(match, fact):
    (call,) = sent("hosts:\n" + dynamic(match), seen(booted(2), booted(3, **fact)))
    mac = fact.get("mgmt_mac", "52:54:00:00:00:03")
    assert call == f"PATCH ihosts/<{mac}> hostname=compute-0 personality=worker"


def test_a_machine_that_reports_nothing_of_a_criterion_is_not_meant_by_it():
    reasons = why_not("hosts:\n" + dynamic("{dmi: {serialNumber: SN-1}}"), seen(booted(2), booted(3)))
    assert "has not booted from the network yet" in reasons["host/compute-0"]


def test_all_criteria_must_agree_and_the_one_that_does_not_is_named():
    match = "{bootMAC: '52:54:00:00:00:02', dmi: {serialNumber: SN-1}}"
    reasons = why_not("hosts:\n" + dynamic(match), seen(booted(2, serialid="SN-2")))
    assert "agrees in boot MAC and not in all: its serial number is SN-2, Git says SN-1" in reasons["host/compute-0"]


def test_two_machines_that_fit_are_an_error():
    match = "{boardManagement: {type: redfish}}"
    reasons = why_not("hosts:\n" + dynamic(match), seen(booted(2, bm_type="redfish"), booted(3, bm_type="redfish")))
    assert "fit 2 machines, 52:54:00:00:00:02, 52:54:00:00:00:03" in reasons["host/compute-0"]


def test_one_machine_that_fits_two_hosts_is_an_error_of_both():
    text = "hosts:\n" + dynamic("{dmi: {serialNumber: SN-1}}") + dynamic("{bootMAC: '52:54:00:00:00:02'}", "compute-1")
    reasons = why_not(text, seen(booted(2, serialid="SN-1")))
    assert "fits compute-1 as well" in reasons["host/compute-0"]
    assert "fits compute-0 as well" in reasons["host/compute-1"]


REPLACED = "hosts: {compute-0: {personality: worker, bootMAC: '52:54:00:00:00:99', location: row 7}}"


def test_another_machine_under_the_name_of_a_host_in_service_waits_for_its_lock():
    reason = why_not(REPLACED, rows(host(), host("compute-0", number=2), system=STANDARD))["host/compute-0"]
    assert "its boot MAC is 52:54:00:00:00:02, Git says 52:54:00:00:00:99" in reason
    assert "lock it first, by force if it is dead" in reason


def test_another_machine_under_the_name_of_a_locked_host_is_deleted_added_and_reinstalled():
    made = planned(REPLACED, rows(host(), host("compute-0", "locked", 2), system=STANDARD))
    assert [told(c) for c in calls(made)] == [
        "DELETE ihosts/<compute-0>",
        "POST ihosts hostname=compute-0 personality=worker location={'locn': 'row 7'} mgmt_mac=52:54:00:00:00:99",
    ]
    assert made.disruption is Disruption.REINSTALL


def test_the_window_of_a_machine_that_is_replaced_is_not_closed_on_its_successor():
    text = REPLACED.replace("location", "administrativeState: unlocked, location")
    around = context(text, rows(host(), host("compute-0", "locked", 2), system=STANDARD))
    made = plan(compare(around.desired, around.observed, KINDS), around, KINDS, ours=("compute-0",))
    assert [(s.host, [told(c) for step in s.steps for c in step.calls][:1]) for s in made.stages] == [
        ("", ["DELETE ihosts/<compute-0>"])
    ]


BY_SERIAL = "hosts: {compute-0: {personality: worker, match: {dmi: {serialNumber: SN-2}}}}"


def crashed(**row: object):
    """A locked worker whose machine says which it is."""
    return host("compute-0", "locked", 2, serialid="SN-1", **row)


def test_another_machine_is_told_by_its_serial_number_once_it_has_booted():
    made = planned(BY_SERIAL, seen(crashed(), booted(3, serialid="SN-2")))
    assert [told(c) for c in calls(made)] == [
        "DELETE ihosts/<compute-0>",
        "PATCH ihosts/<52:54:00:00:00:03> hostname=compute-0 personality=worker",
    ]
    assert made.disruption is Disruption.REINSTALL


def test_the_old_machine_stays_until_the_one_that_takes_its_place_has_booted():
    reason = why_not(BY_SERIAL, seen(crashed(), booted(3)))["host/compute-0"]
    assert reason == "the machine that is to take its place has not booted from the network yet: serial number SN-2"


def test_what_denies_a_host_in_service_is_told_and_nothing_is_done():
    in_service = host("compute-0", number=2, serialid="SN-1")
    reason = why_not(BY_SERIAL, seen(in_service, booted(3, serialid="SN-2")))["host/compute-0"]
    assert "its serial number is SN-1, Git says SN-2: another machine" in reason
    assert "lock it first" in reason


def test_a_machine_that_does_not_say_its_serial_number_is_taken_for_the_one_that_git_means():
    assert differences(BY_SERIAL, seen(host("compute-0", number=2, serialid=None))) == {}


@pytest.mark.parametrize("board", ["", "boardManagement: {address: 10.9.9.8}, "])
def test_a_controller_s_address_tells_another_machine_unless_it_is_the_address_that_changes(board):
    match = "match: {boardManagement: {address: 10.9.9.8}}"
    text = f"hosts: {{compute-0: {{personality: worker, {board}{match}}}}}"
    found = seen(crashed(bm_ip="10.9.9.7", bm_type="ipmi", bm_username="root"), booted(3, bm_ip="10.9.9.8"))
    assert difference(text, found).action is (Action.UPDATE if board else Action.REPLACE)


def test_controller_0_is_not_replaced_without_its_site():
    reason = why_not(profile(bootMAC="52:54:00:00:00:99"), rows())["host/controller-0"]
    assert "reinstall the site" in reason


@pytest.mark.parametrize(
    ("name", "personality", "why"),
    [
        ("compute-0", "controller", "calls its controllers controller-0 and controller-1"),
        ("compute-0", "storage", "calls its storage hosts storage-0"),
        ("controller-1", "worker", "does not take controller-1 for the name of a worker"),
        ("storage-rack", "worker", "does not take storage-rack for the name of a worker"),
    ],
)
def test_a_name_that_the_platform_would_refuse_is_told_before(name, personality, why):
    text = NEW.replace("controller-1", name).replace("personality: controller", f"personality: {personality}")
    found = rows(host(), system=STANDARD, storage_backend=[backend()])
    assert why in why_not(text, found)[f"host/{name}"]


@pytest.mark.parametrize(
    ("change", "found", "why"),
    [
        (("static", "dynamic"), rows(host(), system=DUPLEX), "has not booted from the network yet"),
        (('    bootMAC: "52:54:00:00:00:AA"\n', ""), rows(host(), system=DUPLEX), "Git must say bootMAC"),
        (("    personality: controller\n", ""), rows(host(), system=DUPLEX), "Git must say personality"),
        (("", ""), rows(host()), "simplex system has no other host"),
        (("", ""), rows(host(state="new"), system=DUPLEX), "once a controller is in service"),
        (("AA", "01"), rows(host(), system=DUPLEX), "its boot MAC 52:54:00:00:00:01 is that of controller-0"),
    ],
)
def test_why_a_host_is_not_added(change, found, why):
    assert why in why_not(NEW.replace(*change) if change[0] else NEW, found)["host/controller-1"]


def test_storage_hosts_wait_for_the_backend():
    text = NEW.replace("controller-1", "storage-0").replace("personality: controller", "personality: storage")
    controllers = (host(), host("controller-1", number=2))
    waiting = rows(*controllers, system=STANDARD, storage_backend=[backend(state="configuring")])
    assert "once the Ceph backend is configured" in why_not(text, waiting)["host/storage-0"]
    ready = rows(*controllers, system=STANDARD, storage_backend=[backend()])
    assert difference(text, ready).action is Action.CREATE
    assert why_not(text, ready) == {}


WORKERS = """
system: {storage: {backends: [{name: ceph-store, type: ceph}]}}
hosts:
  compute-0: {administrativeState: unlocked}
  compute-1: {administrativeState: unlocked}
"""


def workers(**more: object):
    hosts = (host(), host("controller-1", number=2), host("compute-0", "new", 3), host("compute-1", "new", 4))
    return rows(*hosts, system=STANDARD, storage_backend=[backend()], storage_tiers=[TIER], **more)


def test_workers_are_unlocked_once_the_third_monitor_is_defined():
    assert set(why_not(WORKERS, workers())) == {"host/compute-0", "host/compute-1"}
    said = WORKERS.replace("compute-0: {", "compute-0: {storage: {monitor: {size: 20}}, ")
    made = planned(said, workers())
    assert made.blocked == ()
    assert [s.host for s in made.stages] == ["", "compute-0", "compute-1"]
    assert [told(c) for c in calls(made)] == ["POST ceph_mon ceph_mon_gib=20"]


def test_with_storage_hosts_workers_need_no_monitor():
    hosts = (host(), host("controller-1", number=2), host("compute-0", "new", 3), host("storage-0", number=4))
    found = rows(*hosts, system=STANDARD, storage_backend=[backend()])
    assert why_not("hosts: {compute-0: {administrativeState: unlocked}}", found) == {}


def test_a_host_that_is_not_inventoried_is_not_unlocked():
    found = rows(host(), host("compute-0", "new", 3, inv_state=None), system=STANDARD)
    reasons = why_not("hosts: {compute-0: {administrativeState: unlocked}}", found)
    assert "compute-0 is not installed yet" in reasons["host/compute-0"]


def test_a_host_that_is_here_has_an_id():
    assert resource("host", rows()).ids == {"uuid": f"host-{HOST}", "id": 1}
