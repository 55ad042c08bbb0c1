"""Service parameters: values, and the apply that brings some services' to the hosts.

starlingx/config api/controllers/v1/service_parameter.py, common/service_parameter.py (names per section); what each
service sets in motion: conductor/manager.py ``update_service_config`` and sysinv-api.md 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import has_worker
from reconciler.simulator.sysinv.service_names import INTEGERS, RANGES, SECTIONS
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("service_parameters")

PARAMETERS = family.collection(
    Collection(
        "service_parameter",
        key="parameters",
        columns="uuid service section name value personality resource",
        more="created_at updated_at",
        noun="Service parameter",
    )
)
MAX_LENGTH = 4096
_WAITS_FOR_APPLY = frozenset({("platform", "maintenance"), ("identity", "config"), ("kubernetes", "kube_apiserver")})
_NEEDS_REBOOT = frozenset({("kubernetes", "config", "pod_max_pids"), ("platform", "kernel", "audit")})


@family.on("GET", "/service_parameter")
def list_parameters(system: System, call: Call) -> Row:
    """Filtered by ``q.field`` and ``q.value`` where they are given; by section and name."""
    name = call.query.get("q.field")
    equal = {name: call.query.get("q.value")} if name else {}
    rows = system.tables.rows("service_parameter", **equal)
    rows.sort(key=lambda row: (row["section"], row["name"]))
    return listed(system, PARAMETERS, rows, call)


def _check_section(service: Any, section: Any) -> None:
    if service not in SECTIONS:
        raise refuse(f"Invalid service name {service}.")
    if not section:
        raise refuse("Unspecified section name.")
    if section not in SECTIONS[service]:
        raise refuse(f"Invalid service section {section}.")


@family.on("POST", "/service_parameter")
def create(system: System, call: Call) -> Row:
    body = call.body if isinstance(call.body, dict) else {}
    service, section = body.get("service"), body.get("section")
    own = {"personality": body.get("personality"), "resource": body.get("resource")}
    if own["resource"] is None:
        _check_section(service, section)
    parameters = body.get("parameters")
    if not isinstance(parameters, dict) or not parameters:
        raise refuse("Unspecified parameters.")
    for name, value in parameters.items():
        _check_new(system, {"service": service, "section": section, "name": name, "value": value, **own})
    rows = [
        system.insert("service_parameter", service=service, section=section, name=name, value=value, **own)
        for name, value in parameters.items()
    ]
    _changed(system, rows)
    return listed(system, PARAMETERS, rows, call)


def _check_new(system: System, row: Row) -> None:
    if row["resource"] is None:
        _check_name(row)
    _check_value(row)
    same = {name: row[name] for name in ("service", "section", "name", "personality", "resource")}
    if system.tables.first("service_parameter", **same):
        more = f" personality={row['personality']} resource={row['resource']}" if row["resource"] else ""
        raise refuse(
            f"Service parameter add failed: Parameter already exists: service={row['service']}"
            f" section={row['section']} name={row['name']}{more}"
        )


def _check_name(row: Row) -> None:
    if row["service"] == "ptp":
        raise refuse("ptp service is deprecated")
    names = SECTIONS[row["service"]][row["section"]]
    if "*" not in names and row["name"] not in names:
        raise refuse(
            f"The parameter name {row['name']} is invalid for service {row['service']} section {row['section']}"
        )


def _check_value(row: Row) -> None:
    value = row["value"]
    if not value:
        raise refuse("The service parameter value is mandatory")
    if len(str(value)) > MAX_LENGTH:
        raise refuse(f"The service parameter value is restricted to at most {MAX_LENGTH} characters.")
    limits = RANGES.get(row["name"])
    if row["name"] in INTEGERS and not str(value).isdigit():
        raise refuse(f"Parameter '{row['name']}' must be an integer value.")
    if limits and not limits[0] <= int(value) <= limits[1]:
        unit = f" {limits[2]}" if limits[2] else ""
        raise refuse(f"Parameter '{row['name']}' must be between {limits[0]} and {limits[1]}{unit}.")


def _existing(system: System, uuid: str) -> Row:
    row = system.tables.find("service_parameter", uuid_argument("uuid", uuid))
    if row is None:
        raise refuse(f"No service parameter entry found for {uuid}")
    return row


@family.on("PATCH", "/service_parameter/{uuid}")
def change(system: System, call: Call) -> Row:
    row = _existing(system, call["uuid"])
    changes = replaced(typed_operations(call.body))
    _check_value({**row, **changes})
    new = system.update("service_parameter", row["uuid"], **changes)
    _changed(system, [new])
    return shown(system, PARAMETERS, new, call)


@family.on("DELETE", "/service_parameter/{uuid}")
def delete(system: System, call: Call) -> None:
    row = _existing(system, call["uuid"])
    system.tables.delete("service_parameter", row["uuid"])
    _changed(system, [row])


def _changed(system: System, rows: list[Row]) -> None:
    """Hosts become out of date at once; some services' runtime manifest waits for POST apply."""
    first = rows[0]
    reboot = any((row["service"], row["section"], row["name"]) in _NEEDS_REBOOT for row in rows)
    apply = (first["service"], first["section"]) not in _WAITS_FOR_APPLY
    config.mark_out_of_date(system, _hosts_of(system, first), reboot=reboot, apply=apply)


def _hosts_of(system: System, row: Row) -> list[Row]:
    if (row["service"], row["section"]) in (("kubernetes", "config"), ("platform", "sysctl"), ("platform", "kernel")):
        return [host for host in system.hosts() if has_worker(host) or host["personality"] == "controller"]
    if row["service"] == "docker":
        return system.hosts()
    return config.controllers(system)


@family.on("POST", "/service_parameter/apply")
def apply(system: System, call: Call) -> None:
    body = call.body if isinstance(call.body, dict) else {}
    if not body.get("service"):
        raise refuse("Unspecified service name")
    if body["service"] not in SECTIONS:
        raise refuse(f"Invalid service name {body['service']}.")
    section = body.get("section") or next(iter(SECTIONS[body["service"]]))
    config.mark_out_of_date(system, _hosts_of(system, {"service": body["service"], "section": section}))
