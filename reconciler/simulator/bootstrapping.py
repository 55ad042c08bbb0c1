"""One freshly bootstrapped system from its hardware and what bootstrap was told.

Bootstrap makes its address pools and networks through the API, in the order of ansible-playbooks
roles/bootstrap/persist-config/files/populate_initial_config.py, and gives controller-0 a loopback interface with mgmt
and cluster-host (roles/bootstrap/bringup-essential-services/tasks/main.yml); so does this. The other machines are
already discovered: added, booted, inventoried, waiting to be configured.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from reconciler.model.errors import ConfigError
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.exchange import Request
from reconciler.simulator.hardware import ALL_IN_ONE, Bootstrap, Machine, SiteHardware, Subnet
from reconciler.simulator.journal import Journal
from reconciler.simulator.platform_defaults import fill
from reconciler.simulator.sysinv import arrivals, discovery, sysinv
from reconciler.simulator.system import System
from reconciler.simulator.tables import Row
from reconciler.simulator.timeline import START

INSTALLER = {"User-Agent": "bootstrap", "Accept": "application/json"}
NO_MAC = "00:00:00:00:00:00"
ON_LOOPBACK = ("mgmt", "cluster-host")


def bootstrapped(site: SiteHardware, *, durations: Durations = REAL, start: datetime = START) -> System:
    """The system at time zero. Raises ConfigError where bootstrap would have failed on its values."""
    system = System(site.name, sysinv(), durations=durations, start=start)
    fill(system, site.bootstrap)
    for subnet in site.bootstrap.subnets:
        _make_network(system, subnet)
    for machine in site.machines:
        discovery.put_in_rack(system, machine)
    first, *others = site.machines
    _install_controller(system, site.bootstrap, first)
    for machine in others:
        _add(system, site.bootstrap, machine)
    return _as_new(system)


def _make_network(system: System, subnet: Subnet) -> None:
    network: Row = {}
    for pool in subnet.pools:
        made = _post(system, "addrpools", **{name: value for name, value in pool.body().items() if value})
        if network:
            _post(system, "network_addresspools", network_uuid=network["uuid"], address_pool_uuid=made["uuid"])
        else:
            named: Row = {"type": subnet.type, "name": subnet.type, "dynamic": subnet.dynamic}
            network = _post(system, "networks", **named, pool_uuid=made["uuid"])
    if subnet.type == "oam":
        own = {"uuid": network["uuid"], "isystem_uuid": system.own["uuid"], "region_config": False, "forisystemid": 1}
        system.insert("iextoam", **own)


def _install_controller(system: System, told: Bootstrap, machine: Machine) -> None:
    """controller-0 as the installer and bootstrap leave it: locked, online, inventoried, not yet provisioned."""
    host = system.insert("ihosts", **_host(told, machine), isystem_uuid=system.own["uuid"])
    host = system.update(
        "ihosts",
        host["uuid"],
        mgmt_mac=NO_MAC,
        invprovision="provisioning",
        capabilities={"Personality": "Controller-Active"},
        kernel_running="lowlatency" if told.low_latency else "standard",
        updated_at=None,
    )
    discovery.take(system, host, machine)
    loopback = _post(
        system, "iinterfaces", ihost_uuid=host["uuid"], ifname="lo", iftype="virtual", ifclass="platform", imtu=1500
    )
    for kind in ON_LOOPBACK:
        network = system.tables.first("networks", type=kind)
        if network is not None:
            _post(system, "interface_networks", interface_uuid=loopback["uuid"], network_uuid=network["uuid"])


def _add(system: System, told: Bootstrap, machine: Machine) -> None:
    body = {
        "hostname": machine.name,
        "personality": machine.personality,
        "subfunctions": _subfunctions(told, machine),
        "mgmt_mac": machine.boot_mac,
        "boot_device": machine.disks[0].path,
        "rootfs_device": machine.disks[0].path,
        "console": "ttyS0,115200n8",
    }
    host = _post(system, "ihosts", **body)
    if machine.personality == "controller":
        system.update("ihosts", host["uuid"], capabilities={"Personality": "Controller-Standby"})
    arrivals.discovered(system, host["uuid"])


def _host(told: Bootstrap, machine: Machine) -> Row:
    device = machine.disks[0].path
    return {
        "hostname": machine.name,
        "personality": machine.personality,
        "subfunctions": _subfunctions(told, machine),
        "subfunction_oper": "disabled",
        "subfunction_avail": "online",
        "administrative": "locked",
        "operational": "disabled",
        "availability": "online",
        "action": "none",
        "inv_state": "inventoried",
        "task": "",
        "mtce_info": "0",
        "reserved": False,
        "config_applied": "install",
        "clock_synchronization": "ntp",
        "uptime": 3600,
        "location": {},
        "boot_device": device,
        "rootfs_device": device,
        "hw_settle": "0",
        "install_output": "text",
        "console": "ttyS0,115200n8",
        "tboot": "",
        "ttys_dcd": False,
        "apparmor": "disabled",
        "min_cpu_mhz_allowed": "",
        "max_cpu_mhz_allowed": "",
        "cstates_available": "",
        "reboot_needed": False,
        "serialid": None,
        "sw_version": told.release,
    } | dict.fromkeys(_UNSET)


_UNSET = (
    "install_state",
    "install_state_info",
    "max_cpu_mhz_configured",
    "ihost_action",
    "vim_progress_status",
    "config_status",
    "config_target",
    "mgmt_ip",
    "bm_ip",
    "bm_type",
    "bm_username",
    "peers",
)


def _subfunctions(told: Bootstrap, machine: Machine) -> str:
    names = [machine.personality]
    if machine.personality == "controller" and told.system_type == ALL_IN_ONE:
        names += ["worker", "lowlatency"] if told.low_latency else ["worker"]
    return ",".join(names)


def _post(system: System, path: str, **body: Any) -> Row:
    request = Request("POST", f"/v1/{path}", headers=INSTALLER, content=json.dumps(body).encode())
    response = system.handle(request)
    if response.status != 200:
        fault = json.loads(response.body["error_message"])["faultstring"]
        message = f"{system.name}: bootstrap cannot make {body.get('name') or body.get('hostname') or path}: {fault}"
        raise ConfigError(message, "bootstrap-values.yaml")
    found: Row = response.body
    return found


def _as_new(system: System) -> System:
    """Nothing of the making stays: no journal, nothing under way, no configuration owed."""
    system.journal = Journal()
    system.timeline.back_to([])
    for host in system.hosts():
        unowed = {"config_applied": "install", "config_target": None, "config_status": None, "updated_at": None}
        system.tables.update("ihosts", host["uuid"], unowed)
    return system
