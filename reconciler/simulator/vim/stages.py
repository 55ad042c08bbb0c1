"""What a strategy consists of: the stages of each type, with their steps and hosts (nfv_vim/strategy/_strategy.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.simulator.sysinv.facts import has_worker, is_active_controller, is_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys, releases
from reconciler.simulator.usm.versions import major, parts
from reconciler.simulator.vim import fw_stages, kube_stages, rootca_stages
from reconciler.simulator.vim.rows import DONE, INITIAL, WAITS

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Step = tuple[str, tuple[str, ...]]
Stage = tuple[str, tuple[Step, ...]]
QUERIES = {
    "sw-upgrade": ("query-alarms", "query-upgrade", "sw-deploy-precheck"),
    "kube-upgrade": ("query-alarms", "query-kube-versions", "query-kube-upgrade", "query-kube-host-upgrade"),
    "kube-rootca-update": ("query-alarms", "query-kube-rootca-update", "query-kube-rootca-host-updates"),
    "fw-update": ("query-alarms", "query-fw-update-host"),
    "system-config-update": ("query-alarms", "query-system-config-update-hosts"),
}
NOTHING_TO_DEPLOY = "no sw-deployments patches need to be applied"


def nonsense(row: Row) -> str:
    """What cannot be asked together (SwUpgradeStrategy.build, FwUpdateStrategy.build)."""
    if row["name"] == fw_stages.NAME:
        return fw_stages.nonsense(row)
    asked = row["asked"] if row["name"] == "sw-upgrade" else {}
    if row["name"] == "sw-upgrade" and not (asked.get("release") or asked.get("rollback") or asked.get("cleanup")):
        return "Release or rollback must be set"
    if asked.get("release") and asked.get("rollback"):
        return "Cannot set both release and rollback"
    if asked.get("rollback") and asked.get("delete"):
        return "Cannot set both delete and rollback, delete is set by default"
    return ""


def building(row: Row) -> Iterator[Stage]:
    names = QUERIES[row["name"]]
    if row["asked"].get("rollback"):
        names = names[:2]
    yield f"{row['name']}-query", tuple((name, ()) for name in names)


def applying(system: System, row: Row) -> list[Stage] | str:
    """The stages, or why there are none."""
    if row["name"] == "sw-upgrade":
        return list(_back(system)) if row["asked"].get("rollback") else _deploying(system, row)
    if row["name"] == "kube-upgrade":
        return kube_stages.applying(system, row)
    if row["name"] == rootca_stages.NAME:
        return rootca_stages.applying(system)
    if row["name"] == fw_stages.NAME:
        return fw_stages.applying(system, row)
    stages = list(_configuring(system, row))
    return stages or "no system config updates need to be applied"


def wanted(row: Row) -> str:
    """The release that was asked for, whichever form it came in."""
    said = row["asked"].get("release")
    return str(said[0] if isinstance(said, list) else said or "")


def _deploying(system: System, row: Row) -> list[Stage] | str:
    """_build_complete_normal: what was done already is left out."""
    target, state = releases.found(system, wanted(row)), deploys.state(system)
    if target is None or target["state"] == releases.UNAVAILABLE:
        return "Software release does not exist or is unavailable"
    if state == deploys.COMPLETED and not row["asked"].get("delete"):
        return "Software deployment is already complete, pending delete"
    is_down = parts(target["sw_version"]) < parts(releases.running(system)["sw_version"])
    if not state and target["state"] == releases.DEPLOYED and not is_down:
        return NOTHING_TO_DEPLOY
    return list(_left(system, row, state))


STARTED = (deploys.START_DONE, deploys.HOST, deploys.HOST_FAILED, deploys.HOST_DONE)
ACTIVATING = (deploys.ACTIVATE, deploys.ACTIVATE_DONE, deploys.ACTIVATE_FAILED)


def _left(system: System, row: Row, state: str) -> Iterator[Stage]:
    alarms: Step = ("query-alarms", ())
    if state not in (*STARTED, *ACTIVATING, deploys.COMPLETED):
        yield "sw-upgrade-start", (*_to_first(system, row), ("start-upgrade", ()), alarms)
    if state not in (*ACTIVATING, deploys.COMPLETED):
        yield from _on_hosts(system, row, "sw-upgrade", "upgrade-hosts")
    if state != deploys.COMPLETED:
        ends: tuple[Step, ...] = (alarms, ("activate-upgrade", ()), ("complete-upgrade", ()), alarms)
        yield "sw-upgrade-complete", (*_to_first(system, row), *ends)
    if row["asked"].get("delete"):
        yield "sw-deploy-delete", (*_to_first(system, row), ("deploy-delete", ()))


def _to_first(system: System, row: Row) -> tuple[Step, ...]:
    """_swact_fix: of a major release the ends are done on controller-0."""
    return (("swact-hosts", ("controller-1",)),) if _is_major(system, row) and not is_simplex(system) else ()


def _is_major(system: System, row: Row) -> bool:
    target = releases.found(system, wanted(row))
    return bool(target) and major((target or {})["sw_version"]) != major(str(system.own["software_version"]))


def _reboots(system: System, row: Row) -> bool:
    now, target = deploys.current(system), releases.found(system, wanted(row))
    return bool(now["reboot_required"] if now else (target or {}).get("reboot_required", True))


def _on_hosts(system: System, row: Row, name: str, action: str) -> Iterator[Stage]:
    """Controllers, storage hosts, workers; a controller that is a worker too has the name of a worker's stage."""
    is_reboot = name != "sw-upgrade" or _reboots(system, row)
    for hosts in in_turn(system, row, is_major=name == "sw-upgrade" and _is_major(system, row)):
        yield _stage(name, action, hosts, is_reboot=is_reboot, is_simplex=is_simplex(system))


