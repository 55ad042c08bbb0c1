"""PCI devices of a host: what site.yaml says of the ones that are there."""

from __future__ import annotations

import pytest

from tests.kinds.machines import (
    AIO,
    HOST,
    KINDS,
    differences,
    host,
    observed,
    planned,
    resource,
    rows,
    sent,
    why_not,
)

TEXT = "own: {hosts: {controller-0: {pciDevices: {'0000:0b:00.0': {name: fec0, enabled: true}}}}}"
KEY = "controller-0/pci-device/0000:0b:00.0"
DEVICE = {
    "uuid": "pci",
    "pciaddr": "0000:0b:00.0",
    "name": "pci_0000_0b_00_0",
    "enabled": False,
    "pdevice_id": "0d5c",
    "host_uuid": f"host-{HOST}",
}


def listed(**more):
    return rows(host(**AIO), pci_devices=[DEVICE | more])


def test_use_and_name_are_set_under_lock():
    assert sent(TEXT, listed()) == ["PATCH pci_devices/<0000:0b:00.0> enabled=True name=fec0"]
    assert planned(TEXT, listed()).locked_hosts == (HOST,)
    assert differences(TEXT, listed(name="fec0", enabled=True)) == {}


def test_what_git_does_not_say_of_a_device_is_left_alone():
    said = TEXT.replace("name: fec0, ", "")
    assert differences(said, listed(name="mine", enabled=True)) == {}


@pytest.mark.parametrize(("more", "is_usual"), [({}, True), ({"enabled": True}, False), ({"name": "fec0"}, False)])
def test_one_that_nobody_touched_is_not_worth_saying(more, is_usual):
    found = listed(**more)
    assert KINDS["pci-device"].is_usual(resource("pci-device", found), observed(found)) is is_usual


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (rows(host(**AIO)), "the host has no PCI device 0000:0b:00.0"),
        (listed(pdevice_id="4940"), "sets a QAT device up by itself"),
        (rows(host(), pci_devices=[DEVICE]), "no worker function"),
    ],
)
def test_why_it_cannot_be(found, why):
    assert why in why_not(TEXT, found)[KEY]
