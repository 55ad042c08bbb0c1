"""What several families ask about a system: its mode, whether it is bootstrapped, which networks an interface has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

LOCKED = "locked"
UNLOCKED = "unlocked"
SIMPLEX = "simplex"


def is_simplex(system: System) -> bool:
    return bool(system.own["system_mode"] == SIMPLEX)


def is_locked(host: Row) -> bool:
    return bool(host["administrative"] == LOCKED)


def is_configured(system: System) -> bool:
    """Whether initial configuration is complete: a controller was unlocked once (``is_initial_config_complete``)."""
    return any(host["invprovision"] == "provisioned" for host in system.tables.rows("ihosts", personality="controller"))


def has_worker(host: Row) -> bool:
    return "worker" in (host["subfunctions"] or "").split(",")


def is_controller(host: Row) -> bool:
    return bool(host["personality"] == "controller")


def is_active_controller(host: Row) -> bool:
    return bool((host["capabilities"] or {}).get("Personality") == "Controller-Active")


def must_be_locked(host: Row) -> None:
    if not is_locked(host):
        raise refuse("Host must be locked.")


def network_types(system: System, interface_uuid: str) -> list[str]:
    """The types of the networks that are assigned to an interface."""
    return [row["network_type"] for row in system.tables.rows("interface_networks", interface_uuid=interface_uuid)]


def has_network(system: System, host: Row, network_type: str) -> bool:
    """Whether an interface of the host has the network."""
    return bool(system.tables.rows("interface_networks", forihostid=host["id"], network_type=network_type))


def host_by_id(system: System, number: int) -> Row:
    found = system.tables.first("ihosts", id=number)
    if found is None:
        raise refuse(f"Server {number} could not be found.", 404)
    return found
