"""The one deployment of a system and its state (software/deploy_state.py, deploy_host_state.py)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reconciler.simulator.tables import Row
from reconciler.simulator.usm.answers import rejected

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE, HOSTS = "usm_deploy", "usm_deploy_hosts"
START, START_DONE, START_FAILED = "start", "start-done", "start-failed"
HOST, HOST_DONE, HOST_FAILED = "host", "host-done", "host-failed"
ACTIVATE, ACTIVATE_DONE, ACTIVATE_FAILED = "activate", "activate-done", "activate-failed"
UNDO_PENDING, UNDO, UNDONE = "activate-rollback-pending", "activate-rollback", "activate-rollback-done"
UNDO_FAILED = "activate-rollback-failed"
BACK, BACK_DONE, BACK_FAILED = "host-rollback", "host-rollback-done", "host-rollback-failed"
COMPLETED = "completed"
INTO: dict[str, tuple[str, ...]] = {
    START: (START_DONE, START_FAILED),
    START_DONE: (HOST,),
    HOST: (HOST, HOST_FAILED, HOST_DONE, BACK),
    HOST_FAILED: (HOST, HOST_FAILED, HOST_DONE, BACK),
    HOST_DONE: (ACTIVATE, BACK, HOST_FAILED),
    BACK: (BACK, BACK_FAILED, BACK_DONE),
    BACK_FAILED: (BACK, BACK_DONE),
    ACTIVATE: (ACTIVATE_DONE, ACTIVATE_FAILED),
    ACTIVATE_FAILED: (ACTIVATE, UNDO_PENDING),
    ACTIVATE_DONE: (COMPLETED, UNDO_PENDING),
    UNDO_PENDING: (UNDO,),
    UNDO: (UNDONE, UNDO_FAILED),
    UNDONE: (BACK,),
    UNDO_FAILED: (UNDO,),
    COMPLETED: (UNDO_PENDING,),
}
"""deploy_state_transition."""


def current(system: System) -> Row | None:
    return system.tables.first(TABLE)


def state(system: System) -> str:
    """Its word; empty where there is no deployment."""
    row = current(system)
    return str(row["state"]) if row else ""


def enter(system: System, target: str) -> None:
    """The next state; refused where there is no way to it (DeployState.transform)."""
    now = state(system)
    if target not in INTO.get(now, ()):
        raise rejected(f"Can not transform deploy to {target} from {now}")
    row = current(system)
    system.update(TABLE, (row or {})["uuid"], state=target)


def require(system: System, states: Collection[str], prompt: str) -> None:
    """require_deploy_state; `{state}` in the prompt is the state that it is in. A None has no value there: a 500."""
    now = state(system)
    if now not in states:
        raise rejected(prompt.format(state=now or "no deployment"))


def hosts(system: System) -> list[Row]:
    return system.tables.rows(HOSTS)


def set_host(system: System, uuid: str, now: str) -> None:
    system.update(HOSTS, uuid, state=now)
