"""What keeps a host from being installed by its controller: one finding for each thing that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.board import Board, BoardPort, Media, Power, Trouble
from reconciler.model.board_check import BoardCheck, findings
from reconciler.model.board_reading import BoardReading

MAC = "52:54:00:00:00:0a"
WELL = Board(
    power=Power.OFF,
    media=(Media("Floppy", ("Floppy",)), Media("Cd", ("CD", "DVD"), "http://192.0.2.9/old.iso", is_inserted=True)),
    ports=(BoardPort("NIC.1", "52:54:00:00:00:0b"), BoardPort("NIC.2", MAC)),
)


def checks(board: Board | None = None, mac: str = MAC, **said):
    return [each.check for each in findings(BoardReading("h", "https://192.0.2.20", 0.0, board, **said), mac)]


@pytest.mark.parametrize("power", [Power.ON, Power.OFF, Power.PAUSED])
def test_a_host_that_is_on_or_off_with_an_old_image_in_its_drive_can_be_installed(power):
    assert checks(replace(WELL, power=power)) == []


@pytest.mark.parametrize("trouble", Trouble)
def test_each_way_in_which_a_controller_is_of_no_use_is_a_condition_of_its_own(trouble):
    assert checks(trouble=trouble, said="said so") == [BoardCheck(trouble.value)]


def test_a_secret_that_is_not_there_is_one_too():
    assert checks(said="not asked: env:BOARD is not set") == [BoardCheck.NO_SECRET]


@pytest.mark.parametrize("power", [Power.POWERING_ON, Power.POWERING_OFF])
def test_a_host_whose_power_somebody_switches_now_waits(power):
    assert checks(replace(WELL, power=power)) == [BoardCheck.POWER_CHANGING]


def test_a_controller_that_does_not_know_the_power_cannot_be_installed_by():
    assert checks(replace(WELL, power=Power.UNKNOWN)) == [BoardCheck.POWER_UNKNOWN]


@pytest.mark.parametrize("media", [None, (), (Media("Usb", ("USBStick",)),)])
def test_without_a_virtual_disc_there_is_no_way_in(media):
    assert checks(replace(WELL, media=media)) == [BoardCheck.NO_MEDIA]


def test_a_controller_of_another_machine_is_found_by_its_ports():
    [finding] = findings(BoardReading("h", "u", 0.0, WELL), "52:54:00:00:00:FF")
    assert finding.check is BoardCheck.OTHER_MACHINE
    assert "NIC.1 52:54:00:00:00:0b" in finding.said


@pytest.mark.parametrize("ports", [None, (), (BoardPort("NIC.1", ""),)])
def test_ports_that_a_controller_does_not_know_tell_nothing(ports):
    assert checks(replace(WELL, ports=ports)) == []


def test_where_git_says_no_mac_none_is_compared_and_letters_may_be_large():
    assert checks(WELL, mac="") == []
    assert checks(WELL, mac=MAC.upper()) == []


def test_everything_that_is_wrong_is_told_at_once():
    wrong = replace(WELL, power=Power.UNKNOWN, media=(), ports=WELL.ports[:1])
    assert checks(wrong) == [BoardCheck.POWER_UNKNOWN, BoardCheck.NO_MEDIA, BoardCheck.OTHER_MACHINE]
