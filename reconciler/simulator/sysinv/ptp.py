"""PTP instances, their interfaces and parameters.

starlingx/config api/controllers/v1/ptp_instance.py, ptp_interface.py, ptp_parameter.py. Instances and interfaces share
one sequence of ids. Nothing reaches the hosts before ``POST /ptp_instances/apply``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, one_of, require
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, UnlockStage
from reconciler.simulator.patching import Operation, typed_operations
from reconciler.simulator.sysinv import config, ptp_links
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("ptp")

GLOBAL = "global"  # the section of what names none (sysinv db/sqlalchemy/models.py PtpParameters)
SERVICES = ("ptp4l", "synce4l", "phc2sys", "gnss-monitor", "clock", "dpll-mgr", "ts2phc")


def _instance(system: System, row: Row) -> Mapping[str, Any]:
    by_section: dict[str, list[str]] = {}
    for item in _parameters(system, row):
        by_section.setdefault(item["section"], []).append(f"{item['name']}={item['value']}")
    hosts = [host["hostname"] for host in ptp_links.hosts_of(system, row)]
    return {"type": "ptp-instance", "capabilities": {}, "hostnames": hosts, "parameters": by_section}


def _interface(system: System, row: Row) -> Mapping[str, Any]:
    instance = system.tables.row("ptp_instances", row["ptp_instance_uuid"])
    on = ptp_links.interfaces_of(system, row)
    hosts = [system.tables.row("ihosts", item["ihost_uuid"])["hostname"] for item in on]
    return {
        "type": "ptp-interface",
        "capabilities": {},
        "ptp_instance_id": instance["id"],
        "ptp_instance_name": instance["name"],
        "hostnames": list(dict.fromkeys(hosts)),
        "interface_names": [f"{host}/{item['ifname']}" for host, item in zip(hosts, on, strict=True)],
        "parameters": [f"{item['name']}={item['value']}" for item in _parameters(system, row)],
    }


def _parameter(system: System, row: Row) -> Mapping[str, Any]:
    owners = system.tables.rows("ptp_owners", parameter_uuid=row["uuid"])
    return {"owners": [item["owner_uuid"] for item in owners]}


INSTANCES = family.collection(
    Collection(
        "ptp_instances",
        columns="created_at updated_at id uuid type capabilities name service hostnames parameters",
        links=None,
        derive=_instance,
    )
)
INTERFACES = family.collection(
    Collection(
        "ptp_interfaces",
        columns="created_at updated_at id uuid type capabilities name ptp_instance_id ptp_instance_uuid"
        " ptp_instance_name hostnames interface_names parameters",
        links=None,
        derive=_interface,
    )
)
PARAMETERS = family.collection(
    Collection(
        "ptp_parameters",
        columns="created_at updated_at uuid section name value owners",
        links=None,
        derive=_parameter,
    )
)


def _parameters(system: System, row: Row) -> list[Row]:
    owned = system.tables.rows("ptp_owners", owner_uuid=row["uuid"])
    return [system.tables.row("ptp_parameters", item["parameter_uuid"]) for item in owned]


@family.after_load
def link_loaded(system: System) -> None:
    """Lists name hosts, interfaces and owners; the links are made from these names."""
    for row in system.tables.rows("ptp_instances"):
        for hostname in row.get("hostnames") or []:
            system.insert("ptp_host_links", host_uuid=system.host(hostname)["uuid"], owner_uuid=row["uuid"])
    for row in system.tables.rows("ptp_interfaces"):
        for name in row.get("interface_names") or []:
            _link_loaded_interface(system, row, name)
    for row in system.tables.rows("ptp_parameters"):
        for owner in row.get("owners") or []:
            system.insert("ptp_owners", owner_uuid=owner, parameter_uuid=row["uuid"])
    if not system.tables.rows("ptp_parameters"):
        _take_over_parameters(system)


def _take_over_parameters(system: System) -> None:
    """Where their own list was not read: as their owners show them, an interface's without their section."""
    for row in (*system.tables.rows("ptp_instances"), *system.tables.rows("ptp_interfaces")):
        told = row.get("parameters") or {}
        for section, pairs in (told if isinstance(told, dict) else {GLOBAL: told}).items():
            for pair in dict.fromkeys(pairs or ()):
                name, _, value = pair.partition("=")
                key = {"section": section, "name": name, "value": value}
                parameter = system.tables.first("ptp_parameters", **key) or system.insert("ptp_parameters", **key)
                _add_parameter(system, row, parameter)


