"""What must be true before a host may be unlocked, as far as the host itself, its interfaces and applications go.

starlingx/config host.py ``check_unlock``. The checks of all families run in the order of ``UnlockStage``; the first
that fails ends, so that each retry can show a new reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family, HostEvent, UnlockStage
from reconciler.simulator.sysinv import pools
from reconciler.simulator.sysinv.facts import UNLOCKED, has_network, has_worker, is_controller, is_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("host_unlock")

_BUSY = ("applying", "updating", "recovering", "removing")
_FORCED_PAST = frozenset(
    {UnlockStage.APPLICATIONS, UnlockStage.SOFTWARE, UnlockStage.KERNEL, UnlockStage.RUNTIME_CONFIG}
)


def check(system: System, host: Row, *, force: bool) -> None:
    """Refuse, or return. A refusal leaves ihost_action empty, as the real server does."""
    try:
        _check_states(host, force=force)
        for stage, one_check in system.api.unlock_checks:
            if _concerns(stage, host) and not (force and stage in _FORCED_PAST):
                one_check(system, host)
    except Fault as fault:
        if not _is_locking(host):
            system.update("ihosts", host["uuid"], ihost_action="")
            fault.kept = True
        raise


def _concerns(stage: UnlockStage, host: Row) -> bool:
    if UnlockStage.CONTROLLER_OAM <= stage <= UnlockStage.CONTROLLER_DUPLEX_OAM:
        return is_controller(host)
    if UnlockStage.WORKER_INTERFACES <= stage <= UnlockStage.WORKER_STORAGE:
        return has_worker(host)
    return stage != UnlockStage.STORAGE_HOST or host["personality"] == "storage"


def _is_locking(host: Row) -> bool:
    running = str(host["ihost_action"] or "")
    return host["administrative"] == UNLOCKED and running.startswith(("lock", "force-lock", "force-unsafe-lock"))


def _check_states(host: Row, *, force: bool) -> None:
    name = host["hostname"]
    if host["install_state"] == "failed":
        raise refuse(f"Cannot unlock host {name} due to installation failure")
    if _is_locking(host):
        raise refuse(f"Host unlock rejected due to in progress action {str(host['ihost_action']).strip('-')}")
    if host["administrative"] == UNLOCKED:
        raise refuse(f"Avoiding 'unlock' action on already 'unlocked' host {name}")
    if host["availability"] == "power-off":
        raise refuse(
            f"Can not 'Unlock a Powered-Off' host {name}; Power-on, wait for 'online' status and then 'unlock'"
        )
    if not force and host["availability"] != "online":
        raise refuse(f"Host {name} is not online. Wait for 'online' availability status and then 'unlock'")
    _check_identity(host)


def _check_identity(host: Row) -> None:
    name = host["hostname"]
    if not all(host[item] for item in ("mgmt_mac", "hostname", "personality", "subfunctions")):
        raise refuse(f"Can not unlock an unprovisioned host {name}. Please perform 'Edit Host' to provision host.")
    if host["inv_state"] == "reinstalling":
        raise refuse(
            f"Can not unlock host {name} undergoing reinstall. Please ensure host has completed reinstall prior to unlock."
        )
    if host["inv_state"] != "inventoried":
        raise refuse(
            f"Can not unlock host {name} that has not yet been inventoried. Please wait for host to complete initial"
            " inventory prior to unlock."
        )


@family.at(HostEvent.UNLOCKING)
def take_floating_address(system: System, host: Row) -> None:
    """An AIO-SX has its floating management address on its own interface from the first unlock on (recorded)."""
    network = system.tables.first("networks", type="mgmt")
    link = system.tables.first("interface_networks", forihostid=host["id"], network_type="mgmt")
    if not is_simplex(system) or network is None or link is None:
        return
    interface = system.tables.row("iinterfaces", link["interface_uuid"])
    pools.assign(system, host, interface, network, pools.pools_of(system, network))


@family.unlock_check(UnlockStage.APPLICATIONS)
def no_application_busy(system: System, host: Row) -> None:
    simplex = is_simplex(system)
    busy = (*_BUSY, "uploading") if simplex else _BUSY
    if any(app["status"] in busy for app in system.tables.rows("apps")):
        raise refuse(
            f"Rejected: Can not unlock host {host['hostname']} while an application is being"
            f" {'uploaded, ' if simplex else ''}applied, updated, recovered or removed. Please try again later."
        )


@family.unlock_check(UnlockStage.CONTROLLER_OAM)
def controller_has_oam(system: System, host: Row) -> None:
    if not has_network(system, host, "oam"):
        raise refuse(
            "Can not unlock a controller host without an oam interface."
            " Add an oam interface before re-attempting this command."
        )


@family.unlock_check(UnlockStage.CONTROLLER_DUPLEX_OAM)
def migrating_pair_has_oam_addresses(system: System, host: Row) -> None:
    """A simplex on its way to a pair needs an OAM address for each (host.py ``_semantic_check_duplex_oam_config``)."""
    network = system.tables.first("networks", type="oam")
    if network is None or not system.own["capabilities"].get("simplex_to_duplex_migration"):
        return
    pool = system.tables.row("addrpools", network["pool_uuid"])
    for key, field in (("oam_c0_ip", "controller0_address"), ("oam_c1_ip", "controller1_address")):
        if not pool[field]:
            raise refuse(f"Can not unlock controller on a {system.own['system_mode']} without configuring {key}.")


@family.unlock_check(UnlockStage.WORKER_INTERFACES)
def vfs_are_there(system: System, host: Row) -> None:
    """Ports must show the VFs that their interface asks for (host.py ``_semantic_check_data_interfaces``)."""
    for interface in system.tables.rows("iinterfaces", ihost_uuid=host["uuid"], ifclass="pci-sriov"):
        for port in system.tables.rows("ports", interface_uuid=interface["uuid"]):
            if (port["sriov_numvfs"] or 0) != (interface["sriov_numvfs"] or 0):
                raise refuse(
                    f"Expecting number of interface sriov_numvfs={interface['sriov_numvfs']}. Please wait a few minutes"
                    " for inventory update and retry host-unlock."
                )


@family.unlock_check(UnlockStage.INTERFACES)
def platform_networks_are_there(system: System, host: Row) -> None:
    name = host["hostname"]
    if not has_network(system, host, "mgmt"):
        raise refuse(f"Cannot unlock host {name} without configuring a management interface.")
    if not is_simplex(system):
        _refuse_virtual(system, host, "mgmt", "management")
    if not has_network(system, host, "cluster-host"):
        raise refuse(f"Cannot unlock host {name} without configuring a cluster-host interface.")
    if not is_simplex(system):
        _refuse_virtual(system, host, "cluster-host", "cluster-host")
    admin = system.tables.first("networks", type="admin")
    if is_controller(host) and admin and not has_network(system, host, "admin"):
        raise refuse(f"Cannot unlock host {name} without assigning the admin network to an interface")


def _refuse_virtual(system: System, host: Row, network_type: str, label: str) -> None:
    for link in system.tables.rows("interface_networks", forihostid=host["id"], network_type=network_type):
        if system.tables.row("iinterfaces", link["interface_uuid"])["iftype"] == "virtual":
            raise refuse(
                f"Cannot unlock host {host['hostname']} when {label} interface is configured on a virtual interface."
            )
