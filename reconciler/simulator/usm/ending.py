"""A deployment that goes back, or is taken away (software_deploy_abort_api, _activate_rollback_api, _delete_api)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys, releases
from reconciler.simulator.usm.answers import rejected, said
from reconciler.simulator.usm.deploying import all_in_service
from reconciler.simulator.usm.versions import major

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("usm endings")
ABORTABLE = (
    deploys.ACTIVATE,
    deploys.ACTIVATE_DONE,
    deploys.ACTIVATE_FAILED,
    deploys.COMPLETED,
    deploys.HOST,
    deploys.HOST_DONE,
    deploys.HOST_FAILED,
)
DELETABLE = (deploys.BACK_DONE, deploys.COMPLETED, deploys.START_DONE, deploys.START_FAILED)
BEGUN = (deploys.START_DONE, deploys.START_FAILED)


@family.on("POST", "/deploy/abort")
def abort(system: System, call: Call) -> Row:  # noqa: ARG001
    """Hosts first go back, unless something was activated: then that first."""
    listed = ", ".join(ABORTABLE)
    deploys.require(system, ABORTABLE, f"Deploy must be in the following states to be able to abort: {listed}")
    if releases.in_state(system, releases.REMOVING):
        raise rejected("Abort operation is not supported in patch removal")
    activated = (deploys.ACTIVATE_DONE, deploys.ACTIVATE_FAILED, deploys.COMPLETED)
    deploys.enter(system, deploys.UNDO_PENDING if deploys.state(system) in activated else deploys.BACK)
    for row in deploys.hosts(system):
        deploys.set_host(system, row["uuid"], "rollback-deployed" if row["state"] == "pending" else "rollback-pending")
    _turned(system)
    return said(info="Deployment has been aborted\n")


def _turned(system: System) -> None:
    """A deployment that had reached no host is back at once (host_deploy_updated)."""
    are_back = all(row["state"] == "rollback-deployed" for row in deploys.hosts(system))
    if are_back and deploys.state(system) == deploys.BACK:
        deploys.enter(system, deploys.BACK_DONE)


@family.on("POST", "/deploy/activate_rollback")
def undo(system: System, call: Call) -> Row:  # noqa: ARG001
    ready = (deploys.UNDO_PENDING, deploys.UNDO_FAILED)
    prompt = f"Activate-rollback deployment only when current deployment state is {', '.join(ready)}"
    deploys.require(system, ready, prompt)
    deploys.enter(system, deploys.UNDO)
    system.after(system.durations.usm_activate, _undone, tag="usm")
    return said(info="Deploy activate-rollback has started")


def _undone(system: System) -> None:
    row = deploys.current(system)
    if row is not None and row["state"] == deploys.UNDO:
        deploys.enter(system, deploys.UNDONE)
        system.update("isystems", system.own["uuid"], software_version=major(row["from_release"]))


@family.on("DELETE", "/deploy")
def delete(system: System, call: Call) -> Row:  # noqa: ARG001
    """What it was for is deployed now, or available again; of another major release what was there is unavailable."""
    listed = ", ".join(DELETABLE)
    deploys.require(system, DELETABLE, f"Deploy must be in the following states to be able to delete: {listed}")
    row = deploys.current(system) or {}
    if row["state"] not in BEGUN:
        all_in_service(system)
    _settle_releases(system, row)
    for host in deploys.hosts(system):
        system.tables.delete(deploys.HOSTS, host["uuid"])
    system.tables.delete(deploys.TABLE, row["uuid"])
    return said(info="Deploy deleted with success")


def _settle_releases(system: System, row: Row) -> None:
    going = [r["release_id"] for r in releases.in_state(system, releases.DEPLOYING)]
    leaving = [r["release_id"] for r in releases.in_state(system, releases.REMOVING)]
    if row["state"] in BEGUN and leaving:
        raise rejected("Delete is not supported while removing a release")
    if row["state"] == deploys.COMPLETED and major(row["from_release"]) != major(row["to_release"]):
        old = [r["release_id"] for r in releases.all_of(system) if major(r["sw_version"]) == major(row["from_release"])]
        releases.set_state(system, old, releases.UNAVAILABLE)
    ends = releases.DEPLOYED if row["state"] == deploys.COMPLETED else releases.AVAILABLE
    releases.set_state(system, going, ends)
    releases.set_state(system, leaving, releases.AVAILABLE)
