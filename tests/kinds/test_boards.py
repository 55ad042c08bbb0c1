"""What site.yaml says of a host's controller: settings that wait for a boot, boot options by name, firmware that is only compared."""

from __future__ import annotations

import pytest

from reconciler.model.words import Disruption
from tests.kinds.machines import (
    AIO,
    HOST,
    KINDS,
    context,
    difference,
    differences,
    host,
    observed,
    planned,
    resource,
    rows,
    sent,
    why_not,
)

OPTIONS = {"Boot0007": "PXE NIC.1", "Boot0003": "Hard drive 1", "Boot0004": "Hard drive 1"}


def own(facts: str) -> str:
    return f"own: {{hosts: {{controller-0: {{board: {{{facts}}}}}}}}}"


BIOS, SECURE = own("bios: {SriovGlobalEnable: Enabled}"), own("secureBoot: true")


def bios(now="Disabled", waiting=None, state="unlocked", name="SriovGlobalEnable"):
    row = {"hostname": HOST, "name": name, "value": now, "waiting": waiting}
    return rows(host(state=state, **AIO), board_bios=[row])


def secure(now, waiting, state="unlocked"):
    return rows(host(state=state, **AIO), board_secure_boot=[{"hostname": HOST, "now": now, "waiting": waiting}])


def order(*references):
    row = {"hostname": HOST, "order": references, "options": OPTIONS}
    return rows(host(**AIO), board_boot_order=[row])


def firmware(version, name="BIOS"):
    return rows(host(**AIO), board_firmware=[{"hostname": HOST, "id": name, "version": version}])


def test_attributes_are_told_together_while_the_host_is_locked_and_cost_its_boot():
    text = own("bios: {SriovGlobalEnable: Enabled, Cores: 4}")
    row = {"hostname": HOST, "name": "SriovGlobalEnable", "value": "Disabled", "waiting": None}
    found = rows(host(**AIO), board_bios=[row, {**row, "name": "Cores", "value": 8}])
    assert sent(text, found) == [f"PATCH /boards/{HOST}/bios Cores=4 SriovGlobalEnable=Enabled"]
    made = planned(text, found)
    assert (made.locked_hosts, made.disruption) == ((HOST,), Disruption.REBOOT)


def test_what_waits_for_a_boot_is_not_there_yet_while_the_host_is_in_service():
    assert list(differences(BIOS, bios(waiting="Enabled"))) == [f"{HOST}/bios-attribute/SriovGlobalEnable"]


def test_what_waits_is_as_wanted_once_the_host_is_locked_for_its_boot():
    assert differences(BIOS, bios(waiting="Enabled", state="locked")) == {}


def test_what_somebody_else_has_waiting_is_seen_before_the_boot_makes_it_true():
    change = difference(BIOS, bios(now="Enabled", waiting="Disabled", state="locked"))
    assert [(f.observed, f.desired) for f in change.fields] == [("Disabled", "Enabled")]


def test_a_host_that_never_was_in_service_boots_anyway():
    found = bios(state="new")
    assert KINDS["bios-attribute"].disruption_of(difference(BIOS, found), context(BIOS, found)) is Disruption.NONE


@pytest.mark.parametrize(
    ("text", "found", "what"),
    [
        (BIOS, bios(name="Other"), "no BIOS attribute SriovGlobalEnable"),
        (SECURE, rows(host(**AIO)), "no Secure Boot"),
        (own("bootOrder: [Cd]"), rows(host(**AIO)), "no boot order"),
        (own("firmware: {BIOS: '1'}"), firmware("1", "BMC"), "no firmware BIOS"),
        (own("bootOrder: [Tape]"), order("Boot0007"), "nothing to boot from that is called Tape"),
        (own("firmware: {BIOS: '2.20.0'}"), firmware("2.19.1"), "bring controller-0 to 2.20.0"),
    ],
)
def test_what_a_controller_cannot_be_is_said_and_locks_nothing(text, found, what):
    [reason] = why_not(text, found).values()
    assert what in reason
    assert planned(text, found).is_empty


def test_secure_boot_is_told_and_counts_once_it_is_in_force():
    assert sent(SECURE, secure(now=False, waiting=False)) == [f"PATCH /boards/{HOST}/secure-boot enabled=True"]
    assert differences(SECURE, secure(now=False, waiting=True)) != {}
    assert differences(SECURE, secure(now=True, waiting=True)) == {}


def test_a_controller_that_does_not_say_what_is_in_force_is_believed_for_what_it_was_told():
    assert differences(SECURE, secure(now=None, waiting=True)) == {}


def test_the_boot_order_is_said_by_name_and_the_rest_follows():
    text = own("bootOrder: [PXE NIC.1]")
    assert differences(text, order("Boot0007", "Boot0003", "Boot0004")) == {}
    assert sent(text, order("Boot0003", "Boot0007", "Boot0004")) == [
        f"PATCH /boards/{HOST}/boot-order order=Boot0007+Boot0003+Boot0004"
    ]


def test_two_options_of_one_name_are_told_apart_by_their_references():
    found = order("Boot0003", "Boot0007", "Boot0004")
    assert "called Hard drive 1" in next(iter(why_not(own("bootOrder: [Hard drive 1]"), found).values()))
    assert sent(own("bootOrder: [Boot0004]"), found) == [
        f"PATCH /boards/{HOST}/boot-order order=Boot0004+Boot0003+Boot0007"
    ]


def test_firmware_of_the_version_that_git_says_is_in_order():
    assert differences(own("firmware: {BIOS: '2.19.1'}"), firmware("2.19.1")) == {}


@pytest.mark.parametrize(
    ("kind", "found", "place", "value"),
    [
        ("bios-attribute", bios(), ("board", "bios", "SriovGlobalEnable"), "Disabled"),
        ("secure-boot", secure(now=True, waiting=True), ("board", "secureBoot"), True),
        ("boot-order", order("Boot0007", "Boot0004"), ("board", "bootOrder"), ("PXE NIC.1", "Boot0004")),
        ("board-firmware", firmware("2.19.1"), ("board", "firmware", "BIOS"), "2.19.1"),
    ],
)
def test_what_a_controller_shows_can_be_taken_into_git(kind, found, place, value):
    said = [
        each
        for each in KINDS[kind].express(resource(kind, found), observed(found))
        if each.path == ("hosts", HOST, *place)
    ]
    assert [each.value for each in said] == [value]
