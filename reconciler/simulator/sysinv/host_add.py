"""Hosts are added, found on the network, and deleted (starlingx/config host.py ``_do_post``, ``delete``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family, HostEvent
from reconciler.simulator.sysinv import arrivals, board_management, pools
from reconciler.simulator.sysinv.facts import has_worker, is_controller, is_locked, is_simplex
from reconciler.simulator.sysinv.hosts import HOSTS
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("host_add")

PERSONALITIES = ("controller", "worker", "storage", "edgeworker")
CONTROLLERS = ["controller-0", "controller-1"]
_NAME, _STORAGE = re.compile(r"^[\w\.\-]+$"), re.compile(r"^storage-[0-9]+$")
_MAC = re.compile(r"^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$")
_GIVEN = (
    "hostname personality subfunctions mgmt_mac boot_device rootfs_device install_output console tboot ttys_dcd bm_ip"
    " bm_type bm_username location invprovision hw_settle serialid apparmor clock_synchronization"
)
_KNOWN = f"{HOSTS.columns} {_GIVEN} bm_password forisystemid"
TABLES_OF_HOST = [
    "iinterfaces",
    "ports",
    "icpus",
    "imemorys",
    "inodes",
    "idisks",
    "partitions",
    "ilvgs",
    "ipvs",
    "istors",
    "host_fs",
    "labels",
    "pci_devices",
    "ceph_mon",
    "ptp_host_links",
    "runtime_configs",
]


@family.on("POST", "/ihosts")
def add(system: System, call: Call) -> Row:
    body = attributes(call.body, "host", _KNOWN)
    _check(system, body)
    given = {name: body[name] for name in _GIVEN.split() if body.get(name) is not None}
    kind = {"bm_type": body.get("bm_type") or board_management.implied(body)}
    row = {"subfunctions": body["personality"], **given, **kind, "mgmt_mac": body["mgmt_mac"].lower()}
    board_management.check_taken(system, body)
    board_management.check(system, arrivals.blank(), {**arrivals.blank(), **row}, body)
    waiting = arrivals.nameless(system, body["mgmt_mac"])
    if waiting is None:
        host = system.insert("ihosts", **{**arrivals.blank(), **row})
    else:
        host = system.update("ihosts", waiting["uuid"], **row)
    host = join(system, host)
    return shown(system, HOSTS, system.tables.update("ihosts", host["uuid"], {"updated_at": None}), call)


def join(system: System, host: Row) -> Row:
    """A host that has a name and a personality now gets its management address, and boots."""
    host = system.update("ihosts", host["uuid"], mgmt_ip=_address(system, host))
    arrivals.boots(system, host)
    return host


def _check(system: System, body: Row) -> None:
    personality, hostname = body.get("personality"), body.get("hostname")
    if is_simplex(system):
        raise refuse("Host-add Rejected: Adding a host on a simplex system is not allowed.")
    if not hostname and personality not in ("controller", "storage"):
        raise refuse(f"Host-add Rejected. Must provide a hostname for a node of personality {personality}")
    mac = body.get("mgmt_mac")
    if not mac:
        raise refuse("Host-add Rejected: Must provide MAC Address of host mgmt interface")
    if not _MAC.match(str(mac)):
        raise refuse("Host-add Rejected: Must provide a valid format of a MAC Address")
    if hostname and personality not in PERSONALITIES:
        raise refuse(f"{hostname}: Reject attempt to configure with invalid personality={personality} ")
    check_name(str(hostname or ""), str(personality))
    if personality == "storage" and system.own["system_type"] == "All-in-one":
        raise refuse(f"Personality [{personality}] for host is not compatible with installed software. ")
    _check_taken(system, body)


def check_name(name: str, personality: str) -> None:
    """A host's name tells what it is (host.py ``_validate_hostname``; unverified)."""
    if not name:
        return
    if personality in ("worker", "edgeworker"):
        if not _NAME.match(name):
            raise refuse("Name may only contain letters, numbers, underscores, periods and hyphens.")
        if name in CONTROLLERS or name.startswith("storage"):
            raise refuse(f"{name} Reject attempt to configure invalid hostname for personality {personality}.")
    if personality == "controller" and name not in CONTROLLERS:
        raise refuse(f"Host with personality={personality} can only have a hostname from {CONTROLLERS}")
    if personality == "storage" and not _STORAGE.match(name):
        raise refuse(f"Host with personality={personality} can only have a hostname starting with storage-(number)")


