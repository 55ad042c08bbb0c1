"""What a central cloud is itself: its release and those that it takes, its management pool, what it deploys with.

One row of the table `central`, which the control API can change: `{"set": {"release": "26.03"}}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE = "central"
USUAL = {
    "release": "24.09",
    "supported": ["22.12"],  # older releases that it can deploy (dcmanager/common/utils.py get_sw_version)
    "deployed": ["starlingx-24.09.1"],  # releases of its own USM that are deployed
    "management-subnet": "192.168.204.0/24",
    "management-start": "192.168.204.2",
    "management-end": "192.168.204.100",
    "deploying": False,  # software on itself: adding and deleting subclouds is refused meanwhile
    "system-uuid": "",
    "system-name": "dc-local",
}


def fill(system: System, **said: Any) -> None:
    own = {**USUAL, "system-uuid": system.uuid(), **said}
    system.insert(TABLE, **own)


def of(system: System) -> Row:
    """The row."""
    return system.tables.rows(TABLE)[0]
