"""Why a host cannot be as Git says, and what that would take: added, replaced, switched, taken into service, unlocked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds import _board_management as board
from reconciler.kinds import _new_hosts as new_hosts
from reconciler.model.change import Change
from reconciler.model.host import HostState
from reconciler.model.kind import Context
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action

OFF_IN_SERVICE = "a host that is to be in service cannot be off: say powerOn: true, or administrativeState: locked"
ONLINE = "online"  # availability of a locked host that runs
# sysinv host.py _validate_delta and check_provisioning
SET_ONCE = frozenset({"personality", "subfunctions"})


def impossible(change: Change[Any], context: Context) -> str:
    want, name = change.want, change.key.name
    if change.action is Action.CREATE:
        reason = new_hosts.why_not_added(want, context) or _why_not_off(want)
        return reason or board.why_not(name, want.controller, board.ABSENT, context)
    host = context.system.hosts[name]
    if "boot_mac" in change.names:
        blank = board.why_not(name, want.controller, board.ABSENT, context)
        return new_hosts.why_not_replaced(want, host, context) or blank
    reason = _why_not_changed(change) or _why_not_managed(change, host, context)
    if reason or "administrative" not in change.names or want.administrative != "unlocked" or host.is_provisioned:
        return reason
    if change.names != {"administrative"} and host.availability != ONLINE:
        return ""  # no window opens on it yet, and the rest may be written
    return new_hosts.why_not_unlocked(host, context)


def _why_not_managed(change: Change[Any], host: HostState, context: Context) -> str:
    """Why its board management controller, or its power by that, cannot be as Git says."""
    want, have = change.want.controller, change.have.controller
    if change.names & board.NAMES and (reason := board.why_not(host.name, want, have, context)):
        return reason
    if "power_on" not in change.names:
        return ""
    if change.want.power_on is False and change.want.administrative == "unlocked":
        return OFF_IN_SERVICE
    if not change.want.power_on and change.want.administrative == "locked" and host.is_unlocked:
        host = replace(host, administrative="locked")  # by then
    return board.why_not_switched(bool(change.want.power_on), host, want if want.type else have, context)


def _why_not_off(want: Any) -> str:
    """Why a host cannot be added and left off."""
    if want.power_on is not False:
        return ""
    if want.administrative == "unlocked":
        return OFF_IN_SERVICE
    return "" if want.controller.is_there else board.NO_CONTROLLER


def _why_not_changed(change: Change[Any]) -> str:
    if frozen := sorted(change.names & SET_ONCE):
        return f"{', '.join(frozen)} of a host cannot change: it takes deleting the host and installing it anew"
    return ""


def keeps_locked(host: str, site: Snapshot) -> str:
    """A clock of PTP needs something of PTP (sysinv host.py check_unlock)."""
    described = site.resources.get(ResourceKey("host", host))
    if described is None or described.spec.clock_synchronization != "ptp":
        return ""
    of_host = [(key, resource.spec) for key, resource in site.resources.items() if key.host == host]
    if any(k.kind == "host-ptp-instance" or getattr(s, "ptp_role", None) not in {None, "none"} for k, s in of_host):
        return ""
    return "the host would not unlock with PTP and nothing of it: say ptpInstances, or ptpRole of an interface"
