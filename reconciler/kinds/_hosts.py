"""What the kinds of one host share: how it is named in calls, what it can do, whether it is there to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change
from reconciler.model.host import HostState
from reconciler.model.kind import Context
from reconciler.model.plan import Ref
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action

INVENTORIED = "inventoried"  # sysinv constants.INV_STATE_INITIAL_INVENTORIED


def ref(host: str) -> Ref:
    """The uuid of a host, as paths and bodies name it."""
    return Ref(ResourceKey("host", host))


def state(host: str, context: Context) -> HostState | None:
    return context.system.hosts.get(host)


def runs_workloads(host: str, snapshot: Snapshot) -> bool:
    """Whether a host of the snapshot is a worker, as `has_worker` judges it."""
    found = snapshot.system.hosts.get(host)
    return found is not None and "worker" in found.subfunctions


def has_worker(host: str, context: Context) -> bool:
    """Whether the host runs workloads: every worker, and the controllers of an all-in-one system."""
    found = state(host, context)
    return found is not None and "worker" in found.subfunctions


def not_inventoried(host: str, context: Context) -> str:
    """Why nothing can be asked of a host's hardware yet; "" once its agent has reported it."""
    found = state(host, context)
    if found is None or found.inv_state == INVENTORIED:
        return ""
    return f"{host} is not installed yet: its hardware is configured once it has reported it"


def controllers(context: Context) -> Iterator[HostState]:
    return (h for h in context.system.hosts.values() if h.personality == "controller")


def has_controller_in_service(context: Context) -> bool:
    return any(h.is_unlocked for h in controllers(context))


def comes_into_service(host: str, context: Context) -> bool:
    """Whether the host is in service, or this plan brings it there: it never was, it is ready, and Git says so."""
    found = state(host, context)
    if found is None or found.is_unlocked:
        return found is not None
    desired = context.desired.resources.get(ResourceKey("host", host))
    is_said = desired is not None and desired.spec.administrative == "unlocked"
    is_ready = found.availability == "online" and found.inv_state == INVENTORIED
    return found.is_locked and not found.is_provisioned and is_ready and is_said


def is_replaced(change: Change[Any]) -> bool:
    """Whether the change, or the half of one, puts another machine in a host's place."""
    is_whole = change.action is Action.REPLACE
    return is_whole or (change.pruning is None and change.observed is not None and "boot_mac" in change.names)
