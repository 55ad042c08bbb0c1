"""The state of a host and of its system in StarlingX's own words, as planning and applying judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

INVENTORIED = "inventoried"  # sysinv constants.INV_STATE_INITIAL_INVENTORIED
REBOOT_BIT_DIGITS = frozenset("89abcdef")


@dataclass(frozen=True, slots=True)
class HostState:
    """One row of /v1/ihosts, reduced to what decides. Words as in ITU-T X.731 and sysinv."""

    name: str
    uuid: str
    id: int
    personality: str = ""
    subfunctions: frozenset[str] = frozenset()
    administrative: str = ""
    operational: str = ""
    availability: str = ""
    task: str = ""
    ihost_action: str = ""
    invprovision: str = ""
    inv_state: str = ""
    config_status: str = ""
    config_applied: str = ""
    config_target: str = ""
    vim_progress_status: str = ""
    is_active: bool = False
    mgmt_mac: str = ""
    peers: str = ""  # of a storage host: the group of hosts that keep copies of its data (sysinv host.py, peers)
    hardware: str = ""  # the model of its processors (sysinv cpu.py, cpu_model; recorded); "" where that was not read

    @property
    def is_locked(self) -> bool:
        """Locked and at rest. `ihost_action` is not judged: it may stay set after a refusal (sysinv host.py)."""
        return self.administrative == "locked" and not self.task

    @property
    def is_unlocked(self) -> bool:
        """Unlocked, in service, at rest."""
        in_service = self.operational == "enabled" and self.availability in {"available", "degraded"}
        return self.administrative == "unlocked" and in_service and not self.task

    @property
    def is_provisioned(self) -> bool:
        """It has been in service once; only before that is a first unlock nobody's outage."""
        return self.invprovision == "provisioned"

    @property
    def is_installed(self) -> bool:
        """Its agent has reported what it is made of; before that nothing on it can be changed (sysinv INV_STATE_*)."""
        return self.inv_state == INVENTORIED or self.is_provisioned

    @property
    def needs_reboot(self) -> bool:
        """Configuration waits for a lock/unlock: bit 127 of config_target (sysinv constants CONFIG_REBOOT_REQUIRED)."""
        out_of_date = self.config_target != self.config_applied
        return out_of_date and self.config_target[:1].lower() in REBOOT_BIT_DIGITS

    @property
    def is_current(self) -> bool:
        """It has taken up its configuration. Both are looked at: the status is written after the ids (sysinv)."""
        return self.config_target == self.config_applied and not self.config_status

    @property
    def in_words(self) -> str:
        """`unlocked-enabled-available`, and the task if there is one."""
        state = "-".join(filter(None, (self.administrative, self.operational, self.availability)))
        return f"{state} ({self.task})" if self.task else state


@dataclass(frozen=True, slots=True)
class SystemState:
    """What the whole system is: mode, type, release, and its hosts by name."""

    name: str = ""
    uuid: str = ""
    mode: str = ""  # simplex, duplex, duplex-direct
    type: str = ""  # All-in-one, Standard
    release: str = ""
    hosts: Mapping[str, HostState] = field(default_factory=dict)

    @property
    def is_simplex(self) -> bool:
        return self.mode == "simplex"

    @property
    def is_all_in_one(self) -> bool:
        return self.type == "All-in-one"


def host_state(row: Mapping[str, Any], hardware: str = "") -> HostState:
    """One item of /v1/ihosts as a HostState. hardware: what /v1/icpus says of its processors."""
    text = {name: str(row.get(name) or "") for name in _TEXT}
    return HostState(
        name=str(row.get("hostname") or row["uuid"]),
        uuid=str(row["uuid"]),
        id=int(row.get("id") or 0),
        subfunctions=frozenset(filter(None, str(row.get("subfunctions") or "").split(","))),
        peers=str((row.get("peers") or {}).get("name") or ""),
        is_active=(row.get("capabilities") or {}).get("Personality") == "Controller-Active",
        hardware=hardware,
        **text,
    )


class HostHealth(StrEnum):
    """A host in one word: what its three states say together."""

    AVAILABLE = "available"
    DEGRADED = "degraded"  # in service, with alarms or an action that has not ended
    LOCKED = "locked"
    DISABLED = "disabled"  # unlocked, and not in service: failed, rebooting, powered off
    UNKNOWN = "unknown"  # in no words that StarlingX has


def health(in_words: str) -> HostHealth:
    """Of a host's `in_words`: unlocked-enabled-available, and the task if there is one."""
    administrative, _, rest = in_words.partition(" ")[0].partition("-")
    operational, _, availability = rest.partition("-")
    if administrative == "locked":
        return HostHealth.LOCKED
    if administrative != "unlocked" or operational not in {"enabled", "disabled"}:
        return HostHealth.UNKNOWN
    if operational == "disabled":
        return HostHealth.DISABLED
    return HostHealth.AVAILABLE if availability == "available" else HostHealth.DEGRADED


_TEXT = (
    "personality",
    "administrative",
    "operational",
    "availability",
    "task",
    "ihost_action",
    "invprovision",
    "inv_state",
    "config_status",
    "config_applied",
    "config_target",
    "vim_progress_status",
    "mgmt_mac",
)


def system_state(system: Mapping[str, Any], hosts: Mapping[str, HostState]) -> SystemState:
    """The one item of /v1/isystems, with its hosts, as a SystemState."""
    return SystemState(
        name=str(system.get("name") or ""),
        uuid=str(system.get("uuid") or ""),
        mode=str(system.get("system_mode") or ""),
        type=str(system.get("system_type") or ""),
        release=str(system.get("software_version") or ""),
        hosts=hosts,
    )
