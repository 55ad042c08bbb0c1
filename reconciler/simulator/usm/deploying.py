"""A deployment: shown, started, activated, completed (software_controller.py software_deploy_*_api)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Response
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys, prechecks, releases
from reconciler.simulator.usm.answers import NOT_ACCEPTABLE, rejected, said
from reconciler.simulator.usm.versions import in_bodies, major, parts

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("usm deployments")
COLUMNS = ("from_release", "to_release", "feed_repo", "commit_id", "reboot_required", "state")
IN_PROGRESS = "There is already a deployment in progress ({state}). Please complete/delete the current deployment."
INFO = ("major_release", "prepatched_iso", "apply_operation")


@family.on("GET", "/deploy")
def show(system: System, call: Call) -> list[Row]:  # noqa: ARG001
    """A list of it or of nothing, with what its release is where that is known."""
    row = deploys.current(system)
    if row is None:
        return []
    target = next((r for r in releases.all_of(system) if r["sw_version"] == row["to_release"]), None)
    info = {n: v for n, v in prechecks.about(system, target).items() if n in INFO} if target else {}
    return [{name: row.get(name) for name in COLUMNS} | info]


@family.on("POST", "/deploy/{release}/start")
def start_by_path(system: System, call: Call) -> Response:
    """Up to 26.03."""
    if in_bodies(system):
        raise Fault(404, "The resource could not be found.")
    return _started(system, call["release"], call)


@family.on("POST", "/deploy/start")
def start(system: System, call: Call) -> Response:
    if not in_bodies(system):
        raise Fault(400, "Missing required arguments: release")
    named = (call.body or {}).get("releases") or []
    if not named:
        return Response(NOT_ACCEPTABLE, said(error="No metapackage releases found in selected state for deployment."))
    return _started(system, named[0], call)


def _started(system: System, release: str, call: Call) -> Response:
    deploys.require(system, ("",), IN_PROGRESS)
    target = prechecks.known(system, release)
    now = releases.running(system)
    is_patch = major(target["sw_version"]) == major(str(system.own["software_version"]))
    if not (is_patch and "force" in (call.body or {})):
        checked = prechecks.prechecked(system, target)
        if checked.status != 200:
            return Response(NOT_ACCEPTABLE, said(error=f"{checked.body['error']}{FIX}"))
    if parts(target["sw_version"]) > parts(now["sw_version"]):
        return Response(200, _apply(system, target, now))
    return Response(200, _remove(system, target, now))


FIX = "Please fix above issues then retry the deploy.\n"


def _apply(system: System, target: Row, now: Row) -> Row:
    going = _order(system, target)
    releases.set_state(system, [row["release_id"] for row in going], releases.DEPLOYING)
    _begin(system, now, target, is_reboot=any(row["reboot_required"] for row in going))
    system.after(system.durations.usm_start, _start_ended, tag="usm")
    names = [row["release_id"] for row in going]
    awaited = "[deploy-start-done | deploy-start-failed] in 'software deploy show'\n"
    return said(info=f"{names} is now starting, await for the states: {awaited}")


def _order(system: System, target: Row) -> list[Row]:
    """The release with all that it requires of its own major release and that is not deployed (release_apply_order)."""
    wanted, waiting = {target["release_id"]: target}, list(target["requires"])
    while waiting:
        row = releases.found(system, waiting.pop())
        if row and row["state"] == releases.AVAILABLE and major(row["sw_version"]) == major(target["sw_version"]):
            wanted[row["release_id"]] = row
            waiting += [name for name in row["requires"] if name not in wanted]
    return sorted(wanted.values(), key=lambda row: parts(row["sw_version"]))


def _remove(system: System, target: Row, now: Row) -> Row:
    """Back to an earlier patch: those above it are removed, at once."""
    if parts(target["sw_version"]) == parts(now["sw_version"]):
        raise rejected("The software version format for this release is not correct.\n")
    if target["state"] == releases.UNAVAILABLE:
        raise rejected("Cannot go back to an unavailable release\n")
    going = [r for r in releases.in_state(system, releases.DEPLOYED) if _is_above(r, target)]
    if fixed := [row["release_id"] for row in going if row["unremovable"]]:
        raise rejected("".join(f"Release {name} is not removable\n" for name in fixed))
    releases.set_state(system, [row["release_id"] for row in going], releases.REMOVING)
    _begin(system, now, target, is_reboot=any(row["reboot_required"] for row in going))
    deploys.enter(system, deploys.START_DONE)
    return said(info=f"Deploy start to remove {now['release_id']} completed successfully\n")


def _is_above(row: Row, target: Row) -> bool:
    return parts(row["sw_version"]) > parts(target["sw_version"])


def _begin(system: System, now: Row, target: Row, *, is_reboot: bool) -> None:
    versions = {"from_release": now["sw_version"], "to_release": target["sw_version"]}
    feed = f"/var/www/pages/feed/rel-{major(target['sw_version'])}/ostree_repo"
    more = {"feed_repo": feed, "commit_id": None, "reboot_required": is_reboot, "state": deploys.START}
    system.insert(deploys.TABLE, **versions, **more)
    for host in system.hosts():
        system.insert(deploys.HOSTS, hostname=host["hostname"], state="pending")


def _start_ended(system: System) -> None:
    if deploys.state(system) == deploys.START:
        text = system.take_mark("deploy-start-fails:")
        deploys.enter(system, deploys.START_DONE if text is None else deploys.START_FAILED)


@family.on("POST", "/deploy/activate")
def activate(system: System, call: Call) -> Row:  # noqa: ARG001
    ready = (deploys.HOST_DONE, deploys.ACTIVATE_FAILED)
    deploys.require(system, ready, f"Activate deployment only when current deployment state is {', '.join(ready)}")
    all_in_service(system)
    deploys.enter(system, deploys.ACTIVATE)
    system.after(system.durations.usm_activate, _activate_ended, tag="usm")
    return said(info="Deploy activate has started")


def _activate_ended(system: System) -> None:
    if deploys.state(system) != deploys.ACTIVATE:
        return
    if system.take_mark("deploy-activate-fails:") is not None:
        deploys.enter(system, deploys.ACTIVATE_FAILED)
        return
    deploys.enter(system, deploys.ACTIVATE_DONE)
    row = deploys.current(system) or {}
    system.update("isystems", system.own["uuid"], software_version=major(row["to_release"]))


@family.on("POST", "/deploy/complete")
def complete(system: System, call: Call) -> Row:  # noqa: ARG001
    deploys.require(system, (deploys.ACTIVATE_DONE,), "Deploy must be in activate-done state to be able to complete.")
    deploys.enter(system, deploys.COMPLETED)
    return said(info="Deployment has been completed\n")


def all_in_service(system: System, hosts: Iterable[Row] | None = None) -> None:
    """are_all_hosts_unlocked_and_online."""
    rows = system.hosts() if hosts is None else hosts
    if any((row["administrative"], row["operational"]) != ("unlocked", "enabled") for row in rows):
        raise rejected("Hosts must be unlocked and online.")
