"""What kind of system and host this is, in the words that sysinv's checks use.

starlingx/config common/utils.py ``is_aio_system``, ``is_aio_simplex_system``, ``is_aio_duplex_system`` and
api/controllers/v1/utils.py ``is_aio_simplex_host_unlocked``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

ALL_IN_ONE = "All-in-one"
STANDARD = "Standard"
STAGED = frozenset({"provisioned", "provisioning", "upgrading"})
"""invprovision of hosts whose agent acts at once; other hosts act at their first unlock."""


def is_aio(system: System) -> bool:
    return bool(system.own["system_type"] == ALL_IN_ONE)


def is_aio_simplex(system: System) -> bool:
    return is_aio(system) and system.own["system_mode"] == "simplex"


def is_aio_duplex(system: System) -> bool:
    """AIO-DX; a standard system is neither simplex nor duplex here."""
    return is_aio(system) and system.own["system_mode"] != "simplex"


def hosts_of(system: System, personality: str) -> list[Row]:
    return system.tables.rows("ihosts", personality=personality)


def functions(host: Row) -> set[str]:
    """What the host is: controller, worker, storage, lowlatency."""
    return set(filter(None, (host.get("subfunctions") or "").split(",")))


def is_up(host: Row) -> bool:
    """Unlocked and enabled."""
    return bool(host["administrative"] == "unlocked" and host["operational"] == "enabled")


def acts_at_once(host: Row) -> bool:
    """Whether the host's agent carries storage changes out in service."""
    return host["invprovision"] in STAGED


def is_unlocking(host: Row) -> bool:
    return (host["ihost_action"] or "").startswith("unlock")


def stays_locked(host: Row) -> bool:
    """Locked, and no unlock under way."""
    return is_locked(host) and not is_unlocking(host)


def is_unlocked_simplex(system: System, host: Row) -> bool:
    return bool(
        system.own["system_mode"] == "simplex" and not is_locked(host) and host["invprovision"] != "provisioning"
    )


def must_be_locked(host: Row) -> Fault:
    """The refusal that some resources give as a 500 (exception ``HostMustBeLocked``)."""
    text = f"Unable to complete the action because Host {host['hostname']} is in administrative state = unlocked."
    return refuse(text, 500)