def _link_loaded_interface(system: System, row: Row, name: str) -> None:
    hostname, ifname = name.split("/", 1)
    host = system.host(hostname)
    interface = system.tables.first("iinterfaces", ihost_uuid=host["uuid"], ifname=ifname)
    if interface is not None:
        system.insert("ptp_interface_links", interface_uuid=interface["uuid"], owner_uuid=row["uuid"])


@family.on("GET", "/ptp_instances")
def list_instances(system: System, call: Call) -> Row:
    """By name (recorded: replace-in-use, final)."""
    rows = sorted(system.tables.rows("ptp_instances"), key=lambda row: str(row["name"]))
    return listed(system, INSTANCES, rows, call)


@family.on("GET", "/ihosts/{host}/ptp_instances")
def instances_of_host(system: System, call: Call) -> Row:
    links = system.tables.rows("ptp_host_links", host_uuid=system.host(call["host"])["uuid"])
    return listed(system, INSTANCES, [system.tables.row("ptp_instances", item["owner_uuid"]) for item in links], call)


@family.on("GET", "/ihosts/{host}/ptp_interfaces")
def interfaces_of_host(system: System, call: Call) -> Row:
    host = system.host(call["host"])
    rows = system.tables.rows("ptp_interfaces")
    found = [row for row in rows if any(i["ihost_uuid"] == host["uuid"] for i in ptp_links.interfaces_of(system, row))]
    return listed(system, INTERFACES, found, call)


def _existing(system: System, table: str, uuid: str) -> Row:
    row = system.tables.find(table, uuid)
    if row is None:
        what = "instance" if table == "ptp_instances" else "interface"
        raise refuse(f"No PTP {what} found for {uuid}")
    return row


def _next_id(system: System) -> int:
    """Instances and interfaces are rows of one table of owners."""
    rows = [*system.tables.rows("ptp_instances"), *system.tables.rows("ptp_interfaces")]
    return max((row["id"] for row in rows), default=0) + 1


@family.on("POST", "/ptp_instances")
def create_instance(system: System, call: Call) -> Row:
    body = attributes(call.body, "ptp_instance", "name service id uuid capabilities")
    one_of(body, "service", SERVICES)
    require(body, "name", "service")
    if system.tables.first("ptp_instances", name=body["name"]):
        raise refuse(f"A PTP instance with name '{body['name']}' already exists.", 409)
    row = system.insert("ptp_instances", id=_next_id(system), name=body["name"], service=body["service"])
    return shown(system, INSTANCES, row, call)


@family.on("POST", "/ptp_interfaces")
def create_interface(system: System, call: Call) -> Row:
    body = attributes(call.body, "ptp_interface", "name ptp_instance_uuid ptp_instance_id id uuid capabilities")
    if body.get("name") is None:
        raise refuse("No name assigned to PTP interface")
    instance = _existing(system, "ptp_instances", str(body.get("ptp_instance_uuid")))
    if system.tables.first("ptp_interfaces", name=body["name"]):
        raise refuse(f"A PTP interface with name '{body['name']}' already exists.", 409)
    row = system.insert("ptp_interfaces", id=_next_id(system), name=body["name"], ptp_instance_uuid=instance["uuid"])
    return shown(system, INTERFACES, row, call)


@family.on("PATCH", "/ptp_instances/{uuid}")
def change_instance(system: System, call: Call) -> Row:
    row = _existing(system, "ptp_instances", call["uuid"])
    for item in typed_operations(call.body):
        _change_parameter(system, row, item, f"{item.section}'s ")
    return shown(system, INSTANCES, row, call)


