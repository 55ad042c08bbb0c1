"""A dark site in one line: with power, without, in part, or nobody knows."""

from __future__ import annotations

import pytest

from reconciler.model.board import Board, Health, Power, Sensor, Trouble
from reconciler.model.dark import HostSight, SitePower, ailing, in_words, site_power

ON = HostSight("controller-0", 1.0, Power.ON, Health.OK)
OFF = HostSight("controller-1", 1.0, Power.OFF, Health.OK)
DEAD = HostSight("controller-1", 1.0, trouble=Trouble.DEAD, said="controller-1: its controller is dead: no route")


@pytest.mark.parametrize(
    ("sights", "power", "words"),
    [
        ((ON,), SitePower.ON, "hosts powered on"),
        ((OFF,), SitePower.OFF, "power lost"),
        ((ON, OFF), SitePower.PARTLY, "power lost in part; off: controller-1"),
        ((ON, DEAD), SitePower.ON, "hosts powered on; not known: controller-1"),
        ((DEAD,), SitePower.UNKNOWN, "power not known, for no controller answers"),
        (
            (HostSight("controller-0", 1.0, Power.ON, Health.CRITICAL),),
            SitePower.ON,
            "hosts powered on; critical: controller-0",
        ),
    ],
)
def test_a_site_reads_by_what_its_controllers_say(sights, power, words):
    assert site_power(sights) is power
    assert in_words(sights) == words


def test_a_host_that_is_powering_off_has_power():
    assert site_power([HostSight("h", 1.0, Power.POWERING_OFF)]) is SitePower.ON


def test_where_nobody_looked_nothing_is_said():
    assert in_words(()) == ""


def sensor(name: str, health: Health) -> Sensor:
    return Sensor(name, "fan", 900.0, "RPM", health)


def test_a_host_is_as_ill_as_its_worst_part_and_the_parts_are_named():
    sensors = (sensor("Fan1", Health.OK), sensor("Fan2", Health.WARNING), sensor("Fan3", Health.CRITICAL))
    found = ailing("controller-0", 1.0, Board(Power.ON, Health.OK, sensors=sensors))
    assert (found.health, found.at) == (Health.CRITICAL, 1.0)
    assert found.in_words == "controller-0: health critical: Fan2 900 RPM, warning, Fan3 900 RPM, critical"


def test_a_host_that_is_rated_ill_without_a_sensor_that_says_why_is_told():
    assert ailing("h", 1.0, Board(Power.ON, Health.WARNING)).in_words == "h: health warning: no sensor says why"


@pytest.mark.parametrize("health", [Health.OK, Health.UNKNOWN])
def test_a_host_that_is_well_or_of_which_nobody_knows_is_not_ill(health):
    assert ailing("h", 1.0, Board(Power.ON, health, sensors=(sensor("Fan1", health),))) is None
