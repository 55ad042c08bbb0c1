"""The system itself (starlingx/config api/controllers/v1/system.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import Operation, loose_operations, replaced, unknown_attribute
from reconciler.simulator.sysinv import config
from reconciler.simulator.sysinv.facts import SIMPLEX, has_worker, is_active_controller, is_configured, is_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("systems")


def _derived(_system: System, row: Row) -> Mapping[str, Any]:
    return {"services": row.get("services") or 72}


SYSTEMS = family.collection(
    Collection(
        "isystems",
        columns="uuid name system_type system_mode description contact location latitude longitude software_version"
        " timezone capabilities region_name distributed_cloud_role service_project_name security_feature created_at"
        " updated_at",
        more="services",
        sublinks="ihosts",
        noun="System",
        derive=_derived,
    )
)
_VIRTUAL = ("vswitch_type", "sdn_enabled", "https_enabled")
_RUNTIME = frozenset({"name", "location", "contact", "timezone"})
_SECURITY = {"spectre_meltdown_v1": "nopti nospectre_v2 nospectre_v1", "spectre_meltdown_all": ""}
_LIMITS = {"latitude": ("Latitude", 90), "longitude": ("Longitude", 180)}
_DEGREES = re.compile(r"^[+-]?\d{1,3}(\.\d{1,26})?$")


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@family.on("PATCH", "/isystems/{isystem_uuid}")
def change(system: System, call: Call) -> Row:
    row = one(system, SYSTEMS, uuid_argument("isystem_uuid", call["isystem_uuid"]))
    operations = loose_operations(call.body)
    unknown_attribute(operations, {**row, **dict.fromkeys(_VIRTUAL)})
    changes = replaced(operations)
    _check(system, row, operations)
    wanted = _with_virtual(system, row, changes)
    if is_configured(system) and (row["system_mode"], wanted.get("system_mode")) == (SIMPLEX, "duplex"):
        wanted["capabilities"] = {**wanted["capabilities"], "simplex_to_duplex_migration": True}
    changed = {name: value for name, value in wanted.items() if value != row.get(name)}
    if changed:
        row = system.update("isystems", row["uuid"], **changed)
        _apply(system, changed, vswitch="vswitch_type" in changes)
    return shown(system, SYSTEMS, row, call)


def _check(system: System, row: Row, operations: list[Operation]) -> None:
    for item in operations:
        if isinstance(item.value, str) and not item.value.isascii():
            raise refuse("System values must not contain special characters.")
        if item.path in ("software_version", "system_type"):
            raise refuse(f"{item.path} field cannot be modified.")
        if item.path == "system_mode":
            _check_mode(system, row, item.value)
        if item.path == "timezone" and item.value not in _timezones():
            raise refuse(f"Timezone file {item.value} does not exist.")
        if item.path in _LIMITS and item.value is not None:
            _check_degrees(item.value, *_LIMITS[item.path])


def _check_degrees(text: str, label: str, limit: int) -> None:
    if not _DEGREES.match(text) or abs(float(text)) > limit:
        raise refuse(f"{label} must be between -{limit} and +{limit}")


def _check_mode(system: System, row: Row, mode: str) -> None:
    if row["system_type"] != "All-in-one":
        raise refuse("system_mode can only be modified on an AIO system")
    if not is_configured(system):
        return
    if row["system_mode"] != SIMPLEX and mode == SIMPLEX:
        raise refuse(f"Cannot modify system mode from {row['system_mode']} to {mode}.")
    for host in config.controllers(system):
        if row["system_mode"] == SIMPLEX and not is_locked(host):
            raise refuse(f"Cannot modify system mode if host '{host['hostname']}' is not locked.")


def _with_virtual(system: System, row: Row, changes: Row) -> Row:
    """Some attributes live in the capabilities; a PATCH of these as a whole replaces them all (sysinv-api.md 4.1)."""
    plain = {name: value for name, value in changes.items() if name not in _VIRTUAL}
    if "security_feature" in plain and plain["security_feature"] not in _SECURITY:
        raise refuse(f"Unexpected value {plain['security_feature']} specified for security_feature")
    return {**plain, "capabilities": {**_capabilities(row, plain), **_virtual(system, row["capabilities"], changes)}}


def _capabilities(row: Row, plain: Row) -> Row:
    given: Any = plain.get("capabilities", row["capabilities"])
    return dict(json.loads(given) if isinstance(given, str) else given)


def _virtual(system: System, stored: Row, changes: Row) -> Row:
    flags = {name: str(changes[name]).lower() == "true" for name in _VIRTUAL[1:] if name in changes}
    if flags.get("sdn_enabled", stored.get("sdn_enabled")) != stored.get("sdn_enabled"):
        _check_workers_locked(system)
    if "vswitch_type" not in changes:
        return flags
    if changes["vswitch_type"] == stored.get("vswitch_type"):
        raise refuse(f"vswitch_type is already set as {changes['vswitch_type']}")
    return {**flags, "vswitch_type": changes["vswitch_type"]}


def _check_workers_locked(system: System) -> None:
    for host in system.hosts():
        if has_worker(host) and not is_active_controller(host) and not is_locked(host):
            raise refuse(f"Host {host['hostname']} must be locked.")


def _apply(system: System, changed: Row, *, vswitch: bool) -> None:
    """Names and places at run time; the mode, SDN, vSwitch and mitigations need a reboot (sysinv-api.md 5)."""
    if vswitch:
        config.mark_out_of_date(system, system.hosts(), reboot=True)
    elif {"system_mode", "security_feature"} & changed.keys():
        config.mark_out_of_date(system, config.controllers(system), reboot=True)
    elif _RUNTIME & changed.keys() or "capabilities" in changed:
        config.mark_out_of_date(system, system.hosts() if "timezone" in changed else config.controllers(system))
