"""A host whose power is taken, and given back: by whoever stands beside it, or by its board management controller.

The platform is told by nobody. Unverified, for no recording has it: what it shows of such a host is what it shows of one that
reboots (``host_walks``), without ever having been asked for it. While no controller runs, nobody shows anything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reconciler.simulator.sysinv import config, host_walks
from reconciler.simulator.sysinv.facts import UNLOCKED
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

BOOTING = "booting"  # timeline tag of a controller that was switched on


def is_down(system: System, unpowered: Collection[str]) -> bool:
    """Whether none of the controllers has power, or has booted since it got it back."""
    return all(
        row["hostname"] in unpowered or system.timeline.waits(_booting(row["uuid"]))
        for row in config.controllers(system)
    )


def is_switched_off(system: System, host: str) -> bool:
    """The platform itself switched it off (``power-off``)."""
    row = _row(system, host)
    return bool(row and row["availability"] == "power-off")


def goes_down(system: System, host: str) -> None:
    if row := _row(system, host):
        for tag in (host_walks.tag(row["uuid"]), _booting(row["uuid"])):
            system.timeline.cancel(tag)
        system.update("ihosts", row["uuid"], **host_walks.GONE, task="")


def comes_up(system: System, host: str) -> None:
    """It boots: one in service is tested and taken into service again, any other is online and waits."""
    if row := _row(system, host):
        system.journal.count(host, "reboot")
        system.update("ihosts", row["uuid"], **host_walks.GONE)
        boots_s = host_walks.reboot_time(system, row)
        then = host_walks.testing if row["administrative"] == UNLOCKED else host_walks.came_back
        system.after(boots_s, then, row["uuid"], tag=host_walks.tag(row["uuid"]))
        system.after(boots_s, _booted, row["uuid"], tag=_booting(row["uuid"]))


def _booted(_system: System, _uuid: str) -> None:
    """Its APIs answer from now on: there is nothing to be changed."""


def _booting(uuid: str) -> str:
    return f"{BOOTING} {uuid}"


def _row(system: System, host: str) -> Row | None:
    return system.tables.first("ihosts", hostname=host)
