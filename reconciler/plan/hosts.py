"""Which hosts may be locked or unlocked, in which order, and how their windows begin."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from reconciler.model.host import HostState, SystemState
from reconciler.model.plan import Opening

INSTALLED = "online"  # availability of a locked host that runs (sysinv host.py check_unlock)
PERSONALITY_ORDER = {"controller": 0, "storage": 1, "worker": 2}


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a host's window may be opened: its opening, or why not."""

    opening: Opening | None
    refusal: str = ""


def gate(host: HostState, *, is_ours: bool) -> Gate:
    """How a window of this host begins.

    is_ours: we opened a window on this host and have not closed it.
    A locked host that was in service and whose window is not ours belongs to the person who locked it.
    """
    if host.is_unlocked:
        return Gate(Opening.LOCK)
    if host.is_locked and is_ours:
        return Gate(Opening.ADOPT)
    if host.is_locked and not host.is_provisioned:
        return Gate(Opening.LOCKED) if host.availability == INSTALLED else Gate(None, _not_installed(host))
    if host.is_locked:
        return Gate(None, f"locked-by-operator: {host.name} is {host.in_words} and we did not lock it")
    return Gate(None, f"{host.name} is {host.in_words}: a window opens on a host at rest only")


def _not_installed(host: HostState) -> str:
    return f"{host.name} is {host.in_words}: it is configured once it is installed and online"


def in_order(hosts: Iterable[HostState], system: SystemState, alone: Collection[str] = ()) -> tuple[HostState, ...]:
    """The order of windows: first-time controllers, standby, active; then storage by group; then workers.

    alone: hosts that go one at a time: such workers come before those that may go together.
    The active controller comes first only while it never was in service: nothing else can be unlocked before it.
    """
    return tuple(sorted(hosts, key=lambda h: _position(h, system, alone)))


def _position(host: HostState, system: SystemState, alone: Collection[str]) -> tuple[int, int, str, str]:
    group = PERSONALITY_ORDER.get(host.personality, 9)
    if group == 0:
        waits = host.is_active and host.is_provisioned and not system.is_simplex
        return group, int(waits) if host.is_provisioned or not host.is_active else -1, "", host.name
    return group, int(host.name not in alone), host.peers, host.name


def needs_swact(host: HostState, system: SystemState) -> bool:
    """The active controller of a system with two is never locked: activity moves first (sysinv host.py check_lock)."""
    return host.is_active and not system.is_simplex and host.is_unlocked


def swacted(host: HostState) -> HostState:
    """The host after a swact: of two controllers the other one is active."""
    return replace(host, is_active=not host.is_active) if host.personality == "controller" else host
