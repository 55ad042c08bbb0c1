"""Board management: what is compared of it, how its password is sent, and when it switches a host's power."""

from __future__ import annotations

import pytest

from reconciler.model.words import Disruption, Severity
from tests.kinds.machines import (
    KINDS,
    context,
    desired,
    difference,
    differences,
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
STANDARD = system_row("duplex", "Standard")
SECRETS = "own: {secrets: {bmc: {username: root, secretRef: 'env:BMC'}}}\n"
REDFISH = {"bm_type": "redfish", "bm_ip": "10.30.0.9", "bm_username": "root"}


def worker(board: str = "{type: redfish, address: 10.30.0.9, credentials: {password: {secret: bmc}}}", more: str = ""):
    """A worker's profile with its board management, and what site.yaml says of the secret."""
    return SECRETS + f"hosts: {{compute-0: {{boardManagement: {board}{more}}}}}"


def found(state: str = "unlocked", **row: object):
    return rows(host(), host("compute-0", state, 2, **row), system=STANDARD)


def test_a_controller_is_set_in_service_and_its_password_goes_along_by_reference():
    change = difference(worker(), found())
    assert change.severity is Severity.INFO
    assert KIND.disruption_of(change, context(worker(), found())) is Disruption.NONE
    assert sent(worker(), found()) == [
        "PATCH ihosts/<compute-0> bm_type=redfish bm_ip=10.30.0.9 bm_username=root bm_password=<secret env:BMC>"
    ]


def test_what_the_site_has_already_needs_nothing():
    assert differences(worker(), found(**REDFISH)) == {}
    spelled_otherwise = worker("{type: redfish, address: 'FD00::0:9'}")
    assert differences(spelled_otherwise, found(**{**REDFISH, "bm_ip": "fd00::9"})) == {}


def test_another_password_alone_is_not_seen():
    other = worker().replace("env:BMC", "env:NEW_BMC")
    assert differences(other, found(**REDFISH)) == {}


def test_a_password_is_written_anew_with_whatever_else_changes():
    (call,) = sent(worker(), found(**{**REDFISH, "bm_ip": "10.30.0.8"}))
    assert "bm_ip=10.30.0.9 bm_username=root bm_password=<secret env:BMC>" in call


def test_without_a_controller_nothing_else_is_said_or_compared():
    text = worker("{type: none, address: 10.30.0.9}")
    assert sent(text, found(**REDFISH)) == ["PATCH ihosts/<compute-0> bm_type=none"]
    assert differences(text, found(bm_type=None)) == {}


def test_where_the_platform_has_the_user_already_git_need_not_know_it():
    assert sent(worker("{type: ipmi}"), found(**REDFISH)) == ["PATCH ihosts/<compute-0> bm_type=ipmi"]


@pytest.mark.parametrize(
    ("text", "row", "why"),
    [
        (worker("{type: bmc}"), {}, "knows no board management of type bmc: say dynamic, ipmi, redfish or none"),
        (worker("{type: redfish}"), {}, "no board management without a user"),
        (worker().replace("bmc: {", "other: {"), {}, "say secrets.bmc.username there"),
        (worker().replace("root", "a-very-long-user-name"), {}, "16 characters at most"),
        (worker().replace("root", "'a user'"), {}, "no blanks"),
        (
            worker().replace(", secretRef: 'env:BMC'", "").replace("root", "boss"),
            REDFISH,
            "its password only",
        ),
    ],
)
def test_why_a_controller_is_not_set(text, row, why):
    assert why in why_not(text, found(**row))["host/compute-0"]


def test_two_hosts_have_no_controller_in_common():
    neighbour = host("compute-1", number=3, bm_type="redfish", bm_ip="10.30.0.9", bm_username="root")
    reasons = why_not(worker(), rows(host(), host("compute-0", number=2), neighbour, system=STANDARD))
    assert "its board management address 10.30.0.9 is that of compute-1" in reasons["host/compute-0"]


def test_the_secret_s_name_and_place_are_shown_and_never_a_value():
    spec = next(iter(desired(worker()).resources.values())).spec
    assert (spec.bm_secret, spec.bm_password) == ("bmc", "env:BMC")
    assert KIND.attributes["bm_password"].secret


ADDED = SECRETS + (
    "hosts: {compute-0: {personality: worker, provisioningMode: static, bootMAC: '52:54:00:00:00:02', powerOn: true, "
    "boardManagement: {type: redfish, address: 10.30.0.9, credentials: {password: {secret: bmc}}}}}"
)
BODY = "hostname=compute-0 personality=worker bm_type=redfish bm_ip=10.30.0.9 bm_username=root bm_password=<secret env:BMC>"


def test_a_host_is_added_with_its_controller_and_made_to_boot_from_the_network():
    assert sent(ADDED, rows(host(), system=STANDARD)) == [
        f"POST ihosts {BODY} mgmt_mac=52:54:00:00:00:02",
        "PATCH ihosts/<compute-0> action=reinstall",
    ]


def test_without_a_controller_a_host_is_only_added():
    bare = ADDED.replace("boardManagement: {type: redfish", "boardManagement: {type: none")
    (call,) = sent(bare, rows(host(), system=STANDARD))
    assert call.startswith("POST")


def test_a_host_that_git_wants_off_is_added_and_switched_off():
    off = ADDED.replace("powerOn: true", "powerOn: false")
    assert sent(off, rows(host(), system=STANDARD))[1] == "PATCH ihosts/<compute-0> action=power-off"
    bare = off.replace("boardManagement: {type: redfish", "boardManagement: {type: none")
    assert "takes a board management controller" in why_not(bare, rows(host(), system=STANDARD))["host/compute-0"]
    in_service = off.replace("powerOn", "administrativeState: unlocked, powerOn")
    assert "cannot be off" in why_not(in_service, rows(host(), system=STANDARD))["host/compute-0"]


def test_a_machine_that_waits_is_named_and_installed_by_its_controller():
    waiting = {**host("x", "new", 2, inv_state=None), "hostname": None, "personality": None, "serialid": None}
    assert sent(ADDED, rows(host(), waiting, system=STANDARD)) == [
        f"PATCH ihosts/<52:54:00:00:00:02> {BODY}",
        "PATCH ihosts/<compute-0> action=reinstall",
    ]


ON = worker(more=", powerOn: true, administrativeState: unlocked")


@pytest.mark.parametrize(
    ("availability", "task", "is_on"),
    [
        ("available", "", True),
        ("offline", "", True),
        ("power-off", "", False),
        ("power-off", "Powering-on", True),
        ("online", "Powering-off", False),
    ],
)
def test_a_host_is_off_only_where_the_platform_switched_it_off(availability, task, is_on):
    row = host(availability=availability, task=task)
    assert resource("host", rows(row)).spec.power_on is is_on


def test_a_new_host_that_is_off_is_switched_on_and_then_awaited():
    off = found("new", availability="power-off", inv_state=None, **REDFISH)
    made = planned(ON.replace("powerOn", "kernel: lowlatency, powerOn"), off)
    assert [told(c) for c in calls(made)] == ["PATCH ihosts/<compute-0> action=power-on"]
    assert made.disruption is Disruption.NONE
    assert "power-off and not installed yet" in made.blocked[0].reason


def test_switching_a_host_that_was_in_service_costs_what_a_reboot_does():
    off = found("locked", availability="power-off", **REDFISH)
    text = worker(more=", powerOn: true")
    assert sent(text, off) == ["PATCH ihosts/<compute-0> action=power-on"]
    assert KIND.disruption_of(difference(text, off), context(text, off)) is Disruption.REBOOT
    on = found("locked", **REDFISH)
    assert sent(text.replace("true", "false"), on) == ["PATCH ihosts/<compute-0> action=power-off"]


@pytest.mark.parametrize(
    ("text", "state", "row", "why"),
    [
        (
            worker(more=", powerOn: false"),
            "unlocked",
            REDFISH,
            "switched off only while it is locked, administrativeState: locked",
        ),
        (worker("{type: none}", ", powerOn: false"), "locked", {}, "powerOn takes a board management controller"),
        (ON.replace("true", "false"), "locked", REDFISH, "a host that is to be in service cannot be off"),
    ],
)
def test_why_power_is_not_switched(text, state, row, why):
    assert why in why_not(text, found(state, **row))["host/compute-0"]


def test_a_host_in_service_that_git_wants_off_is_locked_for_it_and_stays_so():
    text = worker(more=", powerOn: false, administrativeState: locked")
    [window] = planned(text, found(**REDFISH)).stages
    assert (window.host, window.unlocks) == ("compute-0", False)
    assert [told(c) for step in window.steps for c in step.calls] == ["PATCH ihosts/<compute-0> action=power-off"]


def test_the_host_of_a_simplex_system_is_switched_by_hand():
    reasons = why_not("hosts: {controller-0: {powerOn: false}}", rows(host("controller-0", "locked")))
    assert "by hand only" in reasons["host/controller-0"]


def test_a_call_is_one_for_the_attributes_and_one_for_the_power():
    off = found("locked", availability="power-off")
    board, power = written(worker(more=", powerOn: true"), off)
    assert told(board).startswith("PATCH ihosts/<compute-0> bm_type=redfish")
    assert told(power) == "PATCH ihosts/<compute-0> action=power-on"


def test_what_a_site_shows_of_it_can_be_said_and_its_password_cannot():
    shown = resource("host", rows(host(**REDFISH)))
    said = {".".join(map(str, one.path)): one.value for one in KIND.express(shown, context("", rows()).observed)}
    assert (said["boardManagement.type"], said["boardManagement.address"]) == ("redfish", "10.30.0.9")
    assert said["powerOn"] is True
    assert said["secrets.bm-controller-0.secretRef"].startswith("env:"), "a place to be filled"
    assert KIND.usual == {"bm_type": "none", "power_on": True}