def _check_taken(system: System, body: Row) -> None:
    hosts = system.hosts()
    names = {h["hostname"] for h in hosts}
    if body["personality"] == "controller" and names.issuperset(CONTROLLERS):
        raise refuse(
            "Two controller nodes have already been configured. This host can not be configured as a controller."
        )
    if body["personality"] not in ("controller", "storage") and body["hostname"] in names:
        raise refuse("Host-add Rejected: Hostname already exists")
    taken = any(str(h["mgmt_mac"]).lower() == str(body["mgmt_mac"]).lower() for h in hosts)
    if taken and arrivals.nameless(system, str(body["mgmt_mac"])) is None:
        raise refuse(f"Host-add Rejected: Host with mgmt_mac {body['mgmt_mac']} already exists")


def _address(system: System, host: Row) -> str | None:
    """A management address; a controller's is fixed, another host's comes from the pool and waits for its interface."""
    network = system.tables.first("networks", type="mgmt")
    found = pools.pools_of(system, network) if network else []
    if not found:
        return None
    if is_controller(host):
        return str(found[0][pools.controller_field(system, host)])
    for kind in ("mgmt", "cluster-host"):
        _reserve(system, host, kind)
    return str(system.tables.rows("addresses", name=f"{host['hostname']}-mgmt")[0]["address"])


def _reserve(system: System, host: Row, kind: str) -> None:
    network = system.tables.first("networks", type=kind)
    for pool in pools.pools_of(system, network) if network else []:
        if network and network["dynamic"]:
            pools.new_address(system, pool, pools.next_free(system, pool), f"{host['hostname']}-{kind}")


@family.on("DELETE", "/ihosts/{host}")
def delete(system: System, call: Call) -> None:
    host = system.host(call["host"])
    if is_simplex(system) and is_controller(host):
        raise refuse(f"Deleting {host['hostname']} on a simplex system is not allowed.")
    if not is_locked(host):
        raise Fault(
            500,
            f"Unable to complete the action delete because Host {host['hostname'] or host['uuid']} is in administrative state ="
            " unlocked.",
        )
    if _is_left_to_vim(host):
        system.after(system.durations.vim_moves_services, removed, host["uuid"], tag=f"delete {host['uuid']}")
    else:
        removed(system, host["uuid"])


def _is_left_to_vim(host: Row) -> bool:
    """A worker that was in service goes when VIM has let go of it (host.py ``delete``; unverified)."""
    return bool(host["hostname"]) and host["invprovision"] == "provisioned" and has_worker(host)


def removed(system: System, uuid: str) -> None:
    host = system.tables.find("ihosts", uuid)
    if host is not None:
        system.host_event(HostEvent.DELETED, host)
        remove(system, host)


def remove(system: System, host: Row) -> None:
    """The host and every row that is a part of it."""
    for table in TABLES_OF_HOST:
        for row in system.tables.rows(table):
            if host["uuid"] in (row.get("ihost_uuid"), row.get("host_uuid")):
                system.tables.delete(table, row["uuid"])
    for table in ("interface_networks", "interface_datanetworks", "routes"):
        for row in system.tables.rows(table, forihostid=host["id"]):
            system.tables.delete(table, row["uuid"])
    for address in system.tables.rows("addresses"):
        mine = address["forihostid"] == host["id"] or str(address.get("name")).startswith(f"{host['hostname']}-")
        if mine and not is_controller(host):
            system.tables.delete("addresses", address["uuid"])
        elif mine:
            pools.take_off_interface(system, address)
    system.tables.delete("ihosts", host["uuid"])