@family.on("PATCH", "/ptp_interfaces/{uuid}")
def change_interface(system: System, call: Call) -> Row:
    row = _existing(system, "ptp_interfaces", call["uuid"])
    for item in typed_operations(call.body):
        _change_parameter(system, row, item, "")
    return shown(system, INTERFACES, row, call)


def _change_parameter(system: System, row: Row, item: Operation, prefix: str) -> None:
    """A parameter is one (section, name, value), shared by its owners; another value of a name is another one."""
    name, equals, value = str(item.value).partition("=")
    if not equals:
        raise refuse(f"Bad PTP parameter keypair: {item.value}")
    key = {"section": item.section, "name": name, "value": value}
    parameter = system.tables.first("ptp_parameters", **key)
    if item.op == "add":
        _add_parameter(system, row, parameter or system.insert("ptp_parameters", **key))
        return
    if parameter is None:
        raise refuse(f"No PTP parameter object found for {prefix}{item.value}")
    _drop_parameter(system, row, parameter, str(item.value))


def _add_parameter(system: System, row: Row, parameter: Row) -> None:
    key = {"owner_uuid": row["uuid"], "parameter_uuid": parameter["uuid"]}
    if system.tables.first("ptp_owners", **key):
        raise refuse(f"UUID {parameter['uuid']} is already a PTP parameter of UUID {row['uuid']}.", 409)
    system.insert("ptp_owners", **key)


def _drop_parameter(system: System, row: Row, parameter: Row, keypair: str) -> None:
    key = {"owner_uuid": row["uuid"], "parameter_uuid": parameter["uuid"]}
    link = system.tables.first("ptp_owners", **key)
    if link is None:
        raise refuse(f"No PTP parameter object {keypair} is owned by the given instance")
    system.tables.delete("ptp_owners", link["uuid"])
    if not system.tables.first("ptp_owners", parameter_uuid=parameter["uuid"]):
        system.tables.delete("ptp_parameters", parameter["uuid"])


@family.on("DELETE", "/ptp_instances/{uuid}")
def delete_instance(system: System, call: Call) -> None:
    """With it go, unasked, its interfaces (sysinv-api.md 8)."""
    row = _existing(system, "ptp_instances", call["uuid"])
    if ptp_links.hosts_of(system, row):
        raise refuse(f"PTP instance {row['uuid']} is still associated with host(s)")
    for interface in system.tables.rows("ptp_interfaces", ptp_instance_uuid=row["uuid"]):
        _remove(system, "ptp_interfaces", interface)
    _remove(system, "ptp_instances", row)


@family.on("DELETE", "/ptp_interfaces/{uuid}")
def delete_interface(system: System, call: Call) -> None:
    _remove(system, "ptp_interfaces", _existing(system, "ptp_interfaces", call["uuid"]))


def _remove(system: System, table: str, row: Row) -> None:
    for parameter in _parameters(system, row):
        _drop_parameter(system, row, parameter, "")
    for link in system.tables.rows("ptp_interface_links", owner_uuid=row["uuid"]):
        system.tables.delete("ptp_interface_links", link["uuid"])
    system.tables.delete(table, row["uuid"])


@family.on("POST", "/ptp_instances/apply")
def apply(system: System, call: Call) -> None:
    """A runtime manifest for unlocked hosts whose clock is PTP; the others are left alone (sysinv-api.md 8)."""
    hosts = [h for h in system.hosts() if h["clock_synchronization"] == "ptp" and not is_locked(h)]
    if hosts:
        config.mark_out_of_date(system, hosts)


@family.unlock_check(UnlockStage.INTERFACES)
def ptp_host_has_an_instance(system: System, host: Row) -> None:
    if host["clock_synchronization"] == "ptp" and not ptp_links.is_linked(system, host):
        raise refuse("Hosts with PTP clock synchronization must have at least one PTP interface or instance configured")