def in_turn(system: System, row: Row, *, is_major: bool) -> Iterator[list[Row]]:
    """Hosts that are done together, in their order (_add_upgrade_hosts_stages)."""
    done = {host["hostname"] for host in deploys.hosts(system) if host["state"] == "deployed"}
    left = [host for host in system.hosts() if host["hostname"] not in done]
    controllers = [host for host in left if host["personality"] == "controller"]
    last = (lambda host: host["hostname"] == "controller-0") if is_major else is_active_controller
    yield from ([host] for host in sorted(controllers, key=last))
    storage = [host for host in left if host["personality"] == "storage"]
    yield from ([host] for host in sorted(storage, key=lambda host: int(host["hostname"].split("-")[1])))
    workers = [host for host in left if host["personality"] == "worker"]
    size = row["max_parallel_worker_hosts"] if row["worker_apply_type"] == "parallel" else 1
    if row["worker_apply_type"] != "ignore":
        yield from (workers[at : at + size] for at in range(0, len(workers), size))


def _stage(name: str, action: str, hosts: list[Row], *, is_reboot: bool, is_simplex: bool) -> Stage:
    names = tuple(host["hostname"] for host in hosts)
    is_controller = hosts[0]["personality"] == "controller"
    which = "controllers" if is_controller and not has_worker(hosts[0]) else f"{hosts[0]['personality']}-hosts"
    which = "worker-hosts" if is_controller and has_worker(hosts[0]) else which
    before: list[Step] = [("swact-hosts", names)] if is_controller and not is_simplex else []
    around = [*before, ("lock-hosts", names)] if is_reboot else []
    after: list[Step] = [("system-stabilize", ()), ("unlock-hosts", names), ("wait-alarms-clear", ())]
    steps = [("query-alarms", ()), *around, (action, names), *(after if is_reboot else [])]
    return f"{name}-{which}", tuple(steps)


def _configuring(system: System, row: Row) -> Iterator[Stage]:
    """Hosts whose configuration waits for a lock. The real one asks the Deployment Manager; there is none here."""
    for hosts in in_turn(system, row, is_major=False):
        late = [host for host in hosts if host["config_target"] != host["config_applied"]]
        if late:
            is_alone = is_simplex(system)
            yield _stage(
                "system-config-update", "system-config-update-hosts", late, is_reboot=True, is_simplex=is_alone
            )


def _back(system: System) -> Iterator[Stage]:
    """_build_complete_rollback: what was begun goes back, hosts in the other order."""
    alarms: Step = ("query-alarms", ())
    yield "sw-upgrade-rollback-start", (alarms, ("sw-deploy-abort", ()), ("sw-deploy-activate-rollback", ()))
    now = deploys.current(system) or {}
    is_reboot, is_major = now.get("reboot_required", True), major(now["from_release"]) != major(now["to_release"])
    last = (lambda host: host["hostname"] == "controller-1") if is_major else is_active_controller
    groups = ("worker", "storage", "controller")
    hosts = sorted(system.hosts(), key=lambda host: (groups.index(host["personality"]), last(host)))
    pending = {row["hostname"] for row in deploys.hosts(system) if row["state"] in ("pending", "rollback-deployed")}
    for host in hosts:
        if host["hostname"] not in pending:
            alone = is_simplex(system)
            yield _stage("sw-upgrade", "upgrade-hosts", [host], is_reboot=is_reboot, is_simplex=alone)
    yield "sw-upgrade-rollback-complete", (alarms, ("deploy-delete", ()))


def undoing(steps: Iterable[Row]) -> Iterator[Stage]:
    """What an abort does: hosts that were locked, and not unlocked yet, are unlocked; what they are at is given up."""
    steps = list(steps)
    if given_up := (*rootca_stages.undoing(steps), *fw_stages.undoing(steps)):
        yield "abort", given_up
    locked: dict[str, None] = {}
    for step in steps:
        if step["name"] == "lock-hosts" and step["result"] != INITIAL:
            locked |= dict.fromkeys(step["hosts"])
        if step["name"] == "unlock-hosts" and step["result"] in (DONE, WAITS):
            locked = {host: None for host in locked if host not in step["hosts"]}
    if locked:
        yield "abort", (("unlock-hosts", tuple(locked)),)
