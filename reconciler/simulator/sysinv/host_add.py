"""Hosts are added, found on the network, and deleted (starlingx/config host.py ``_do_post``, ``delete``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family, HostEvent
from reconciler.simulator.sysinv import pools
from reconciler.simulator.sysinv.facts import is_controller, is_locked, is_simplex
from reconciler.simulator.sysinv.hosts import HOSTS
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("host_add")

PERSONALITIES = ("controller", "worker", "storage", "edgeworker")
_MAC = re.compile(r"^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$")
_GIVEN = (
    "hostname personality subfunctions mgmt_mac boot_device rootfs_device install_output console tboot ttys_dcd bm_ip"
    " bm_type bm_username location invprovision hw_settle serialid apparmor clock_synchronization"
)
_KNOWN = f"{HOSTS.columns} {_GIVEN} bm_password forisystemid"
_DEFAULTS: dict[str, Any] = {
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
    "bm_type": "none",
    "clock_synchronization": "ntp",
    "location": {},
    "reserved": False,
    "reboot_needed": False,
    "uptime": 0,
}
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
    empty = dict.fromkeys(HOSTS.columns.split())
    for name in ("id", "uuid", "created_at", "updated_at"):
        empty.pop(name)
    given = {name: body[name] for name in _GIVEN.split() if body.get(name) is not None}
    row = {**empty, **_DEFAULTS, "subfunctions": body["personality"], "capabilities": {}, **given}
    host = system.insert("ihosts", **{**row, "mgmt_mac": body["mgmt_mac"].lower()})
    host = system.update("ihosts", host["uuid"], mgmt_ip=_address(system, host))
    _boot(system, host)
    return shown(system, HOSTS, system.tables.update("ihosts", host["uuid"], {"updated_at": None}), call)


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
    if personality == "storage" and system.own["system_type"] == "All-in-one":
        raise refuse(f"Personality [{personality}] for host is not compatible with installed software. ")
    _check_taken(system, body)


def _check_taken(system: System, body: Row) -> None:
    hosts = system.hosts()
    if body["personality"] not in ("controller", "storage") and any(h["hostname"] == body["hostname"] for h in hosts):
        raise refuse("Host-add Rejected: Hostname already exists")
    if any(str(h["mgmt_mac"]).lower() == str(body["mgmt_mac"]).lower() for h in hosts):
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


def _boot(system: System, host: Row) -> None:
    system.after(system.durations.discovery, discovered, host["uuid"])


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


@family.on("DELETE", "/ihosts/{host}")
def delete(system: System, call: Call) -> None:
    host = system.host(call["host"])
    if is_simplex(system) and is_controller(host):
        raise refuse(f"Deleting {host['hostname']} on a simplex system is not allowed.")
    if not is_locked(host):
        raise Fault(
            500,
            f"Unable to complete the action delete because Host {host['hostname']} is in administrative state ="
            " unlocked.",
        )
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
