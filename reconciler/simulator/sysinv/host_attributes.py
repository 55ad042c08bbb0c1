"""PATCH of a host: attributes, PTP instances, and the way to actions.

starlingx/config host.py ``patch``, ``_patch``, ``_validate_delta``, ``check_provisioning``,
``check_updates_while_unlocked``. The answer shows the host as the request left it:
``mgmt_ip`` is null in it, and what the conductor does afterwards (config_target) is not in it yet.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import boolean
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Family
from reconciler.simulator.patching import loose_operations, replaced, unknown_attribute
from reconciler.simulator.sysinv import board_management, config, host_actions, host_add, ptp_links
from reconciler.simulator.sysinv.facts import UNLOCKED
from reconciler.simulator.sysinv.hosts import HOSTS
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("host_attributes")

PTP_PATH = "ptp_instances/-"
_FROZEN = ("hostname", "personality", "subfunctions")
_INSTALL = ("boot_device", "rootfs_device", "hw_settle", "install_output", "console", "tboot")
_RESTRICTED = frozenset(
    {"uuid", "id", "created_at", "updated_at", "mgmt_mac", "mgmt_ip", "invprovision", "ihost_action", "inv_state"}
)
_MTCE_ONLY = frozenset(
    {"administrative", "availability", "operational", "subfunction_oper", "subfunction_avail", "reserved"}
    | {"mtce_info", "task", "uptime"}
)
_CONFIG = ("config_target", "config_applied", "config_status")


@family.on("PATCH", "/ihosts/{host}")
def change(system: System, call: Call) -> Row:
    if call.agent is None:  # user_agent.startswith on nothing (sysinv-api.md 1)
        raise Fault(500, "'NoneType' object has no attribute 'startswith'")
    operations = loose_operations(call.body)
    host = system.host(call["host"])
    for item in operations:
        if item.path == PTP_PATH:
            ptp_links.assign_to_host(system, host, item)
    plain = [item for item in operations if item.path != PTP_PATH]
    unknown_attribute(plain, {**host, "bm_password": None})
    before = system.tables.row("ihosts", host["uuid"])
    _change(system, before, replaced(plain), call.agent)
    return shown(system, HOSTS, _as_answered(before, system.tables.row("ihosts", host["uuid"])), call)


def _as_answered(before: Row, after: Row) -> Row:
    """Personality and mgmt_ip are made up when a host is read, so this answer has neither."""
    stored = {name: value for name, value in (after["capabilities"] or {}).items() if name != "Personality"}
    return {**after, "mgmt_ip": None, "capabilities": stored, **{name: before[name] for name in _CONFIG}}


def _change(system: System, host: Row, changes: Row, agent: str) -> None:
    changes = {name: _parsed(name, value) for name, value in changes.items()}
    delta = {name: value for name, value in changes.items() if value != host.get(name)}
    _check_clock(delta)
    _check_restricted(delta, agent)
    action = delta.pop("action", None)
    if action not in (None, "none"):
        host_actions.act(system, host, str(action))
    if delta:
        _check(host, delta)
        board_management.check(system, host, {**host, **delta}, changes)
        system.update("ihosts", host["uuid"], **{k: v for k, v in delta.items() if k != "bm_password"})
        _follow(system, host, delta)


def _parsed(name: str, value: Any) -> Any:
    """Maps may come as Python text; text that is none crashes (sysinv-api.md 4.2: location)."""
    if name in ("location", "capabilities") and isinstance(value, str):
        try:
            return ast.literal_eval(value)
        except (SyntaxError, ValueError):
            raise Fault(500, "unexpected EOF while parsing (<unknown>, line 1)") from None
    return boolean(value) if name == "ttys_dcd" else value


def _check_clock(delta: Row) -> None:
    clock = delta.get("clock_synchronization", "ntp")
    if clock not in ("ntp", "ptp"):
        raise refuse(
            f"Host update failed: clock_synchronization: invalid choice: '{clock}', choose from ['ntp', 'ptp']"
        )


def _check_restricted(delta: Row, agent: str) -> None:
    restricted = _RESTRICTED | (frozenset() if agent.startswith("mtce") else _MTCE_ONLY)
    restricted |= frozenset() if agent.startswith("vim") else {"vim_progress_status"}
    found = restricted & delta.keys()
    if found:
        raise refuse(f"Change {list(delta)} contains restricted {set(found)}.")


def _check(host: Row, delta: Row) -> None:
    provisioned = host["invprovision"] in ("provisioning", "provisioned")
    if provisioned and any(name in delta for name in _FROZEN):
        raise refuse(
            f"The following fields can not be modified because this host {host['hostname']} has been configured:"
            f" {', '.join(_FROZEN)}"
        )
    unlocked = host["administrative"] == UNLOCKED
    if unlocked and any(name in delta for name in _INSTALL):
        raise refuse("Host must be locked before updating installation parameters.")
    _check_apparmor(host, delta, unlocked=unlocked)
    _check_identity(host, delta)
    if "max_cpu_mhz_configured" in delta and not host.get("max_cpu_mhz_allowed"):
        raise refuse("Host does not support configuration of Max CPU Frequency.")


def _check_apparmor(host: Row, delta: Row, *, unlocked: bool) -> None:
    if "apparmor" not in delta:
        return
    if unlocked:
        raise refuse(f"This update is not allowed as host:{host['hostname']} is unlocked.")
    if delta["apparmor"] not in ("enabled", "disabled"):
        raise refuse("Invalid apparmor state. Allowed values:enabled, disabled.")


def _check_identity(host: Row, delta: Row) -> None:
    """What a host is was said once (host.py ``check_provisioning``; unverified)."""
    name = host["hostname"]
    again = f"Host {name} must be deleted and re-added in order to change the"
    if "personality" in delta and host["personality"]:
        raise refuse(f"Can not change personality after it has been set. {again} personality.")
    if "personality" in delta and not {**host, **delta}["hostname"] and delta["personality"] == "worker":
        raise refuse(f"Host {host['uuid']} of personality worker, must be provisioned with a hostname.")
    if "personality" in delta or "hostname" in delta:
        after = {**host, **delta}
        host_add.check_name(str(after["hostname"] or ""), str(after["personality"]))
    if "subfunctions" in delta and host["subfunctions"]:
        raise refuse(f"Can not change subfunctions after it has been set. {again} subfunctions.")
    if "hostname" in delta and name:
        raise refuse(
            f"The hostname field can not be modified because the hostname {name} has already been configured."
            " If changing hostname is required, please delete this host, then readd."
        )


def _follow(system: System, host: Row, delta: Row) -> None:
    """A clock changes with a reboot; without board management its address and user go; who is named joins."""
    if "personality" in delta:
        functions = delta.get("subfunctions") or delta["personality"]
        host_add.join(system, system.update("ihosts", host["uuid"], subfunctions=functions))
    if "clock_synchronization" in delta:
        config.mark_out_of_date(system, [host], reboot=True)
    if str(delta.get("bm_type", "")).lower() == "none":
        system.update("ihosts", host["uuid"], bm_ip=None, bm_username=None)
