"""A dark site in one line: with power, without, in part, or nobody knows."""

from __future__ import annotations

import pytest

from reconciler.model.board import Health, Power, Trouble
from reconciler.model.dark import HostSight, SitePower, in_words, site_power

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
