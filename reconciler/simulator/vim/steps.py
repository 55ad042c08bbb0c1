"""The steps of a strategy: how each begins, and when it has ended (nfv_vim/strategy/_strategy_steps.py).

VIM calls sysinv and USM as any client does; what they refuse is the reason of the step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.simulator import fm, usm
from reconciler.simulator.exchange import Fault, Request
from reconciler.simulator.sysinv import host_actions
from reconciler.simulator.sysinv.facts import is_active_controller
from reconciler.simulator.tables import Row
from reconciler.simulator.usm import deploys
from reconciler.simulator.usm.versions import in_bodies
from reconciler.simulator.vim import fw_stages, kube_steps, rootca_stages, rootca_steps, stages
from reconciler.simulator.vim.rows import DONE, FAILED, INITIAL, LATE, STEPS, WAITS

if TYPE_CHECKING:
    from reconciler.simulator.system import System

LIMITS = {"lock-hosts": 900.0, "swact-hosts": 900.0, "unlock-hosts": 1800.0, "wait-alarms-clear": 2400.0}
LIMITS |= rootca_steps.LIMITS
LIMIT_S = 3600.0
RETRIES, RETRY_S = 3, 120.0
"""software-deploy deploy_host_retries, deploy_host_retry_delay."""
IGNORED = frozenset(
    {
        "100.119", "200.001", "200.003", "250.001", "280.001", "280.002", "280.003", "280.004", "280.005", "700.004",
        "750.006", "900.004", "900.005", "900.007", "900.020", "900.021", "900.022", "900.023", "900.201", "900.202",
        "900.231", "900.401", "900.402", "900.701",
    }
)  # fmt: skip
"""SwUpgradeStrategy IGNORE_ALARMS; of types that are not named below, too."""
IGNORED_BY = {rootca_stages.NAME: rootca_steps.IGNORED, fw_stages.NAME: fw_stages.IGNORED}


class Outcome(NamedTuple):
    result: str
    reason: str = ""


def look(system: System, row: Row, step: Row) -> Outcome | None:
    """How a step has ended; None while it goes on. One that has not begun begins."""
    if step["result"] == INITIAL:
        if (text := system.take_mark(f"vim-step-fails:{step['name']}:")) is not None:
            return Outcome(FAILED, text)
        step = system.update(STEPS, step["uuid"], result=WAITS, begun=system.now)
        if why := _begin(system, row, step):
            return Outcome(FAILED, why)
    elif system.now - step["begun"] > LIMITS.get(step["name"], LIMIT_S):
        return Outcome(LATE, f"step {step['name']} timed out")
    if f"vim-hangs-in:{step['name']}" in system.marks:
        return None
    return _ended(system, row, step)


def _begin(system: System, row: Row, step: Row) -> str:
    """Why it cannot begin; "" if it has."""
    act = next((begin[step["name"]] for begin in (_BEGIN, *_BEGINS) if step["name"] in begin), None)
    return act(system, row, step) if act else ""


def _ended(system: System, row: Row, step: Row) -> Outcome | None:
    end = next((ends[step["name"]] for ends in (_END, *_ENDS) if step["name"] in ends), None)
    if end is None:
        return Outcome(DONE)
    said = end(system, row, step)
    if said is None:
        return None
    return Outcome(FAILED, said) if said else Outcome(DONE)


# ---- of any strategy


def _alarms(system: System, row: Row) -> list[str]:
    """Those that a strategy does not pass over."""
    if row["alarm_restrictions"] == "permissive":
        return []
    standing = fm.handle(system, Request("GET", "/v1/alarms")).body["alarms"]
    is_strict, ignored = row["alarm_restrictions"] == "strict", IGNORED_BY.get(row["name"], IGNORED)
    heeded = (a for a in standing if is_strict or a["mgmt_affecting"] == "True")
    return sorted({a["alarm_id"] for a in heeded if a["alarm_id"] not in ignored})


def _query_alarms(system: System, row: Row, step: Row) -> str:
    """At the build they are fatal (the strategy's build_complete); later they are only noted."""
    found = _alarms(system, row) if step["phase"] == "build" else []
    return f"active alarms present [ {', '.join(found)} ]" if found else ""


def _wait_alarms(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    return None if _alarms(system, row) else ""


def _hosts(system: System, step: Row) -> Iterator[Row]:
    return (system.host(name) for name in step["hosts"])


def _lock(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    return _act(system, [host for host in _hosts(system, step) if host["administrative"] != "locked"], "lock")


def _locked(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    """A lock that VIM or maintenance gave up leaves the host as it was, with a word in its progress."""
    for host in _hosts(system, step):
        if host["administrative"] == "locked" and not host["task"]:
            continue
        if host["administrative"] == "unlocked" and not host["ihost_action"] and not host["task"]:
            return f"host lock failed: {host['vim_progress_status']}"
        return None
    return ""


def _unlock(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    return _act(system, [host for host in _hosts(system, step) if host["administrative"] == "locked"], "unlock")


def _unlocked(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    for host in _hosts(system, step):
        if host["availability"] == "failed":
            return f"host {host['hostname']} is failed: {host['task']}"
        if (host["administrative"], host["operational"]) != ("unlocked", "enabled") or host["task"]:
            return None
    return ""


def _swact(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    return _act(system, [host for host in _hosts(system, step) if is_active_controller(host)], "swact")


def _swacted(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    """Activity is elsewhere; a swact that ended without that failed."""
    for host in _hosts(system, step):
        if is_active_controller(host):
            return None if host["task"] == "Swacting" else f"host swact failed: {host['task'] or 'activity stays'}"
    return ""


def _act(system: System, hosts: list[Row], action: str) -> str:
    try:
        for host in hosts:
            host_actions.act(system, host, action)
    except Fault as fault:
        return fault.text
    return ""


def _stable(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
    return "" if system.now - step["begun"] >= STABLE_S else None


STABLE_S = 15.0
"""MTCE_DELAY."""


# ---- of software


def _ask(system: System, method: str, path: str, body: Any = None) -> str:
    """What USM says no with; "" where it took the call."""
    answer = usm.handle(system, Request(method, f"/v1/{path}", content=json.dumps(body or {}).encode()))
    return "" if answer.status == 200 else str(answer.body["error"]).strip()


def _named(system: System, row: Row, verb: str) -> tuple[str, dict[str, Any]]:
    """The path and body of a call about the release, as the system's USM takes it."""
    force = {"force": True} if row["alarm_restrictions"] != "strict" else {}
    name = stages.wanted(row)
    if in_bodies(system):
        return f"deploy/{verb}", {"releases": [name], **force}
    return f"deploy/{name}/{verb}", force


def _precheck(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    """A deployment that is under way is not looked at again (SwDeployPrecheckStep.apply)."""
    if (text := system.take_mark("vim-build-fails:")) is not None:
        return text
    if deploys.state(system):
        return ""
    error = _ask(system, "POST", *_named(system, row, "precheck"))
    if not error:
        return ""
    return f"Software deploy precheck was rejected: {error} Please, check nfv-vim.log for more information."


def _start(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    error = _ask(system, "POST", *_named(system, row, "start"))
    return f"Software deploy start was rejected: {error}" if error else ""


def _deploy_hosts(system: System, row: Row, step: Row) -> str:
    verb = "/rollback" if row["asked"].get("rollback") else ""
    for name in step["hosts"]:
        if error := _ask(system, "POST", f"deploy_host/{name}{verb}"):
            return _failed_hosts({name: f"Failed software deploy host {name}: {error}"})
    return ""


def _hosts_deployed(system: System, row: Row, step: Row) -> str | None:
    """A host that failed is tried again, three times."""
    states = {host["hostname"]: host for host in deploys.hosts(system) if host["hostname"] in step["hosts"]}
    if any(host["state"].endswith("deploying") for host in states.values()):
        return None
    failed = {name: host.get("said", "") for name, host in states.items() if host["state"].endswith("failed")}
    if not failed:
        return ""
    if step["tries"] < RETRIES:
        return _tried_again(system, row, step)
    return _failed_hosts({name: f"Failed software deploy host {name}: {text}" for name, text in failed.items()})


def _tried_again(system: System, row: Row, step: Row) -> str | None:
    waits = step.get("waits") or system.now + RETRY_S
    if system.now < waits:
        system.update(STEPS, step["uuid"], waits=waits)
        return None
    step = system.update(STEPS, step["uuid"], waits=None, tries=step["tries"] + 1)
    return _deploy_hosts(system, row, step) or None


def _failed_hosts(failed: dict[str, str]) -> str:
    return f"Deploy hosts failed for some hosts: {json.dumps(failed, indent=2)}"


def _sent(method: str, path: str) -> Callable[[System, Row, Row], str]:
    def send(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
        return _ask(system, method, path)

    return send


def _once(states: tuple[str, ...], method: str, path: str) -> Callable[[System, Row, Row], str]:
    """A call that is sent only in these states: what was done by an earlier strategy is not done again."""

    def send(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
        return _ask(system, method, path) if deploys.state(system) in states else ""

    return send


def _state(done: tuple[str, ...], failed: str) -> Callable[[System, Row, Row], str | None]:
    what = "check /var/log/nfv-vim.log or /var/log/software.log for more information."

    def reached(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
        now = deploys.state(system)
        if now == failed:
            return f"Failed during software deploy, state {now}, {what}"
        return "" if now in done else None

    return reached


_BEGINS = (kube_steps.BEGIN, rootca_steps.BEGIN, fw_stages.BEGIN)
_ENDS = (kube_steps.END, rootca_steps.END, fw_stages.END)
UNDO = (deploys.UNDO_PENDING, deploys.UNDO_FAILED)
_BEGIN: dict[str, Callable[[System, Row, Row], str]] = {
    "query-alarms": _query_alarms,
    "lock-hosts": _lock,
    "unlock-hosts": _unlock,
    "swact-hosts": _swact,
    "sw-deploy-precheck": _precheck,
    "start-upgrade": _start,
    "upgrade-hosts": _deploy_hosts,
    "activate-upgrade": _once((deploys.HOST_DONE, deploys.ACTIVATE_FAILED), "POST", "deploy/activate"),
    "complete-upgrade": _once((deploys.ACTIVATE_DONE,), "POST", "deploy/complete"),
    "deploy-delete": _sent("DELETE", "deploy"),
    "sw-deploy-abort": _once(
        (deploys.HOST, deploys.HOST_DONE, deploys.HOST_FAILED, deploys.ACTIVATE_DONE, deploys.ACTIVATE_FAILED,
         deploys.COMPLETED), "POST", "deploy/abort",
    ),
    "sw-deploy-activate-rollback": _once(UNDO, "POST", "deploy/activate_rollback"),
}  # fmt: skip
_END: dict[str, Callable[[System, Row, Row], str | None]] = {
    "lock-hosts": _locked,
    "unlock-hosts": _unlocked,
    "swact-hosts": _swacted,
    "wait-alarms-clear": _wait_alarms,
    "system-stabilize": _stable,
    "start-upgrade": _state((deploys.START_DONE,), deploys.START_FAILED),
    "upgrade-hosts": _hosts_deployed,
    "activate-upgrade": _state((deploys.ACTIVATE_DONE, deploys.COMPLETED), deploys.ACTIVATE_FAILED),
    "complete-upgrade": _state((deploys.COMPLETED,), ""),
    "sw-deploy-activate-rollback": _state((deploys.UNDONE, deploys.BACK, deploys.BACK_DONE), deploys.UNDO_FAILED),
}
