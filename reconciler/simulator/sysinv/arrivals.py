"""Machines come by booting from the network: as a host that was announced, or as one that nobody has named.

starlingx/config conductor/manager.py ``handle_dhcp_lease``, ``create_ihost``: who asks for a lease on the pxeboot
network becomes a row without name and personality, unless a row has its MAC, and never on a simplex system. Named and
given a personality, it is installed. Unverified: nothing of this is recorded, as the recordings' machines never boot.

A machine stands in the rack (``discovery.RACK``), switched on or off. One that is off boots when board management
switches it on, as ``power-on`` and ``reinstall`` do; any other does when somebody has announced or named it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.family import HostEvent
from reconciler.simulator.sysinv import discovery
from reconciler.simulator.sysinv.facts import is_simplex
from reconciler.simulator.sysinv.hosts import HOSTS
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

DEFAULTS: dict[str, Any] = {
    "administrative": "locked",
    "operational": "disabled",
    "availability": "offline",
    "subfunction_oper": "disabled",
    "subfunction_avail": "not-installed",
    "action": "none",
    "boot_device": "/dev/sda",
    "rootfs_device": "/dev/sda",
    "hw_settle": "0",
    "install_output": "text",
    "console": "ttyS0,115200",
    "tboot": "",
    "ttys_dcd": False,
    "apparmor": "disabled",
    "clock_synchronization": "ntp",
    "location": {},
    "capabilities": {},
    "reserved": False,
    "reboot_needed": False,
    "uptime": 0,
}
IDENTITY = ("id", "uuid", "created_at", "updated_at")


def blank() -> Row:
    """The columns of a new host of which nothing is said."""
    return {name: DEFAULTS.get(name) for name in HOSTS.columns.split() if name not in IDENTITY}


def appears(system: System, mac: str, **reported: Any) -> Row | None:
    """A machine boots from the network: its row; None where the system takes no notice of it."""
    known = system.tables.first("ihosts", mgmt_mac=mac.lower())
    if known is not None:
        boots(system, known)
        return known
    if is_simplex(system):
        return None
    return system.insert("ihosts", **{**blank(), "mgmt_mac": mac.lower(), **reported})


def nameless(system: System, mac: str) -> Row | None:
    """The row of a machine that booted and is nothing yet: only such a one is there for a POST to take."""
    row = system.tables.first("ihosts", mgmt_mac=mac.lower())
    return row if row and not row["hostname"] and not row["personality"] else None


def boots(system: System, host: Row) -> None:
    """A host that was announced or named is installed, if its machine is switched on."""
    machine = system.tables.first(discovery.RACK, mac=host["mgmt_mac"])
    if host["personality"] and (machine is None or machine.get("is_on", True)):
        installs(system, host["uuid"])


def tag(uuid: str) -> str:
    """Name of a host's installation, for who ends it."""
    return f"install {uuid}"


def installs(system: System, uuid: str) -> None:
    """The machine runs its installer, once: until it has reported itself there is nothing else to be had of it."""
    system.timeline.cancel(tag(uuid))
    system.after(system.durations.discovery, discovered, uuid, tag=tag(uuid))


def discovered(system: System, uuid: str) -> None:
    """The host was installed and its agent reported what it is made of."""
    host = system.tables.find("ihosts", uuid)
    if host is None or host["inv_state"] is not None:
        return
    host = system.update(
        "ihosts", uuid, availability="online", subfunction_avail="online", inv_state="inventoried", task="",
        ihost_action="", vim_progress_status="services-disabled", install_state="completed", config_applied="install",
        invprovision="unprovisioned", uptime=100, sw_version=system.own["software_version"],
    )  # fmt: skip
    system.host_event(HostEvent.DISCOVERED, host)
