"""Hosts of a deployment: which have the new release, and one after another getting it, or going back.

software/api/controllers/v1/deploy_host.py, software_controller.py _deploy_host, software_functions.py
deploy_host_validations and validate_host_deploy_order. The real call waits for the host's agent up to ten minutes; here it
is answered at once, and the end is to be seen in the list (unverified, as the source of 12.0.0 does for async_req).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.family import Family
from reconciler.simulator.sysinv.facts import is_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys
from reconciler.simulator.usm.answers import rejected, said
from reconciler.simulator.usm.versions import major

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("usm hosts")
DONE = ("deployed", "rollback-deployed")
FIRST = ("controller-1", "controller-0")


@family.on("GET", "/deploy_host")
def show(system: System, call: Call) -> list[Row]:  # noqa: ARG001
    deploy = deploys.current(system)
    if deploy is None:
        return []
    shown = {"software_release": deploy["from_release"], "target_release": deploy["to_release"]}
    more = {"reboot_required": deploy["reboot_required"]}
    return [{"hostname": r["hostname"], **shown, **more, "host_state": r["state"]} for r in deploys.hosts(system)]


@family.on("POST", "/deploy_host/{host}")
def deploy(system: System, call: Call) -> Row:
    ready = (deploys.START_DONE, deploys.HOST, deploys.HOST_FAILED)
    deploys.require(system, ready, "Current deployment ({state}) is not ready to deploy host")
    return _begin(system, call["host"], "deploying")


@family.on("POST", "/deploy_host/{host}/force")
def deploy_by_force(system: System, call: Call) -> Row:
    return dict(deploy(system, call))


@family.on("POST", "/deploy_host/{host}/rollback")
def go_back(system: System, call: Call) -> Row:
    ready = (deploys.UNDONE, deploys.BACK, deploys.BACK_FAILED)
    deploys.require(system, ready, "Current deployment ({state}) is not ready to rollback host")
    return _begin(system, call["host"], "rollback-deploying")


def _begin(system: System, name: str, state: str) -> Row:
    row = next((host for host in deploys.hosts(system) if host["hostname"] == name), None)
    if row is None:
        raise rejected(f"Host {name} can not be found")
    is_back = state.startswith("rollback")
    _validate(system, name, is_back=is_back)
    deploys.enter(system, deploys.BACK if is_back else deploys.HOST)
    deploys.set_host(system, row["uuid"], state)
    system.after(system.durations.usm_deploy_host, _ended, row["uuid"], tag=f"usm {name}")
    return said(info=f"Host deployment request sent to {name}.\n")


def _validate(system: System, name: str, *, is_back: bool) -> None:
    now = deploys.current(system) or {}
    if not is_simplex(system):
        _in_turn(system, name, is_major=major(now["from_release"]) != major(now["to_release"]), is_back=is_back)
    host = system.host(name)
    if now["reboot_required"] and (host["administrative"], host["availability"]) != ("locked", "online"):
        raise rejected(f"Host {name} must be locked.")


def _in_turn(system: System, name: str, *, is_major: bool, is_back: bool) -> None:
    """Controllers, controller-1 first where the release is another major one; storage hosts by number; then workers."""
    storage = sorted(h["hostname"] for h in system.hosts() if h["personality"] == "storage")
    workers = [h["hostname"] for h in system.hosts() if h["personality"] == "worker"]
    done = {row["hostname"] for row in deploys.hosts(system) if row["state"] in DONE}
    order = [*FIRST, *storage, *workers]
    left = [host for host in (reversed(order) if is_major and is_back else order) if host not in done]
    if not left:
        raise rejected("All hosts are already in deployed state.")
    among = (workers,) if is_major else (workers, FIRST)
    if name != left[0] and not any(left[0] in group and name in group for group in among):
        raise rejected(f"{name} does not satisfy the right order of deployment should be {left[0]}")


def _ended(system: System, uuid: str) -> None:
    """The host's agent is done; the deployment follows what all its hosts are (DeployState.host_deploy_updated)."""
    row = system.tables.find(deploys.HOSTS, uuid)
    if row is None or not row["state"].endswith("deploying"):
        return
    prefix = "rollback-" if row["state"].startswith("rollback") else ""
    mark = f"deploy-host-fails:{row['hostname']}:"
    text = next((each.removeprefix(mark) for each in sorted(system.marks) if each.startswith(mark)), None)
    deploys.set_host(system, uuid, f"{prefix}{'deployed' if text is None else 'failed'}")
    if text is not None:
        system.update(deploys.HOSTS, uuid, said=text)
    _follow(system, prefix)


def _follow(system: System, prefix: str) -> None:
    states = {row["state"] for row in deploys.hosts(system)}
    failed, done = (deploys.BACK_FAILED, deploys.BACK_DONE) if prefix else (deploys.HOST_FAILED, deploys.HOST_DONE)
    if f"{prefix}failed" in states:
        deploys.enter(system, failed)
    elif states == {f"{prefix}deployed"}:
        deploys.enter(system, done)
